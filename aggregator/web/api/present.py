"""From what is kept to what is answered: the one place where ``republish`` and the address policy are asserted."""

from datetime import datetime

from aggregator.model.article import Article, Story, StoryMember
from aggregator.model.crawl import SourceState
from aggregator.model.entry import Attachment, Precision
from aggregator.model.source import Authority, Catalogue, Republish, Source
from aggregator.text.markup import sanitise
from aggregator.web.api.views import (
    ArticleDetail,
    AttachmentItem,
    Card,
    ImageItem,
    LinkDirectory,
    LinkGroup,
    LinkItem,
    SectionItem,
    SectionList,
    SourceBrief,
    SourceItem,
    SourceList,
    StoryItem,
    VersionItem,
)
from aggregator.web.health import source_health

_PDF = "application/pdf"


def web_url(url: str | None) -> str | None:
    """The address if it is http(s), else None: no other scheme ever reaches an answer."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def permalink(article_id: str) -> str:
    """The path of an article's page; it never changes."""
    return f"/bai/{article_id}"


class Presenter:
    """Knows the catalogue's names. Sources that left the catalogue keep their id as a name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.sources: dict[str, Source] = {source.id: source for source in catalogue.sources}
        self.sections = {section.slug: section for section in catalogue.sections}

    def source(self, source_id: str, authority: Authority) -> SourceBrief:
        """Who published, by name."""
        known = self.sources.get(source_id)
        return SourceBrief(id=source_id, name=known.name if known else source_id, authority=authority)

    def card(self, member: StoryMember) -> Card:
        """A story's member as a card."""
        is_link = member.republish is Republish.LINK
        return Card(
            id=member.article_id,
            url=web_url(member.url) or "",
            permalink=permalink(member.article_id),
            title=member.title,
            summary=None if is_link else member.summary,
            image=None if is_link else web_url(member.image_url),
            source=self.source(member.source_id, member.authority),
            kind=member.kind,
            sections=member.sections,
            places=member.places,
            published_at=member.published_at,
            updated_at=member.updated_at,
            sort_at=member.sort_at,
            corrected=member.corrected,
            republish=member.republish,
        )

    def story(self, story: Story) -> StoryItem:
        """A story as an item of the feed."""
        edits = [member.updated_at for member in story.members if member.updated_at is not None]
        return StoryItem(
            id=story.id,
            sort_at=story.sort_at,
            lead=self.card(story.lead),
            articles=tuple(self.card(member) for member in story.members),
            source_count=len(set(story.source_ids)),
            sections=story.sections,
            places=story.places,
            kinds=story.kinds,
            updated_at=max(edits, default=None),
        )

    def article(self, article: Article, story: Story | None) -> ArticleDetail:
        """A live article with the other outlets of its story."""
        is_full = article.republish is Republish.FULL
        is_link = article.republish is Republish.LINK
        images = tuple(
            ImageItem(url=image.url, caption=image.caption) for image in article.images if web_url(image.url)
        )
        members = story.members if story is not None and story.visible else ()
        return ArticleDetail(
            id=article.id,
            url=web_url(article.url) or "",
            permalink=permalink(article.id),
            title=article.title,
            summary=None if is_link else article.summary,
            body=sanitise(article.body, base_url=article.url) if is_full and article.body else None,
            source=self.source(article.source_id, article.authority),
            authors=article.authors,
            origin_name=article.origin_name,
            kind=article.kind,
            sections=article.sections,
            places=article.places,
            published_at=article.published_at,
            published_day_only=article.published_precision is Precision.DAY,
            updated_at=article.updated_at,
            first_seen_at=article.first_seen_at,
            sort_at=article.sort_at,
            image=images[0].url if images and not is_link else None,
            images=images if is_full else (),
            attachments=tuple(_attachment(item) for item in article.attachments if web_url(item.url)),
            corrected=bool(article.versions),
            versions=tuple(
                VersionItem(seen_at=version.seen_at, title=version.title, changed=version.changed)
                for version in article.versions
            ),
            republish=article.republish,
            story_id=story.id if story is not None else None,
            others=tuple(self.card(member) for member in members if member.article_id != article.id),
        )

    def section_list(self) -> SectionList:
        """Every section, in the order of the chips."""
        ordered = sorted(self.catalogue.sections, key=lambda section: section.position)
        return SectionList(
            items=tuple(SectionItem(slug=item.slug, label=item.label, kind=item.kind) for item in ordered)
        )

    def source_list(self, states: list[SourceState], *, now: datetime) -> SourceList:
        """Every source of the catalogue with its state in words."""
        by_id = {state.source_id: state for state in states}
        return SourceList(items=tuple(_source(item, by_id.get(item.id), now=now) for item in self.catalogue.sources))

    def link_directory(self) -> LinkDirectory:
        """The links by heading, in the order of the file."""
        groups: dict[str, list[LinkItem]] = {}
        for link in self.catalogue.links:
            groups.setdefault(link.group, []).append(LinkItem(title=link.title, url=link.url))
        return LinkDirectory(items=tuple(LinkGroup(group=name, links=tuple(links)) for name, links in groups.items()))


def _attachment(item: Attachment) -> AttachmentItem:
    is_pdf = item.media_type == _PDF or item.url.lower().split("?")[0].endswith(".pdf")
    return AttachmentItem(
        url=item.url, name=item.name, media_type=item.media_type, is_pdf=is_pdf, size_bytes=item.size_bytes
    )


def _source(source: Source, state: SourceState | None, *, now: datetime) -> SourceItem:
    verdict = source_health(source, state, now=now)
    return SourceItem(
        id=source.id,
        name=source.name,
        homepage=source.homepage,
        authority=source.authority,
        kind=source.kind.value,
        sections=tuple(dict.fromkeys(section.section for section in source.sections)),
        republish=source.republish,
        state=verdict.health.value,
        state_label=verdict.label,
        last_success_at=state.last_success_at if state else None,
        last_new_at=state.last_new_at if state else None,
        articles_total=state.articles_total if state else 0,
    )
