"""Names by which elements of a page can be found again: selectors that outlive the next build of the site.

A name is stable when a person chose it: words, no digits or random letters, not the state of a moment ("active") and
not a measure of the layout ("row", "col"). Where an element has none its parent's stands before its tag.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml import etree

from aggregator.parse.selectors import select

_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{1,39}")
_STATES = frozenset({
    "active", "current", "selected", "first", "last", "odd", "even", "open", "show", "hidden", "loaded", "lazy",
    "lazyload", "loading", "visible", "on", "off", "new", "hot", "here", "dang-chon",
})  # fmt: skip
_LAYOUT = re.compile(
    r"(?:row|col|cols|column|container|container-fluid|wrapper|wrap|clearfix|clear|fl|fr|left|right|center|pull-left|"
    r"pull-right|img-fluid|img-responsive|img-thumbnail|text-(?:\w+)|d-(?:flex|block|none|inline)|flex|grid|"
    r"(?:justify|align|items|col|m[tblrxy]|p[tblrxy]|bg|font|float|w|h)-.*|bold|italic|small|large|even|list-unstyled)",
    re.IGNORECASE,
)
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}", re.IGNORECASE)
_MIXED = re.compile(r"(?:[a-z][A-Z]){2}|[A-Z]{2}[a-z][A-Z]")


def stable_names(element: etree._Element) -> tuple[str, ...]:
    """The element's classes that are worth a selector, as written."""
    return tuple(name for name in (element.get("class") or "").split() if is_stable(name))


def is_stable(name: str) -> bool:
    """Whether a class or id was chosen by a person for what the element is."""
    return (
        _NAME.fullmatch(name) is not None
        and name.lower() not in _STATES
        and _LAYOUT.fullmatch(name) is None
        and _CONSONANTS.search(name) is None
        and _MIXED.search(name) is None
    )


def selectors_of(element: etree._Element, *, within: etree._Element | None = None) -> Iterator[str]:
    """Selectors that find the element among others, the plainest first; ``within`` bounds how far its parents count."""
    own = list(_own(element))
    yield from (name for name in own if name != element.tag)
    parent = element.getparent()
    for _ in range(3):
        if parent is None or parent is within or parent.tag in {"body", "html"}:
            break
        for name in _own(parent):
            if name != parent.tag:
                sign = " > " if parent is element.getparent() else " "
                yield from (f"{name}{sign}{part}" for part in own)
        parent = parent.getparent()
    yield str(element.tag)


def _own(element: etree._Element) -> Iterator[str]:
    """``tag.name`` for each stable class, ``tag#id``, ``tag[itemprop=x]`` and the bare tag last."""
    tag = str(element.tag)
    names = stable_names(element)
    yield from (f"{tag}.{name}" for name in names)
    if len(names) > 1:
        yield tag + "".join(f".{name}" for name in names)
    identity = element.get("id") or ""
    if is_stable(identity):
        yield f"{tag}#{identity}"
    said = element.get("itemprop") or ""
    if said and is_stable(said):
        yield f"{tag}[itemprop={said}]"
    yield tag


def best_for_all(root: etree._Element, members: Sequence[etree._Element]) -> str | None:
    """The selector that finds ``members`` and as little else as can be; None where nothing names them."""
    wanted = {id(member) for member in members}
    best: tuple[float, str] | None = None
    for selector in dict.fromkeys(_shared(members)):
        found = {id(element) for element in select(root, (selector,))}
        hit = len(found & wanted)
        if hit < 0.8 * len(wanted):
            continue
        precision = hit / len(found)
        if precision >= 0.5 and (best is None or precision > best[0] + 0.05):  # noqa: PLR2004 - plainer names come first
            best = (precision, selector)
    return best[1] if best else None


def _shared(members: Sequence[etree._Element]) -> Iterable[str]:
    """Selectors that name the first member and most others."""
    for member in members[:3]:
        yield from (selector for selector in selectors_of(member) if selector != member.tag)
