"""What an outlet has published: posts with their addresses, pictures and papers, and when anything last changed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.demo.blocks import Block, Paragraph, read_blocks, with_days
from aggregator.demo.content import Correction, Draft
from aggregator.demo.outlets import Channel, Outlet
from aggregator.text.fold import slugify

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_SLUG_LENGTH = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A PDF beside an article."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An article as its outlet shows it. ``slug`` and ``number`` make its address and never change."""

    number: int
    site_id: str
    channel: Channel
    draft: Draft
    slug: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    papers: tuple[Paper, ...]
    published_at: datetime
    updated_at: datetime | None = None
    edits: int = 0
    removed: bool = False

    @property
    def changed_at(self) -> datetime:
        """When its text last changed."""
        return self.updated_at or self.published_at


class Newsroom:
    """The posts of one outlet, newest first where they are listed."""

    def __init__(self, outlet: Outlet) -> None:
        self.outlet = outlet
        self._posts: dict[int, Post] = {}
        self._next_number = outlet.first_number
        self._changed_at: datetime | None = None

    @property
    def changed_at(self) -> datetime | None:
        """A whole second that rises with every change, fit for Last-Modified; None before the first post."""
        return self._changed_at

    def publish(self, draft: Draft, *, at: datetime) -> Post:
        """The post that ``draft`` becomes."""
        number, self._next_number = self._next_number, self._next_number + 1 + len(self._posts) % 3
        post = Post(
            number=number,
            site_id=self.outlet.id,
            channel=self.outlet.channel_for(draft.section),
            draft=draft,
            slug=slugify(draft.title)[:_SLUG_LENGTH].strip("-"),
            title=draft.title,
            lead=draft.lead,
            blocks=read_blocks(_dated(draft.body, at)),
            papers=tuple(Paper(name=name, slug=slugify(name.removesuffix(".pdf"))) for name in draft.files),
            published_at=at.replace(microsecond=0),
        )
        return self._keep(post, at)

    def edit(self, number: int, *, at: datetime) -> Post:
        """The post after its next edit: its own correction first, then one more added paragraph each time."""
        post = self._posts[number]
        correction = post.draft.correction if post.edits == 0 else None
        changed = _corrected(post, correction, at) if correction else _amended(post, at)
        return self._keep(replace(changed, edits=post.edits + 1, updated_at=at.replace(microsecond=0)), at)

    def remove(self, number: int, *, at: datetime) -> Post:
        """The post, no longer shown."""
        return self._keep(replace(self._posts[number], removed=True), at)

    def get(self, number: int) -> Post | None:
        """The post of that number, removed ones too."""
        return self._posts.get(number)

    def live(self, channel: Channel | None = None) -> list[Post]:
        """The posts shown, newest first: of one channel, or of all."""
        posts = [
            post for post in self._posts.values() if not post.removed and (channel is None or post.channel == channel)
        ]
        return sorted(posts, key=lambda post: (post.published_at, post.number), reverse=True)

    def all(self) -> list[Post]:
        """Everything ever published, in its present state."""
        return list(self._posts.values())

    def _keep(self, post: Post, at: datetime) -> Post:
        self._posts[post.number] = post
        whole = at.replace(microsecond=0)
        if self._changed_at is not None and whole <= self._changed_at:
            # Two changes within one second would hide the second one from If-Modified-Since.
            whole = self._changed_at + timedelta(seconds=1)
        self._changed_at = whole
        return post


def _dated(text: str, at: datetime) -> str:
    today: date = at.astimezone(ZONE).date()
    return with_days(text, today)


def _corrected(post: Post, correction: Correction, at: datetime) -> Post:
    body, lead = post.draft.body, post.lead
    for old, new in correction.replace:
        body, lead = body.replace(old, new), lead.replace(old, new)
    blocks = read_blocks(_dated(body, post.published_at))
    note = Paragraph(text=f"Đính chính lúc {at.astimezone(ZONE):%H:%M}: bài đã được sửa theo số liệu mới nhất.")
    return replace(post, title=correction.title, lead=lead, blocks=(*blocks, note))


def _amended(post: Post, at: datetime) -> Post:
    round_ = post.edits + 1
    mark = "(cập nhật)" if round_ == 1 else f"(cập nhật lần {round_})"
    plain = post.title.split(" (cập nhật")[0]
    note = Paragraph(text=f"Cập nhật lúc {at.astimezone(ZONE):%H:%M}: nội dung được bổ sung theo thông tin mới.")
    return replace(post, title=f"{plain} {mark}", blocks=(*post.blocks, note))
