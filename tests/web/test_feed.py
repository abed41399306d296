"""The feed and its articles, as an integrator reads them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from aggregator.model.article import Version, Visibility
from aggregator.model.source import ArticleKind, Republish
from tests.web.world import Client, World


async def _walk(
    client: Client, query: str = "", *, between: Callable[[], Awaitable[object]] | None = None
) -> list[str]:
    ids: list[str] = []
    cursor = ""
    while True:
        page = await (await client.get(f"/api/v1/feed?limit=3{query}{cursor}")).json()
        ids += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return ids
        cursor = f"&cursor={page['next_cursor']}"
        if between is not None:
            await between()


async def test_the_newest_story_comes_first_with_its_lead_and_every_article(client: Client, world: World) -> None:
    older = await world.publish(world.article(minutes_ago=60))
    official = world.article(source="cong-tinh", minutes_ago=5)
    newer = await world.publish(official, world.article(minutes_ago=10))
    answer = await client.get("/api/v1/feed")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    page = await answer.json()
    assert [item["id"] for item in page["items"]] == [newer.id, older.id]
    assert page["next_cursor"] is None
    first = page["items"][0]
    assert first["lead"]["id"] == official.id
    assert first["lead"]["source"] == {
        "id": "cong-tinh",
        "name": "Cổng thông tin điện tử tỉnh",
        "authority": "official",
    }
    assert first["lead"]["permalink"] == f"/bai/{official.id}"
    assert first["source_count"] == 2
    assert len(first["articles"]) == 2


async def test_a_walk_meets_each_story_once_while_new_ones_arrive(client: Client, world: World) -> None:
    stories = [await world.publish(world.article(minutes_ago=10 * number)) for number in range(1, 11)]

    async def arrive() -> None:
        await world.publish(world.article(minutes_ago=0))

    assert await _walk(client, between=arrive) == [story.id for story in stories]


async def test_stories_of_the_same_instant_are_not_lost_between_pages(client: Client, world: World) -> None:
    made = {(await world.publish(world.article(minutes_ago=30))).id for _ in range(8)}
    walked = await _walk(client)
    assert len(walked) == len(made)
    assert set(walked) == made


async def test_the_feed_is_narrowed_by_section_source_place_kind_and_time(client: Client, world: World) -> None:
    here = await world.publish(world.article(source="mttq-tinh", minutes_ago=10, places=("xa-yen-thanh",)))
    notice = await world.publish(world.article(source="so-y-te", minutes_ago=90, kind=ArticleKind.NOTICE))
    since = (world.clock.at - timedelta(hours=1)).astimezone().isoformat()
    for query, expected in {
        "section=mat-tran": here,
        "source=so-y-te": notice,
        "place=xa-yen-thanh": here,
        "kind=notice": notice,
        f"since={since}": here,
    }.items():
        page = await (await client.get(f"/api/v1/feed?{query}")).json()
        assert [item["id"] for item in page["items"]] == [expected.id], query


async def test_a_source_that_allows_only_links_gets_title_and_link(client: Client, world: World) -> None:
    article = world.article(source="tin-nhanh")
    await world.publish(article)
    card = (await (await client.get("/api/v1/feed")).json())["items"][0]["lead"]
    assert card["summary"] is None
    assert card["image"] is None
    assert card["url"] == article.url
    detail = await (await client.get(f"/api/v1/articles/{article.id}")).json()
    assert (detail["summary"], detail["body"], detail["images"]) == (None, None, [])


async def test_the_body_is_given_only_where_the_source_allows_it_in_full(client: Client, world: World) -> None:
    full, summary = world.article(source="cong-tinh"), world.article(source="bao-tinh")
    await world.publish(full, summary)
    assert (await (await client.get(f"/api/v1/articles/{full.id}")).json())["body"] == full.body
    detail = await (await client.get(f"/api/v1/articles/{summary.id}")).json()
    assert detail["body"] is None
    assert detail["summary"] == summary.summary
    assert [other["id"] for other in detail["others"]] == [full.id]


async def test_an_edited_article_says_so_with_its_old_title(client: Client, world: World) -> None:
    old = Version(seen_at=world.clock.at, title="Tiêu đề cũ", digest="0", changed=("title",))
    article = world.article(source="cong-tinh", versions=(old,))
    await world.publish(article)
    detail = await (await client.get(f"/api/v1/articles/{article.id}")).json()
    assert detail["corrected"]
    assert detail["versions"] == [{"seen_at": "2026-11-23T08:00:00Z", "title": "Tiêu đề cũ", "changed": ["title"]}]
    assert "problems" not in detail


async def test_held_articles_do_not_exist_and_hidden_or_retracted_ones_are_gone(client: Client, world: World) -> None:
    for visibility, status in ((Visibility.HELD, 404), (Visibility.HIDDEN, 410), (Visibility.RETRACTED, 410)):
        article = world.article(visibility=visibility)
        await world.publish(article, visible=False)
        for path in (f"/api/v1/articles/{article.id}", f"/bai/{article.id}"):
            assert (await client.get(path)).status == status, (visibility, path)
    assert (await (await client.get("/api/v1/feed")).json())["items"] == []


async def test_an_article_hidden_after_it_was_read_is_not_shown_from_memory(client: Client, world: World) -> None:
    article = world.article()
    story = await world.publish(article)
    assert (await client.get(f"/bai/{article.id}")).status == 200
    await world.store._database["articles"].update_one({"_id": article.id}, {"$set": {"visibility": "hidden"}})
    await world.store.stories.put_many([replace(story, visible=False, revision=2)])
    world.revision.bump()
    assert (await client.get(f"/bai/{article.id}")).status == 410


async def test_what_was_written_into_the_database_by_force_stays_harmless(client: Client, world: World) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">x</a>'
    article = world.article(
        source="cong-tinh", title=f"Tin {evil}", summary=evil, body=f"<p>Lành {evil}</p>", republish=Republish.FULL
    )
    await world.publish(article)
    database = world.store._database
    await database["articles"].update_one(
        {"_id": article.id},
        {
            "$set": {
                "url": "javascript:alert(4)",
                "body": f"<p>Lành {evil}</p>",
                "images": [{"url": "javascript:alert(5)", "caption": evil}],
                "attachments": [{"url": "data:text/html,x", "name": evil, "media_type": "", "size_bytes": None}],
            }
        },
    )
    forced = {"lead.url": "javascript:alert(6)", "lead.image_url": 'x" onerror="alert(7)', "lead.source_id": evil}
    await database["stories"].update_one({"_id": f"s{article.id[1:]}"}, {"$set": forced})
    world.revision.bump()
    detail = await (await client.get(f"/api/v1/articles/{article.id}")).json()
    assert detail["url"] == ""
    assert detail["images"] == []
    assert detail["attachments"] == []
    for danger in ("<script", "onerror", "javascript:"):
        assert danger not in detail["body"]
    card = (await (await client.get("/api/v1/feed")).json())["items"][0]["lead"]
    assert (card["url"], card["image"]) == ("", None)
    for path in ("/", f"/bai/{article.id}"):
        page = await (await client.get(path)).text()
        for danger in ("<script>alert", "<img src=x", 'href="javascript:', 'src="javascript:', 'onerror="'):
            assert danger not in page, (path, danger)
