"""What tells that two entries of one source are the same article.

Rules:

1. The URL comes first (``u:``), reduced to its identity: see ``text/urls.py``. A source's homepage or one of its
   section URLs names no article and gives no such key.
2. The content (``c:``: folded title and day) speaks for entries that have no URL of their own.
3. The guid (``g:``) is a key apart: it finds an article whose URL changed, at a source whose guids are trusted
   (``guids.py``). Bare small numbers, words with spaces and the homepage are no guids.
4. Every key begins with the source: no source can touch another's articles.
"""

from functools import lru_cache
from hashlib import blake2b

from aggregator.model.entry import Entry
from aggregator.model.source import Source
from aggregator.text.fold import clean_text, fold
from aggregator.text.urls import identity_of

_HASH_BYTES = 16
_MAX_GUID_LENGTH = 500
_MIN_GUID_LENGTH = 4
_MIN_BARE_NUMBER = 6


def identity_keys(entry: Entry, source: Source) -> tuple[str, ...]:
    """The key of ``entry`` within ``source``: ``<source>|u:<32 hex digits>``, or ``c:`` for one without a URL.

    Empty only for an entry without URL and title.
    """
    url = _article_identity(entry.url, source)
    if url:
        return (_key(source, "u", url),)
    content = _content_identity(entry)
    return (_key(source, "c", content),) if content else ()


def guid_key(entry: Entry, source: Source) -> str:
    """The key of the entry's guid within ``source``: ``<source>|g:<32 hex digits>``.

    "" when it has none, or one that cannot name an article or says no more than the URL.
    """
    guid = _guid_identity(entry.guid or "", source)
    return "" if guid is None or guid == _article_identity(entry.url, source) else _key(source, "g", guid)


def _key(source: Source, kind: str, value: str) -> str:
    return f"{source.id}|{kind}:{blake2b(value.encode(), digest_size=_HASH_BYTES).hexdigest()}"


def _article_identity(url: str, source: Source) -> str | None:
    """The identity of ``url``; None when it is refused or is a page of lists."""
    identity = _identity(url, source.identity_query)
    lists = (source.homepage, *(section.url for section in source.sections))
    if identity is None or any(identity == _identity(page, source.identity_query) for page in lists):
        return None
    return identity


@lru_cache(maxsize=4096)  # a crawl asks for each entry twice, and for the source's own pages at every entry
def _identity(url: str, keep_query: tuple[str, ...]) -> str | None:
    try:
        return identity_of(url, keep_query)
    except ValueError:
        return None


def _guid_identity(guid: str, source: Source) -> str | None:
    guid = clean_text(guid)
    if not _MIN_GUID_LENGTH <= len(guid) <= _MAX_GUID_LENGTH or " " in guid:
        return None
    if guid.isdigit() and len(guid) < _MIN_BARE_NUMBER:
        return None
    if guid.lower().startswith(("http://", "https://")):
        # WordPress guids are addresses whose whole query counts (?p=113519), whatever the source keeps of its links.
        return _article_identity_of_guid(guid, source)
    return guid


def _article_identity_of_guid(guid: str, source: Source) -> str | None:
    identity = _identity(guid, ())
    return None if identity is None or identity == _identity(source.homepage, ()) else identity


def _content_identity(entry: Entry) -> str:
    title = fold(clean_text(entry.title))
    day = entry.published.at.date().isoformat() if entry.published else ""
    return f"{title}\n{day}" if title else ""
