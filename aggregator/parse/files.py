"""Files beside an article: which links are downloads, what they are and how large the source says they are."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from aggregator.model.entry import Attachment
from aggregator.parse.claims import FileClaim
from aggregator.text.fold import clean_text

MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "rtf": "application/rtf",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
}
_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "avif", "bmp", "svg", "jfif"})
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(bytes?|[kmg]i?b)\b", re.IGNORECASE)
_UNITS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_MAX_BYTES = 1 << 40


def suffix_of(url: str) -> str:
    """The extension of the file a URL names, lower case, without the dot."""
    return PurePosixPath(urlsplit(url).path).suffix[1:].lower()


def is_download(url: str) -> bool:
    """Whether ``url`` names a document or an archive rather than a page."""
    return suffix_of(url) in MEDIA_TYPES


def is_picture(url: str, media_type: str = "") -> bool:
    """Whether a file is a picture, by what the source says it is, else by its name."""
    if media_type:
        return media_type.lower().startswith("image")
    return suffix_of(url) in _PICTURES


def attachment_of(url: str, claim: FileClaim) -> Attachment:
    """The attachment at ``url``, named by its text or, where that says nothing, by its file name."""
    name = clean_text(claim.name, limit=200)
    if len(name) <= 3 or name.lower() in {"tải về", "tải xuống", "download", "xem", "file", "tại đây", "đính kèm"}:  # noqa: PLR2004 - "PDF"
        name = clean_text(unquote(PurePosixPath(urlsplit(url).path).name), limit=200) or url[:200]
    said = claim.media_type.split(";")[0].strip().lower()
    media_type = (
        said
        if "/" in said
        else MEDIA_TYPES.get(suffix_of(url)) or MEDIA_TYPES.get(PurePosixPath(name).suffix[1:].lower(), "")
    )
    return Attachment(url=url, name=name, media_type=media_type, size_bytes=size_of(claim.length))


def size_of(said: str) -> int | None:
    """Bytes from ``12345``, ``1,2 MB`` or ``350 KB``; None when nothing plausible is said."""
    said = said.strip()
    if said.isascii() and said.isdigit():
        size = int(said[:15])
    elif found := _SIZE.search(said):
        size = round(float(found[1].replace(",", ".")) * _UNITS[found[2][0].lower()])
    else:
        return None
    return size if 0 < size < _MAX_BYTES else None
