"""What ``probe`` found, on the terminal: each thing in words, and at the end the entry to paste."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from aggregator.model.crawl import Failure
from aggregator.model.entry import Entry
from aggregator.model.failures import Outcome
from aggregator.model.probe import Endpoint, Probed, Proposal, RobotsNote
from aggregator.model.source import SourceKind
from aggregator.parse.propose_block import block_of

PASTE = "Paste this under sources: in"
_SAMPLES = 3
_BROKEN_CHAIN = ("unable to get local issuer", "unable to verify the first certificate", "unable to get issuer")
_ACTIONS: dict[Outcome, str] = {
    Outcome.DNS: "No such host, or this machine has no network: check the spelling, then try `main.py doctor`.",
    Outcome.CONNECT: "Nothing answers there: try http:// instead of https://, or www. before the name.",
    Outcome.TIMEOUT: "It answers too slowly: try again later.",
    Outcome.BLOCKED: "The site refuses crawlers: write to its owner; the User-Agent names your contact address.",
    Outcome.CHALLENGE: "The site checks for robots first: write to its owner and ask to be let in.",
    Outcome.LOGIN: "The page asks for a login: only public pages can be read.",
    Outcome.NOT_FOUND: "There is no such page: probe the site's first page instead.",
    Outcome.ROBOTS: "Its robots.txt forbids the page: with the owner's permission write it into robots_override.",
    Outcome.RATE_LIMITED: "The site asks to be left alone for a while: try again later.",
    Outcome.SERVER_ERROR: "The site's server fails: try again later.",
    Outcome.REFUSED_BY_POLICY: "Only public addresses are read; for an intranet set AGGREGATOR_ALLOW_CIDRS.",
}
_ELSE = "Open the address in a browser; if it looks right there, try again later."


def show(console: Console, found: Probed, timezone: ZoneInfo) -> None:
    """Everything that was found, the address itself first."""
    console.print(f"{found.url}  HTTP {found.status if found.status is not None else '-'}", style="bold")
    if found.failure is not None:
        _show_failure(console, found.failure)
    if found.robots is not None:
        _line(console, "robots.txt", _robots(found.robots))
    if found.report is not None:
        report = found.report
        marks = f", known by {'; '.join(found.surroundings.marks)}" if found.surroundings.marks else ""
        _line(console, "title", report.title or "none")
        _line(console, "platform", f"{report.platform}{marks}")
        if report.format == "html":
            _line(console, "feeds named", str(len(report.feeds)) if report.feeds else "none")
            _line(console, "sitemaps named", ", ".join(report.sitemaps) or "none")
        else:
            _line(console, "is", report.format)
    for endpoint in found.endpoints:
        if endpoint.entries or not endpoint.guessed:
            _show_endpoint(console, endpoint, timezone)
    if absent := [urlsplit(each.url).path for each in found.endpoints if each.guessed and not each.entries]:
        _line(console, "tried in vain", ", ".join(absent))
    _show_pages(console, found, timezone)


def show_proposal(console: Console, proposal: Proposal, *, file: str, known: dict[str, str]) -> None:
    """The entry to paste, last of all, with what is to be known before."""
    source = proposal.source
    console.print()
    for url, source_id in known.items():
        console.print(f"note: {url} already stands in {file}, as {source_id}.", style="yellow", markup=False)
    if source.kind is SourceKind.UNKNOWN:
        console.print(
            "Nothing was found that can be read. Probe a page of the site that lists its news, or keep the entry "
            "below: the site is looked at again at each visit.",
            style="yellow",
        )
    console.print(f"{PASTE} {file}, then run `main.py sources check` and `main.py crawl {source.id} --explain`:\n")
    console.print(block_of(proposal), markup=False, end="")


def _show_failure(console: Console, failure: Failure) -> None:
    console.print(f"{failure.outcome}: {failure.cause}", style="yellow", markup=False)
    action = _ACTIONS.get(failure.outcome, _ELSE)
    if failure.outcome is Outcome.TLS:
        host = urlsplit(failure.url).netloc
        action = (
            f"The site does not send the certificate between its own and a known authority (browsers fill the gap). "
            f"In a browser open https://{host}/, show the certificate, save the second of its chain as PEM beside the "
            f"sources file, and probe again with --ca-file <that file>; the entry will name it as ca_file."
            if any(sign in failure.cause for sign in _BROKEN_CHAIN)
            else "Its certificate is not valid for this address: try http:// or www., or tell the site's owner. "
            "Verification is never switched off."
        )
    console.print(f"→ {action}", markup=False)


def _robots(note: RobotsNote) -> str:
    allowed = {True: "allows this address", False: "forbids this address", None: "unknown"}[note.allowed]
    parts = [note.detail or allowed]
    if note.delay_s:
        parts.append(f"asks for {note.delay_s:g} s between fetches")
    if note.sitemaps:
        parts.append(f"names {', '.join(note.sitemaps)}")
    return "; ".join(parts)


def _show_endpoint(console: Console, endpoint: Endpoint, timezone: ZoneInfo) -> None:
    name = f" “{endpoint.name}”" if endpoint.name else ""
    if not endpoint.entries:
        console.print(f"\n{endpoint.kind} {endpoint.url}{name}", markup=False)
        console.print(f"  {endpoint.failure or 'it lists nothing'}", style="yellow", markup=False)
        return
    console.print(f"\n{endpoint.format} {endpoint.url}{name}", style="bold", markup=False)
    console.print(f"  {len(endpoint.entries)} entries, {endpoint.dated} with a date", markup=False)
    for entry in endpoint.entries[:_SAMPLES]:
        console.print(f"  {_when(entry, timezone):<16}  {entry.title or '(no title)'}", markup=False)
        console.print(f"  {'':<16}  {entry.url}", style="dim", markup=False)


def _show_pages(console: Console, found: Probed, timezone: ZoneInfo) -> None:
    if not found.pages.entries:
        return
    table = Table("published", "title", "body", "images", "files", title="articles read at their own page")
    for entry in found.pages.entries:
        if entry is None:
            table.add_row("-", "(not read as an article)", "-", "-", "-")
        else:
            numbers = (f"{len(entry.text)} characters", str(len(entry.images)), str(len(entry.attachments)))
            table.add_row(_when(entry, timezone), entry.title, *numbers)
    console.print()
    console.print(table)


def _when(entry: Entry, timezone: ZoneInfo) -> str:
    return f"{entry.published.at.astimezone(timezone):%d/%m/%Y %H:%M}" if entry.published else "no date"


def _line(console: Console, name: str, text: str) -> None:
    console.print(f"{name:>14}: {text}", markup=False)
