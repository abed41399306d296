"""What an element of Media RSS (rssboard.org/media-rss) stands for: a picture, a file beside the entry, or neither."""

from collections.abc import Mapping

from aggregator.parse.claims import FileClaim
from aggregator.parse.files import is_picture

_FILE_TYPES = ("video/", "audio/", "application/")
_PLAYERS = frozenset({"application/x-shockwave-flash", "application/javascript"})


def picture_of(content: Mapping[str, str]) -> str:
    """The address of the picture that a ``media:content`` with these attributes shows, "" where it shows none.

    What bears neither medium nor type is a picture by its name: many Vietnamese feeds write the address alone.
    """
    url, medium, media_type = (content.get(name) or "" for name in ("url", "medium", "type"))
    if medium or media_type:
        return url if medium == "image" or media_type.startswith("image") else ""
    return url if is_picture(url) else ""


def file_of(content: Mapping[str, str]) -> FileClaim | None:
    """The recording or document that a ``media:content`` names, None for pictures and web players."""
    media_type = (content.get("type") or "").lower()
    if not media_type.startswith(_FILE_TYPES) or media_type in _PLAYERS or content.get("medium") == "image":
        return None
    length = content.get("fileSize") or content.get("filesize") or ""
    return FileClaim(url=content.get("url") or "", media_type=media_type, length=length)
