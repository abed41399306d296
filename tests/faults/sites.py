"""Sites on loopback, one for every fault, and the sources file that names them."""

import asyncio
import json
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.fault import Fault, Place
from tests.faults.wire import with_rest
from tests.fetch.sites import Site, answer
from tests.service import ROOT


class FaultSite(Site):
    """A site whose visitors may still be kept waiting when the run is over."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers until the visitor or the run is gone."""
        try:
            await super().serve(reader, writer)
        except asyncio.CancelledError:
            return  # the loop closes: nobody waits for this task, and asyncio would report it as broken


@dataclass(slots=True, kw_only=True)
class FaultSites:
    """A site of its own for every fault, and one at an address that is not allowed."""

    sites: dict[str, Site] = field(default_factory=dict)
    inner: Site = field(default_factory=lambda: FaultSite(0, "127.0.0.2", {"*": answer(b"bi-mat-noi-bo")}))

    def place(self, fault: Fault) -> Place:
        """Where a fault's site stands."""
        return Place(base=self.sites[fault.id].url("").rstrip("/"), inner=self.inner.url("/noi-bo"))


@asynccontextmanager
async def sites_of(faults: tuple[Fault, ...], folder: Path) -> AsyncIterator[FaultSites]:
    """Sites listening on loopback; ``folder`` takes their certificate."""
    found = FaultSites()
    context = await asyncio.to_thread(self_signed, folder) if any(fault.tls for fault in faults) else None
    async with AsyncExitStack() as stack:

        async def listen(site: Site, context: ssl.SSLContext | None = None) -> None:
            server = await asyncio.start_server(site.serve, site.host, 0, ssl=context)
            stack.callback(server.close)
            site.port = server.sockets[0].getsockname()[1]

        await listen(found.inner)
        for fault in faults:
            site = found.sites[fault.id] = FaultSite(0, "127.0.0.1", {})
            await listen(site, context if fault.tls else None)
            site.scripts = with_rest(fault.serve(found.place(fault)))
        yield found


def self_signed(folder: Path) -> ssl.SSLContext:
    """The server side of TLS with a certificate made just now."""
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / "site.key", folder / "site.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=127.0.0.1", "-days", "2", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def write_sources(folder: Path, faults: tuple[Fault, ...], sites: FaultSites) -> Path:
    """A sources file with one source per fault (JSON is YAML)."""
    entries = []
    for fault in faults:
        base = sites.place(fault).base
        address = fault.url.replace("{port}", base.rpartition(":")[2]) if "://" in fault.url else base + fault.url
        entry: dict[str, Any] = {
            "id": fault.id,
            "name": f"Nguồn {fault.id}",
            "homepage": f"{base}/",
            "kind": fault.kind.value,
            "authority": "official",
            "republish": "full",
            "pages": "never",
            "sections": [{"url": address, "section": "thoi-su"}],
        }
        more = dict(fault.fields)
        if isinstance(more.get("sections"), tuple):
            more["sections"] = [{"url": base + path, "section": "thoi-su"} for path in more["sections"]]
        entries.append(entry | more)
    province = {
        "slug": "mau",
        "name": "Mẫu",
        "title": "Mẫu",
        "timezone": "Asia/Ho_Chi_Minh",
        "place_file": "places.json",
        "contact": "admin@example.vn",
        "user_agent": "FaultBot/1.0 (+{contact})",
    }
    sections = [{"slug": "thoi-su", "label": "Thời sự"}]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "aggregator/demo/places.json", folder / "places.json")
    path = folder / "sources.yaml"
    path.write_text(
        json.dumps({"province": province, "sections": sections, "sources": entries}, ensure_ascii=False, indent=1),
        encoding="utf-8",
    )
    return path
