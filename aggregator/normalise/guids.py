"""Whether a source's guids name its articles, learnt from its own documents.

A wrong guid folds two articles into one and loses news; a guid not used at worst keeps one article twice. So:

1. A source begins untrusted. It earns trust by ``ENOUGH`` guids met again on the same URL, counted only in documents
   that also brought something new: a feed whose guids number its places ("item-1" …) stays steady until then.
2. What speaks against it: a guid on several URLs of one document; a guid on another URL than before while the old URL
   is still there; a URL whose guid changed. More than one such in ``TOLERANCE`` steady ones, and the trust is gone.
3. A guid that the document at hand speaks against is not used, whatever the trust in its source.
4. What a trusted guid names must also be the same news by its title: most words shared. An article moves with its
   headline; a number that the site gives out again does not.
5. Older experience counts for less: a source that changes its system is learnt anew, either way.

Documents are given as mappings from the URL key of an entry to its guid.
"""

import re
from collections import Counter
from collections.abc import Mapping

from aggregator.model.crawl import GuidCounts
from aggregator.text.fold import fold

ENOUGH = 20
TOLERANCE = 50
_WORD = re.compile(r"[^\W_]+")
_SHARED_WORDS = 0.6
_MEMORY = 1000  # sightings remembered, about


def is_trusted(counts: GuidCounts) -> bool:
    """Whether the source's guids are part of its articles' identity (rules 1 and 2)."""
    against = counts.repeated + counts.reused + counts.changed
    return counts.steady >= ENOUGH and against * TOLERANCE <= counts.steady


def contradicted(document: Mapping[str, str], before: Mapping[str, str]) -> frozenset[str]:
    """The guids of a document that it speaks against: on several URLs, or on another one than ``before``.

    ``before`` gives the guid under which each URL of the document that is known was last seen ("" for none).
    """
    return _repeated(document) | _reused(document, before)


def evidence(document: Mapping[str, str], before: Mapping[str, str]) -> GuidCounts:
    """What one document says for and against its source's guids; ``before`` as for ``contradicted``."""
    again = [url for url, guid in document.items() if guid and before.get(url)]
    steady = sum(document[url] == before[url] for url in again)
    brings_news = any(url not in before for url in document)
    return GuidCounts(
        steady=steady if brings_news else 0,
        repeated=len(_repeated(document)),
        reused=len(_reused(document, before)),
        changed=len(again) - steady,
    )


def learnt(counts: GuidCounts, seen: GuidCounts) -> GuidCounts:
    """The experience with a source after one more document; halved whenever it grows beyond what is remembered."""
    sums = [
        counts.steady + seen.steady,
        counts.repeated + seen.repeated,
        counts.reused + seen.reused,
        counts.changed + seen.changed,
    ]
    while sum(sums) > _MEMORY:
        sums = [number // 2 for number in sums]
    steady, repeated, reused, changed = sums
    return GuidCounts(steady=steady, repeated=repeated, reused=reused, changed=changed)


def same_news(title: str, other: str) -> bool:
    """Whether two titles can be those of one article: most words of the shorter are in the other (rule 4)."""
    words, others = set(_WORD.findall(fold(title))), set(_WORD.findall(fold(other)))
    shorter = min(len(words), len(others))
    return shorter > 0 and len(words & others) >= _SHARED_WORDS * shorter


def _repeated(document: Mapping[str, str]) -> frozenset[str]:
    carried = Counter(guid for guid in document.values() if guid)
    return frozenset(guid for guid, times in carried.items() if times > 1)


def _reused(document: Mapping[str, str], before: Mapping[str, str]) -> frozenset[str]:
    held = {guid: url for url, guid in before.items() if guid and url in document}
    return frozenset(guid for url, guid in document.items() if guid and held.get(guid, url) != url)
