"""A served site over a real store."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from aggregator.model.article import Version
from aggregator.model.entry import Attachment, Image
from aggregator.model.failures import Outcome
from aggregator.model.source import (
    ArticleKind,
    Authority,
    Catalogue,
    DirectoryLink,
    Province,
    Section,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.web.revision import FeedRevision
from aggregator.web.server import WebDeps, build_app
from tests.web.world import NOW, ROBOTS_PERMISSION, SECTIONS, SOURCES, AppOf, Client, Clock, World


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """A province with nine sections and five sources of every authority and permission."""
    return Catalogue(
        province=Province(
            slug="nghe-an",
            name="tỉnh Nghệ An",
            title="Mặt trận số Nghệ An",
            timezone="Asia/Ho_Chi_Minh",
            place_file="places/nghe-an.json",
            contact="lienhe@example.vn",
            user_agent="MatTranSo/1.0",
        ),
        sections=tuple(
            Section(slug=slug, label=label, kind=kind, position=position)
            for position, (slug, label, kind) in enumerate(SECTIONS)
        ),
        sources=tuple(
            Source(
                id=source_id,
                name=name,
                homepage=f"https://{source_id}.example.vn/",
                kind=SourceKind.FEED,
                sections=(SourceSection(url=f"https://{source_id}.example.vn/rss", section=section),),
                authority=authority,
                republish=republish,
                robots_override=ROBOTS_PERMISSION if authority is Authority.OFFICIAL else None,
            )
            for source_id, name, authority, republish, section in SOURCES
        ),
        links=(
            DirectoryLink(
                group="Dịch vụ công", title="Cổng dịch vụ công quốc gia", url="https://dichvucong.example.vn/"
            ),
            DirectoryLink(
                group="Dịch vụ công", title="Trung tâm phục vụ hành chính công", url="https://hcc.example.vn/"
            ),
            DirectoryLink(group="Báo chí", title="Báo tỉnh", url="https://bao.example.vn/"),
            DirectoryLink(
                group="Mặt trận và đoàn thể", title="Hội Liên hiệp Phụ nữ tỉnh", url="https://lhpn.example.vn/"
            ),
            DirectoryLink(group="Báo chí", title="Không phải liên kết", url="javascript:alert(1)"),
        ),
    )


@pytest.fixture
async def world(store: Store, catalogue: Catalogue, settings: Settings) -> World:
    """An empty province whose sources are registered."""
    await store.sources.sync(catalogue.sources, now=NOW)
    return World(store=store, catalogue=catalogue, settings=settings, clock=Clock(), revision=FeedRevision())


@pytest.fixture
def app_of() -> AppOf:
    """Makes the application over a world's store, with settings of its own where a test needs them."""

    def made(
        world: World, settings: Settings | None = None, *, places: frozenset[str] | None = None
    ) -> web.Application:
        return build_app(
            WebDeps(
                store=world.store,
                catalogue=world.catalogue,
                settings=settings or world.settings,
                now=world.clock.now,
                revision=world.revision,
                places=places,
            )
        )

    return made


@pytest.fixture
async def client(world: World, app_of: AppOf) -> AsyncIterator[Client]:
    """A client of the served site, on a real loopback socket. Redirects are answers here."""
    async with TestClient(TestServer(app_of(world)), auto_decompress=True) as client:
        yield client


