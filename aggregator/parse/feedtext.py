"""A feed's text before feedparser sees it: what would hurt it is refused or taken out, and a cut is noticed.

1. A document type may name characters, nothing else: entities that read files, name other entities or unfold to more
   than their share are refused (XML 1.0, 4.3; feedparser expands whatever its own patterns overlook).
2. Author fields are cut (the author pattern of feedparser 6.0.14 is quadratic: 34 s at 80 KB), and so are runs of white
   space before the root element (its document type pattern is quadratic there).
3. References to what is no character (half a surrogate pair, numbers beyond Unicode) go: one of them costs feedparser
   the whole feed. Two halves that belong together become the character that was meant.
4. A guid is text whatever stands in it, and a title whose end tag bears another name ends there nevertheless.
5. Titles and descriptions of Media RSS are about the picture; feedparser would take them for the entry's. A picture
   whose address is the text of ``image`` becomes a ``thumb``, which feedparser keeps.
6. A feed is cut when nothing closes its root after its last entry; markup that is broken within an entry is no cut.
"""

import re
from itertools import islice

from lxml import etree

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome

_AUTHOR_CHARACTERS = 200
_AUTHOR = re.compile(
    r"(<((?:[^\s<>/:]{1,40}:)?(?:author|creator|managingeditor|webmaster|publisher|contributor|owner))\b[^<>]*(?<!/)>)"
    r"((?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]++|<(?!/\2\s*>|/(?:[\w-]+:)?(?:item|entry|channel)\s*>|!\[CDATA\[))*+)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"<name>([^<]{1,200})</name>", re.IGNORECASE)
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]*>")

