"""Small valid PDF files for the attachments of sample articles (ISO 32000-1, one page of Helvetica)."""

from aggregator.text.fold import slugify

_LINE_LENGTH = 64  # characters


def print_paper(name: str, title: str) -> bytes:
    """A one-page PDF that shows ``name`` and ``title`` without accents: the built-in fonts have none of ours."""
    lines = ["VAN BAN MAU - SAMPLE DOCUMENT", "", *_wrapped(_plain(name)), "", *_wrapped(_plain(title))]
    shown = "\n".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 13 Tf 18 TL 64 760 Td\n{shown}\nET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)
    return bytes(out)


def _plain(text: str) -> str:
    return slugify(text).replace("-", " ").capitalize()


def _wrapped(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= _LINE_LENGTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]
