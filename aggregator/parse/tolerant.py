"""Pages that libxml2 reads without their article, written anew by BeautifulSoup over Python's own HTML parser.

The two disagree on broken markup: libxml2 lets a stray end tag close the body, or an unclosed element of a menu swallow
the rest. It is slower by far, so it is asked only where the first reading found no article.
"""

from bs4 import BeautifulSoup

_MOST = 400_000  # characters: half a second


def rewritten(text: str) -> str | None:
    """The page with its elements closed where that parser closes them; None for one that is too long to try."""
    if len(text) > _MOST:
        return None
    return BeautifulSoup(text, "html.parser").decode(formatter="minimal")