_MAX_ENTITIES = 64
_MAX_ENTITY_CHARACTERS = 200
_MAX_GROWTH = 1_000_000  # characters that all references to declared entities may unfold to
_ENTITY = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_DECLARATION = re.compile(r"""<!ENTITY\s+(?:%\s+)?([^\s"'>]++)(?:[^"'>]|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
_EXTERNAL = re.compile(r"\b(?:SYSTEM|PUBLIC)\b")
# A reference within a declaration; the sign may itself be written as a reference, which is read first (XML 1.0, 4.4).
_REFERENCE = re.compile(r"(?:[&%]|&#0*3[78];|&#x0*2[56];)(?!(?:amp|lt|gt|quot|apos);)[^\W\d][\w:.-]*;", re.IGNORECASE)

_CHARACTERS = re.compile(r"(?:&#(?:[xX][0-9a-fA-F]+|[0-9]+);?)+")
_NUMBER = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]+)|0*([0-9]+));?")
_MAX_DIGITS = 7
_LAST_CHARACTER = 0x10FFFF
_HIGH, _SURROGATES = range(0xD800, 0xDC00), range(0xD800, 0xE000)

_GUID = re.compile(
    r"(<guid(?:\s[^<>]*)?>)([^<]*+<(?!/?guid)[^<]*+(?:<(?!/?guid|/?(?:item|entry)[\s>])[^<]*+)*+)(?=</guid\s*>)",
    re.IGNORECASE,
)
_HEAD_CHARACTERS = 20_000  # within which a feed names itself

_ABOUT_MEDIA = re.compile(r"(</?media:)(title|description)(?=[\s/>])")
_IMAGE = re.compile(r"<image>\s*+(?:<!\[CDATA\[\s*+)?(https?://[^\s<>\]]++)\s*+(?:\]\]>\s*+)?</image>")

_BLANKS = re.compile(r"\s{2,}")
_ROOT = re.compile(r"<\w")
_ENTRY = r"(?:[A-Za-z0-9_-]+:)?(?:item|entry)"
_ENTRY_OPEN = re.compile(rf"<{_ENTRY}(?:\s[^<>]*)?(?:(?<!/)>|(?=<))", re.IGNORECASE)
_ENTRY_CLOSE = re.compile(rf"</{_ENTRY}\s*>", re.IGNORECASE)
_ENTRY_TAG = re.compile(rf"</?{_ENTRY}(?=[\s/>])", re.IGNORECASE)
_BEGUN = re.compile(r"<(?:[A-Za-z0-9_-]+:)?(?:channel|feed|item|entry)[\s>]", re.IGNORECASE)
_ROOT_CLOSE = re.compile(r"</(?:[A-Za-z0-9_-]+:)?(rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_RDF_ROOT = re.compile(r"<(?:[A-Za-z0-9_-]+:)?RDF[\s>]")


def safe_text(text: str) -> str:
    """``text`` as feedparser can read it without harm. Raises ParseFailed for one that declares hostile entities."""
    _refuse_entity_bombs(text)
    text = _CHARACTERS.sub(_possible, _cut_authors(_without_gaps(text.lstrip())))
    return _IMAGE.sub(r"<thumb>\1</thumb>", _ABOUT_MEDIA.sub(r"\1x-\2", _GUID.sub(_as_text, text)))


def recovered_title(text: str) -> str:
    """The markup of a feed's title as a parser recovers it that takes any end tag for the one that is due."""
    found = _ENTRY_TAG.search(text)
    head = text[: min(found.start() if found else len(text), _HEAD_CHARACTERS)].lstrip()
    if "<title" not in head:
        return ""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8")
    try:
        root = etree.fromstring(head.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return ""
    titles = [root.find(path) for path in ("{*}title", "{*}channel/{*}title")] if root is not None else []
    title = next((title for title in titles if title is not None), None)
    if title is None:
        return ""
    return (title.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in title)


def holds_entries(text: str) -> bool:
    """Whether any element of ``text`` is an entry by its name."""
    return _ENTRY_TAG.search(text) is not None


def is_cut(text: str) -> bool:
    """Whether a feed ends before its root element does."""
    last = max((found.end() for found in _ENTRY_TAG.finditer(text)), default=0)
    closed = {found[1].lower() for found in _ROOT_CLOSE.finditer(text, last)}
    if closed == {"channel"} and _RDF_ROOT.search(text):  # there the entries follow the channel
        closed.clear()
    return not closed and _BEGUN.search(text) is not None


def ends_inside_entry(text: str) -> bool:
    """Whether the last entry of a feed is not closed."""
    opened = max((found.start() for found in _ENTRY_OPEN.finditer(text)), default=-1)
    return opened >= 0 and _ENTRY_CLOSE.search(text, opened) is None


def outside_entries(text: str) -> str:
    """What stands before the first entry of a feed and after the last."""
    places = [found.start() for found in _ENTRY_TAG.finditer(text)]
    return text[: places[0]] + text[places[-1] :] if places else text


def _without_gaps(text: str) -> str:
    root = _ROOT.search(text)
    start = root.start() if root else 0
    return _BLANKS.sub("\n", text[:start]) + text[start:]


def _cut_authors(text: str) -> str:
    """``text`` with every author field at most some hundred characters long."""

    def cut(found: re.Match[str]) -> str:
        content = found[3]
        if len(content) <= _AUTHOR_CHARACTERS:
            return found[0]
        name = _NAME.search(content)
        return found[1] + (name[0] if name else _MARKUP.sub(" ", content)[:_AUTHOR_CHARACTERS].replace("<", " "))

    return _AUTHOR.sub(cut, text)


def _as_text(found: re.Match[str]) -> str:
    """A guid that holds tags, which feedparser would drop, with its content as text."""
    is_text = "<![CDATA[" in found[2] or "]]>" in found[2]
    return found[0] if is_text else f"{found[1]}<![CDATA[{found[2]}]]>"


def _possible(found: re.Match[str]) -> str:
    """A run of character references, less those that name no character."""
    run = found[0]
    named = [_number(digits) for digits in _NUMBER.finditer(run)]
    if all(number <= _LAST_CHARACTER and number not in _SURROGATES for number in named):
        return run
    kept: list[int] = []
    for number in named:
        is_low = number in _SURROGATES and number not in _HIGH
        if is_low and kept and kept[-1] in _HIGH:
            kept[-1] = 0x10000 + (kept[-1] - 0xD800) * 0x400 + number - 0xDC00  # UTF-16 (RFC 2781, 2.2)
        elif number <= _LAST_CHARACTER and not is_low:
            kept.append(number)
    return "".join(f"&#{number};" for number in kept if number not in _SURROGATES)


def _number(found: re.Match[str]) -> int:
    digits = found[1] or found[2]
    if len(digits) > _MAX_DIGITS:
        return _LAST_CHARACTER + 1
    return int(digits, 16 if found[1] else 10)


def _refuse_entity_bombs(text: str) -> None:
    """Raise for a document type that reads files or grows; an honest one is harmless and passes."""
    places = [found.start() for found in islice(_ENTITY.finditer(text), _MAX_ENTITIES + 1)]
    declared = [_DECLARATION.match(text, place, place + _MAX_ENTITY_CHARACTERS) for place in places[:_MAX_ENTITIES]]
    grown = sum(text.count(f"&{entity[1]};") * len(entity[0]) for entity in declared if entity)
    if len(places) > _MAX_ENTITIES or any(map(_is_hostile, declared)) or grown > _MAX_GROWTH:
        raise ParseFailed(Outcome.PARSE_FAILED, "the document declares external or excessive entities")


def _is_hostile(declaration: re.Match[str] | None) -> bool:
    """Whether a declaration reads files or names entities, or has no end within its share."""
    return declaration is None or bool(_EXTERNAL.search(declaration[0]) or _REFERENCE.search(declaration[0]))
