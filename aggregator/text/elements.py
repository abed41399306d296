"""The elements of HTML and what we make of each."""

from typing import Final

# Written as they are.
BLOCKS: Final = frozenset({
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "figure", "figcaption", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
})  # fmt: skip
INLINE: Final = frozenset({
    "a", "strong", "em", "b", "i", "u", "s", "sub", "sup", "code", "small", "mark", "del", "ins",
})  # fmt: skip

# Groups of blocks; "" is the top of the article.
TITLES: Final = frozenset({"h2", "h3", "h4", "h5", "h6", "figcaption", "caption"})  # a block inside is only a space
LEAVES: Final = TITLES | {"p", "pre"}  # hold words, never blocks
ROWS: Final = frozenset({"table", "thead", "tbody", "tfoot", "tr"})  # hold cells, never words
CELLS: Final = frozenset({"td", "th"})
LISTS: Final = frozenset({"ul", "ol"})
WRAPPING: Final = frozenset({"", "blockquote"})  # words directly inside are put in a paragraph
SCOPES: Final = frozenset({"", "td", "th"})  # a list or figure outside a cell does not take what is inside it

MAX_DEPTH: Final = 40  # blocks open at once

# Left out with all that they contain.
DROPPED: Final = frozenset({
    "script", "style", "iframe", "frame", "frameset", "svg", "math", "noscript", "noembed", "noframes", "template",
    "object", "applet", "embed", "textarea", "select", "button", "option", "optgroup", "datalist", "audio", "video",
    "canvas", "map", "head", "title", "dialog", "xmp", "plaintext",
})  # fmt: skip
VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip

# Begin and end a line.
BOUNDARIES: Final = BLOCKS | frozenset({
    "div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "center", "form", "fieldset",
    "legend", "details", "summary", "dl", "dt", "dd", "body", "html", "hgroup", "menu", "dir", "h1", "hr", "br",
    "listing", "marquee",
})  # fmt: skip
