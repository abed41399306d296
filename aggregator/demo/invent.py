"""An endless supply of sample news, decided by a seed: moulds × places × figures. No two events share a title.

1. A title carries its place and its figure; the figure of a mould at a place begins at a number that the seed decides
   and rises by one at each further use, so that a title never returns.
2. All outlets tell the same figures of one event; each takes another of the mould's titles.
"""

from dataclasses import dataclass
from random import Random

from aggregator.demo.content import Correction, Draft, Mould, Moulds

_OPENINGS = ("", "Ghi nhận của phóng viên: ", "Tin từ cơ sở: ")  # how the first, second and third teller begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An invented event: as many titles as outlets can tell it differently, and one body."""

    key: str
    section: str
    titles: tuple[str, ...]
    leads: tuple[str, ...]
    body: str
    picture: str | None
    files: tuple[str, ...]
    correction: tuple[str, str]  # a figure of the body, and what it should have been


class Inventor:
    """Invents happenings; two inventors of one seed, asked the same, invent the same."""

    def __init__(self, moulds: Moulds, seed: int) -> None:
        self._moulds = moulds
        self._seed = seed
        self._random = Random(f"invent/{seed}")
        self._used: dict[tuple[str, str], int] = {}
        self._count = 0

    def invent(self, section: str, *, place: str | None = None) -> Happening:
        """A new happening for ``section``, at ``place`` ("xã Kim Liên") or anywhere."""
        mould = self._random.choice(self._moulds.by_section[section])
        where = place or self._random.choice(self._moulds.places)
        figure = self._figure(mould, where)
        many = self._random.randrange(24, 380)
        words = {
            "place": where,
            "Place": where[0].upper() + where[1:],
            "figure": _grouped(figure),
            "many": str(many),
            "money": f"{self._random.randrange(12, 480) / 10:.1f}".replace(".", ","),
            "day": "{+" + str(self._random.randrange(2, 20)) + "}",
        }
        self._count += 1
        titles = tuple(title.format(**words) for title in mould.titles)
        closing = self._random.choice(self._moulds.closings)
        return Happening(
            key=f"invented-{self._seed}-{self._count}",
            section=section,
            titles=titles,
            leads=tuple(opening + mould.lead.format(**words) for opening in _OPENINGS),
            body=f"{mould.body.format(**words)}\n{closing}\n",
            picture=mould.picture,
            files=tuple(name.format(**words) for name in mould.files),
            correction=(str(many), str(many + self._random.randrange(3, 40))),
        )

    def _figure(self, mould: Mould, place: str) -> int:
        name = mould.titles[0]
        low, high = mould.figures
        used = self._used.get((name, place), 0)
        self._used[name, place] = used + 1
        return Random(f"figure/{self._seed}/{name}/{place}").randrange(low, high) + used


def draft_of(happening: Happening, *, teller: int = 0, author: str = "", origin_name: str | None = None) -> Draft:
    """The happening as its ``teller``-th outlet writes it (0: the first)."""
    index = teller % len(happening.titles)
    old, new = happening.correction
    return Draft(
        event=happening.key,
        section=happening.section,
        title=happening.titles[index],
        lead=happening.leads[teller % len(happening.leads)],
        body=happening.body,
        author=author,
        origin_name=origin_name,
        picture=happening.picture,
        files=happening.files if index == 0 else (),
        correction=Correction(title=f"{happening.titles[index]} (cập nhật)", replace=((old, new),)),
    )


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
