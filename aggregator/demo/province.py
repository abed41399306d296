"""The sample province: ten outlets on loopback ports, filled at the start, and what can be done to them.

Tests, drills and the demo use the same door: publish, edit, remove, break, mend, play. ``truth`` tells everything ever
published, so that what a crawler holds can be compared with what there was.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from ruamel.yaml import YAML

from aggregator.demo.breakage import Breakage
from aggregator.demo.catalogue import PLACE_FILE, describe_province, read_sample_places
from aggregator.demo.content import Draft, read_moulds, read_written_news
from aggregator.demo.invent import Happening, Inventor, draft_of
from aggregator.demo.newsroom import Post
from aggregator.demo.outlets import OUTLETS, Outlet
from aggregator.demo.sites.frame import Site, Visit
from aggregator.demo.sites.layouts import LAYOUTS
from aggregator.demo.templating import read_templates
from aggregator.demo.timeline import PACE, Act, Verb, plan
from aggregator.model.source import Authority

_LOCAL_PLACES = {"xa-do-luong": "xã Đô Lương"}
_REMEMBERED = 12  # happenings another outlet may still pick up
_AUTHORS = ("Lam Giang", "Thu Miên", "Sơn Khê", "Hồng Phong", "Hải Âu", "Minh Trí")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    """What an outlet published, in its present state. ``url`` is the canonical address, ``section`` the feed's."""

    source_id: str
    number: int
    url: str
    title: str
    section: str
    published_at: datetime
    edited: bool
    removed: bool
    event: str  # items with the same event tell the same thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A happening and the outlets that have told it, first teller first."""

    happening: Happening
    site_ids: tuple[str, ...]


