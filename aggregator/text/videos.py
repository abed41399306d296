"""Videos inside articles: frames and players made addresses at which a reader can watch."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from aggregator.text.urls import absolute_url, host_of

_YOUTUBE = (re.compile(r"/(?:embed|v)/([A-Za-z0-9_-]{6,20})"), "https://www.youtube.com/watch?v=")
_DAILYMOTION = (re.compile(r"/embed/video/([A-Za-z0-9]{4,12})"), "https://www.dailymotion.com/video/")
_VIDEO_FRAMES = {
    "youtube.com": _YOUTUBE,
    "www.youtube.com": _YOUTUBE,
    "youtube-nocookie.com": _YOUTUBE,
    "www.youtube-nocookie.com": _YOUTUBE,
    "player.vimeo.com": (re.compile(r"/video/(\d{5,12})"), "https://vimeo.com/"),
    "www.dailymotion.com": _DAILYMOTION,
    "geo.dailymotion.com": _DAILYMOTION,
}
_FACEBOOK_PLAYER = "/plugins/video.php"
_FACEBOOK_VIDEO = re.compile(r"https://(?:www\.|m\.)?facebook\.com/[A-Za-z0-9._/-]{1,120}(?:\?v=\d{5,20})?")
_VIDEO_FILE = re.compile(r"\.(?:mp4|m4v|webm|mov|ogv)$", re.IGNORECASE)
_PLACES = {
    "www.youtube.com": "YouTube",
    "vimeo.com": "Vimeo",
    "www.dailymotion.com": "Dailymotion",
    "www.facebook.com": "Facebook",
    "facebook.com": "Facebook",
    "m.facebook.com": "Facebook",
}


def video_address(tag: str, attributes: Mapping[str, str], *, base_url: str = "https://x.invalid/") -> str | None:
    """Where a reader can watch what a frame or video element shows; None when that is no video we can name.

    Known are the frames of YouTube, Vimeo, Dailymotion and Facebook, and elements that play a file by its address.
    """
    if tag not in {"iframe", "video"}:
        return None
    address = absolute_url(base_url, attributes.get("src", "") or attributes.get("data-src", ""))
    if address is None or tag == "video":
        return address if address and _VIDEO_FILE.search(urlsplit(address).path) else None
    parts = urlsplit(address)
    if parts.path == _FACEBOOK_PLAYER and host_of(address) == "www.facebook.com":
        shown = parse_qs(parts.query, max_num_fields=20).get("href", [""])[0]
        return shown if _FACEBOOK_VIDEO.fullmatch(shown) else None
    path, watched = _VIDEO_FRAMES.get(host_of(address) or "", (None, ""))
    found = path.match(parts.path) if path else None
    return f"{watched}{found[1]}" if found else None


def place_of(video: str) -> str:
    """The name of the site on which ``video``, an address by ``video_address``, is watched; "" for a file."""
    return _PLACES.get(host_of(video) or "", "")
