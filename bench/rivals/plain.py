"""Plain fetching: aiohttp alone, conditional where an ETag is known; nothing is parsed or kept."""

import asyncio
import sys
import time

import aiohttp

from bench.rivals.rounds import AT_ONCE, Round, directory_given, own_seconds, peak_mb, ready, tell, urls_of


async def main() -> None:
    """Serves refreshes of the feeds in the given directory."""
    urls, etags = urls_of(directory_given()), dict[str, str]()
    ready()
    while await asyncio.to_thread(sys.stdin.readline):
        cpu, wall = own_seconds(), time.perf_counter()
        await fetch(urls, etags)
        spent = {"all": own_seconds() - cpu}
        tell(Round(cpu_s=spent, wall_s=time.perf_counter() - wall, entries=0, peak_mb=peak_mb()))


async def fetch(urls: list[str], etags: dict[str, str]) -> None:
    """Gets every URL once, some at a time."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as session:

        async def one(url: str) -> None:
            headers = {"If-None-Match": etags[url]} if url in etags else {}
            async with gate, session.get(url, headers=headers) as answer:
                await answer.read()
                if "ETag" in answer.headers:
                    etags[url] = answer.headers["ETag"]

        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))


if __name__ == "__main__":
    asyncio.run(main())