class DemoProvince:
    """The sites, live between entering and leaving. ``now`` gives aware UTC; ``seed`` decides what is invented."""

    def __init__(self, *, now: Callable[[], datetime], seed: int = 1) -> None:
        self._now = now
        self._seed = seed
        self._random = Random(f"province/{seed}")
        self._sites: dict[str, Site] = {}
        self._inventor: Inventor | None = None
        self._told: list[Told] = []
        self._places = ""
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        templates = await asyncio.to_thread(read_templates)
        written = await asyncio.to_thread(read_written_news)
        self._places = await asyncio.to_thread(read_sample_places)
        self._inventor = Inventor(await asyncio.to_thread(read_moulds), self._seed)
        async with AsyncExitStack() as opened:
            for outlet in OUTLETS:
                site = Site(outlet, LAYOUTS[outlet.dialect], templates=templates, now=self._now)
                self._sites[outlet.id] = await opened.enter_async_context(site)
            self._open = opened.pop_all()
        start = self._now()
        for item in written:
            self._sites[item.site_id].newsroom.publish(item.draft, at=start - item.age)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    @property
    def site_ids(self) -> tuple[str, ...]:
        """The outlets, which are also the ids of their sources."""
        return tuple(self._sites)

    def site(self, site_id: str) -> Site:
        """The site of that outlet."""
        return self._sites[site_id]

    def visits(self, site_id: str) -> tuple[Visit, ...]:
        """The site's access log, oldest first."""
        return tuple(self._sites[site_id].visits)

    def catalogue_document(self) -> dict[str, Any]:
        """What a sources file for this province says."""
        return describe_province(self._sites)

    def catalogue_text(self) -> str:
        """The sources file as YAML."""
        out = StringIO()
        yaml = YAML()
        yaml.default_flow_style = False
        yaml.dump(self.catalogue_document(), out)
        return out.getvalue()

    async def write_sources(self, path: Path) -> None:
        """Writes the sources file to ``path`` and its place file beside it."""
        await asyncio.to_thread(path.write_text, self.catalogue_text(), encoding="utf-8")
        await asyncio.to_thread((path.parent / PLACE_FILE).write_text, self._places, encoding="utf-8")

    def publish(self, site_id: str, *, section: str | None = None) -> PublishedItem:
        """A newly invented item at that outlet, for ``section`` or one of its own in turn of chance."""
        outlet = self._sites[site_id].outlet
        chosen = section or self._random.choice(outlet.channels).section
        happening = self._invent(chosen, place=_LOCAL_PLACES.get(site_id))
        self._told = [*self._told, Told(happening=happening, site_ids=(site_id,))][-_REMEMBERED:]
        return self.publish_draft(site_id, self._telling(outlet, happening, earlier=()))

    def publish_draft(self, site_id: str, draft: Draft) -> PublishedItem:
        """The item that ``draft`` becomes at that outlet, published now."""
        return self._item(self._sites[site_id].newsroom.publish(draft, at=self._now()))

    def echo(self, site_id: str, *, pick: int = 0) -> PublishedItem:
        """The outlet's own telling of a recent event of others; a new event when there is none it has not told."""
        open_ones = [told for told in reversed(self._told) if self._may_echo(site_id, told)]
        if not open_ones:
            return self.publish(site_id)
        told = open_ones[pick % len(open_ones)]
        self._told[self._told.index(told)] = Told(happening=told.happening, site_ids=(*told.site_ids, site_id))
        return self.publish_draft(
            site_id, self._telling(self._sites[site_id].outlet, told.happening, earlier=told.site_ids)
        )

    def edit(self, item: PublishedItem) -> PublishedItem:
        """The item after an edit of title and text."""
        return self._item(self._sites[item.source_id].newsroom.edit(item.number, at=self._now()))

    def remove(self, item: PublishedItem) -> PublishedItem:
        """The item, gone from lists and answered with 404."""
        return self._item(self._sites[item.source_id].newsroom.remove(item.number, at=self._now()))

    def break_site(self, site_id: str, how: Breakage) -> None:
        """The site fails that way until it is mended."""
        self._sites[site_id].break_down(how)

    def mend(self, site_id: str) -> None:
        """The site answers well again."""
        self._sites[site_id].mend()

    def truth(self) -> list[PublishedItem]:
        """Everything ever published, oldest first, each in its present state."""
        items = [self._item(post) for site in self._sites.values() for post in site.newsroom.all()]
        return sorted(items, key=lambda item: (item.published_at, item.source_id, item.number))

    def perform(self, act: Act) -> PublishedItem | None:
        """What came of one act of the timeline; None where nothing was published or changed."""
        match act.verb:
            case Verb.PUBLISH:
                return self.publish(act.site_id)
            case Verb.ECHO:
                return self.echo(act.site_id, pick=act.pick)
            case Verb.EDIT:
                item = self._recent(act.site_id, act.pick)
                return None if item is None else self.edit(item)
            case Verb.REMOVE:
                item = self._recent(act.site_id, act.pick)
                return None if item is None else self.remove(item)
            case Verb.BREAK:
                if act.breakage is not None:
                    self.break_site(act.site_id, act.breakage)
                return None
            case Verb.MEND:
                self.mend(act.site_id)
                return None

    async def play(
        self,
        stop: asyncio.Event,
        *,
        pace: timedelta = PACE,
        told: Callable[[Act, PublishedItem | None], None] = lambda _act, _item: None,
    ) -> None:
        """Performs the timeline, an act about every ``pace``, until ``stop`` is set; then mends every site.

        ``told`` hears of each act and what came of it.
        """
        for act in plan(self._seed, self.site_ids, pace=pace):
            try:
                await asyncio.wait_for(stop.wait(), act.after.total_seconds())
                break
            except TimeoutError:
                told(act, self.perform(act))
        for site_id in self.site_ids:
            self.mend(site_id)

    def _invent(self, section: str, *, place: str | None) -> Happening:
        assert self._inventor is not None, "the province is entered first"
        return self._inventor.invent(section, place=place)

    def _telling(self, outlet: Outlet, happening: Happening, *, earlier: tuple[str, ...]) -> Draft:
        """How the outlet tells the happening; one that re-posts names whom it copies."""
        copied = earlier[0] if earlier else self._random.choice(("bao-song-lam", "phat-thanh-xu-lam"))
        is_repost = outlet.authority is Authority.REPOST
        return draft_of(
            happening,
            teller=len(earlier),
            author=self._random.choice(_AUTHORS) if outlet.authority is Authority.PRESS else "",
            origin_name=self._sites[copied].outlet.name if is_repost else None,
        )

    def _may_echo(self, site_id: str, told: Told) -> bool:
        fills = {channel.section for channel in self._sites[site_id].outlet.channels}
        is_other_place = site_id in _LOCAL_PLACES
        return (
            site_id not in told.site_ids
            and told.happening.section in fills
            and len(told.site_ids) < len(told.happening.titles)
            and not is_other_place
        )

    def _recent(self, site_id: str, pick: int) -> PublishedItem | None:
        posts = self._sites[site_id].newsroom.live()
        return self._item(posts[pick % len(posts)]) if posts else None

    def _item(self, post: Post) -> PublishedItem:
        return PublishedItem(
            source_id=post.site_id,
            number=post.number,
            url=self._sites[post.site_id].article_url(post),
            title=post.title,
            section=post.channel.section,
            published_at=post.published_at,
            edited=post.edits > 0,
            removed=post.removed,
            event=post.draft.event,
        )