@pytest.fixture
async def newsday(world: World) -> World:
    """A day of news as a reader meets it: long titles, missing pictures, several outlets, an edit, files, a notice."""
    long_title = (
        "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Nghệ An lấy ý kiến Nhân dân về dự thảo quy chế giám sát, "
        "phản biện xã hội đối với 130 xã, phường sau sắp xếp đơn vị hành chính"
    )
    lead = world.article(
        source="mttq-tinh",
        minutes_ago=12,
        title=long_title,
        summary=(
            "Sáng 23/11, tại phường Trường Vinh, hơn 200 đại biểu là cán bộ Mặt trận, người có uy tín, già làng "
            "đã góp ý vào dự thảo; nhiều ý kiến đề nghị công khai kết quả giám sát để người dân theo dõi."
        ),
        body=(
            "<p>Sáng 23/11, tại phường Trường Vinh, Ủy ban MTTQ tỉnh tổ chức hội nghị lấy ý kiến Nhân dân.</p>"
            "<h2>Nhiều ý kiến tâm huyết</h2><p>Các đại biểu đề nghị <strong>công khai kết quả giám sát</strong> và "
            "rõ thời hạn trả lời kiến nghị của cử tri. “Bà con cần biết việc của mình đi tới đâu”.</p>"
            "<ul><li>Giám sát đầu tư công ở cơ sở;</li><li>Phản biện xã hội trước khi ban hành nghị quyết.</li></ul>"
            "<table><tr><th>Đơn vị</th><th>Số ý kiến</th></tr><tr><td>Phường Trường Vinh</td><td>48</td></tr></table>"
            "<p>Dự thảo sẽ được hoàn thiện trước ngày 15/12.</p>"
        ),
        images=(Image(url="http://127.0.0.1:9/anh-hoi-nghi.jpg", caption="Quang cảnh hội nghị"),),
        attachments=(
            Attachment(
                url="https://mttq-tinh.example.vn/files/Dự%20thảo.pdf",
                name="Dự thảo quy chế giám sát.pdf",
                media_type="application/pdf",
                size_bytes=1_258_291,
            ),
            Attachment(url="https://mttq-tinh.example.vn/files/mau.docx", name="Mẫu góp ý.docx", size_bytes=34_816),
        ),
        versions=(
            Version(
                seen_at=NOW - timedelta(minutes=5),
                title="Lấy ý kiến về quy chế giám sát",
                digest="0",
                changed=("title",),
            ),
        ),
        updated_at=NOW - timedelta(minutes=5),
        authors=("Thu Hà",),
    )
    second = world.article(
        minutes_ago=9,
        title="Lấy ý kiến Nhân dân về quy chế giám sát, phản biện xã hội",
        sections=("thoi-su", "mat-tran"),
    )
    third = world.article(source="tin-nhanh", minutes_ago=5, title="Góp ý quy chế giám sát ở Nghệ An")
    await world.publish(lead, second, third)
    await world.publish(
        world.article(
            source="cong-tinh",
            minutes_ago=50,
            title="Nghệ An ban hành kế hoạch ứng phó bão số 14, học sinh 35 xã ven biển nghỉ học từ chiều 23/11",
            summary="Chủ tịch UBND tỉnh yêu cầu các địa phương hoàn thành sơ tán trước 19 giờ.",
            images=(Image(url="http://127.0.0.1:9/bao.jpg"),),
        ),
        world.article(minutes_ago=45, title="Bão số 14: Nghệ An sơ tán dân trước 19 giờ"),
    )
    await world.publish(
        world.article(
            source="so-y-te",
            minutes_ago=130,
            kind=ArticleKind.NOTICE,
            title="Thông báo lịch tiêm bổ sung vắc-xin sởi cho trẻ từ 6 tháng tuổi tại 130 xã, phường",
            summary="Phụ huynh mang theo sổ tiêm chủng; danh sách điểm tiêm đính kèm.",
        )
    )
    await world.publish(
        world.article(
            source="tin-nhanh",
            minutes_ago=200,
            title="Giá lúa vụ mùa ở Yên Thành tăng, nông dân phấn khởi",
            images=(Image(url="http://127.0.0.1:9/lua.jpg"),),
        )
    )
    await world.publish(
        world.article(
            source="mttq-tinh",
            minutes_ago=600,
            kind=ArticleKind.EVENT,
            sections=("lich-tiep-xuc",),
            title="Lịch tiếp xúc cử tri của đại biểu HĐND tỉnh trước kỳ họp thứ 34",
            published_at=datetime(2026, 11, 22, 17, 0, tzinfo=UTC),
        )
    )
    villages = [
        world.article(
            source="bao-tinh" if number % 2 else "cong-tinh",
            minutes_ago=700 + number * 45,
            title=f"Xã số {number + 1} hoàn thành sáp nhập khu dân cư, ra mắt mô hình “Ba cùng với dân”",
            summary="Mô hình giúp giải quyết ngay từ cơ sở những việc người dân quan tâm.",
            images=(Image(url=f"http://127.0.0.1:9/{number}.jpg"),) if number % 3 else (),
            published_at=None if number == 3 else NOW - timedelta(minutes=700 + number * 45),
        )
        for number in range(42)
    ]
    await world.publish_all([(village,) for village in villages])
    await world.crawled("cong-tinh", Outcome.OK)
    await world.crawled("mttq-tinh", Outcome.UNCHANGED, minutes_ago=4)
    await world.crawled("bao-tinh", Outcome.SERVER_ERROR, minutes_ago=7)
    await world.crawled("tin-nhanh", Outcome.BLOCKED, minutes_ago=30)
    return world
