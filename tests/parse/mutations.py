"""Real documents spoilt as networks, caches, broken templates and strangers spoil them, and what must hold of the rest.

Every change is drawn from a ``Random``, so that a seed names a document.
"""

import re
from collections.abc import Callable
from random import Random

import nh3

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.text.markup import sanitise

_TAG = re.compile(rb"<[^<>]{1,200}>")
_HOSTILE = (
    b"<script>alert(1)</script>", b"<img src=x onerror=alert(1)>", b'<a href="javascript:alert(1)">x</a>',
    b"<iframe srcdoc='<script>1</script>'>", b"<svg><style><img src=x onerror=1></style></svg>",
    b"<math><mi//xlink:href='data:x'>",
    b"\xe2\x80\xae\xe2\x80\x8b", b"\x00\x01\xff\xfe", b"]]>", b"<![CDATA[", b"<!--", b"&#x202e;&#0;&#xd800;",
    b"<base href='javascript:1//'>", b"<plaintext>", b"<noscript><p title='</noscript><img src=x onerror=1>'>",
)  # fmt: skip
_RUNS = re.compile(
    r"<(?:script|style|iframe|object|svg|math|form)\b|[\s\"'/]on\w+\s*=|javascript:|data:text", re.IGNORECASE
)
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")


def cut(body: bytes, draw: Random) -> bytes:
    """The beginning of a document, as a broken connection leaves it."""
    return body[: draw.randrange(len(body) + 1)]


def beheaded(body: bytes, draw: Random) -> bytes:
    """The end of a document."""
    return body[draw.randrange(len(body) + 1) :]


def doubled(body: bytes, draw: Random) -> bytes:
    """A document with a piece of it said twice; now and then the whole."""
    if draw.random() < 0.3:
        return body + body
    start = draw.randrange(len(body) + 1)
    end = min(len(body), start + draw.randrange(20_000))
    return body[:end] + body[start:end] + body[end:]


def recoded(body: bytes, draw: Random) -> bytes:
    """A document in another encoding than it says."""
    text = body.decode("utf-8", "replace")
    encoding = draw.choice(["utf-16-le", "utf-16-be", "utf-16", "windows-1258", "latin-1", "utf-7", "utf-32"])
    if draw.random() < 0.3:  # UTF-8 taken for Latin-1 and encoded once more
        return body.decode("latin-1").encode()
    return text.encode(encoding, "xmlcharrefreplace" if encoding in {"windows-1258", "latin-1"} else "replace")


def shuffled(body: bytes, draw: Random) -> bytes:
    """A document whose lines, or pieces between tags, stand in another order."""
    pieces = body.split(b"\n") if body.count(b"\n") > 20 else body.split(b"<")
    glue = b"\n" if body.count(b"\n") > 20 else b"<"
    first = draw.randrange(len(pieces))
    some = pieces[first : first + 40]
    draw.shuffle(some)
    return glue.join((*pieces[:first], *some, *pieces[first + 40 :]))


def untagged(body: bytes, draw: Random) -> bytes:
    """A document that lost some of its tags."""
    return _TAG.sub(lambda tag: b"" if draw.random() < 0.05 else tag[0], body)


def nested(body: bytes, draw: Random) -> bytes:
    """A document with a deep pile of open elements somewhere inside."""
    at = draw.randrange(len(body) + 1)
    pile = draw.choice([b"<div>", b"<table><tr><td>", b"<b><i>", b"<ul><li>", b"<item>", b"<a href=x>"])
    return body[:at] + pile * draw.choice([50, 400, 3000]) + body[at:]


def poisoned(body: bytes, draw: Random) -> bytes:
    """A document with hostile pieces in it."""
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(body) + 1)
        body = body[:at] + draw.choice(_HOSTILE) + body[at:]
    return body


def noised(body: bytes, draw: Random) -> bytes:
    """A document with some bytes changed."""
    spoilt = bytearray(body)
    for _ in range(draw.randrange(1, 60)):
        if spoilt:
            spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
    return bytes(spoilt)


MUTATIONS: tuple[Callable[[bytes, Random], bytes], ...] = (
    cut, beheaded, doubled, recoded, shuffled, untagged, nested, poisoned, noised,
)  # fmt: skip


def mutated(body: bytes, draw: Random) -> bytes:
    """A document after one to three changes."""
    for change in draw.sample(MUTATIONS, draw.choice([1, 1, 2, 3])):
        body = change(body, draw)
    return body


def faults_of(read: Entry | ParsedDocument) -> list[str]:
    """What of a reading must never be shown to a reader; empty when all is well."""
    entries = (read,) if isinstance(read, Entry) else read.entries
    return [fault for entry in entries for fault in _faults_of(entry)]


def _faults_of(entry: Entry) -> list[str]:
    faults = []
    if sanitise(entry.body, base_url=entry.url or "https://a.example.vn/") != entry.body:
        faults.append("the body changes when it is sanitised again")
    markup = re.sub(r">[^<]*<", "><", f">{entry.body}<")  # words may speak of scripts
    if _RUNS.search(markup) or nh3.clean(entry.body, link_rel=None).count("<") < entry.body.count("<"):
        faults.append("the body holds what runs")
    lines = {"title": entry.title, "summary": entry.summary, "text": entry.text, "body": entry.body}
    faults += [f"{name} holds unseen characters" for name, value in lines.items() if _UNSEEN.search(value)]
    addresses = [entry.url, *(image.url for image in entry.images), *(file.url for file in entry.attachments)]
    faults += [f"{url[:80]} is no address" for url in addresses if url and not url.startswith(("http://", "https://"))]
    return faults
