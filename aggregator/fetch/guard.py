"""Which URLs and addresses may be fetched: pure rules, default deny.

1. A URL is judged as text, strictly: what two parsers could read differently is refused, so that the host judged here
   is the host connected to.
2. An address is judged by our own list (Python 3.11's ``ipaddress`` calls 192.0.0.0/24 global). IPv6 passes only as
   global unicast, and IPv6 that carries IPv4 is judged by the IPv4 inside.
3. ``allow_networks`` (the setting ``allow_cidrs``) opens private networks, on any port; everything else is public
   addresses on ``allow_ports``.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_CHARACTERS = 4096
DEFAULT_PORTS = {"http": 80, "https": 443}

# IANA special-purpose registries (RFC 6890 and updates), and the one public address that is a cloud's own host.
_DENIED_V4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier's NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata host"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_DENIED_V6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b:1::/48", "a local NAT64"),
        ("100::/64", "discarded"),
        ("2001:db8::/32", "for documentation"),
        ("2001::/23", "reserved for protocols"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private (unique local)"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

_START = re.compile(r"(https?)://([^/?#]*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:@%]+))(?::([0-9]{1,5}))?")
# Controls, backslashes, line separators and lone surrogates.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\\\\\u2028\u2029\ud800-\udfff]")
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CREDENTIALS = re.compile(r"//[^/?#]*@")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: lower-case ASCII ``host``, or the ``address`` it is written as."""

    scheme: str
    host: str
    port: int
    address: Address | None

    @property
    def origin(self) -> str:
        """Scheme, host and port, as robots.txt is kept by."""
        return f"{self.scheme}://{self.key}"

    @property
    def key(self) -> str:
        """``host:port``, as turns are kept by."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def check_url(url: str, allow_ports: Collection[int], allow_networks: Sequence[Network]) -> str | None:
    """The English reason why a URL may not be fetched, None when nothing in its text forbids it.

    A name is judged again by ``endpoint_refusal`` on every address it resolves to.
    """
    target = read_target(url)
    return target if isinstance(target, str) else target_refusal(target, allow_ports, allow_networks)


def target_refusal(target: Target, allow_ports: Collection[int], allow_networks: Sequence[Network]) -> str | None:
    """The reason why nothing may be fetched from there, as far as no name has to be resolved to know it."""
    if target.address is not None:
        return endpoint_refusal(target.address, target.port, allow_ports, allow_networks)
    if target.port in allow_ports or allow_networks:  # a name may lead into an allowed network: known at connect time
        return None
    return f"port {target.port} is not allowed"


def endpoint_refusal(
    address: Address, port: int, allow_ports: Collection[int], allow_networks: Sequence[Network]
) -> str | None:
    """The reason why no connection may go to this address and port."""
    if is_within(address, allow_networks):
        return None
    reason = address_refusal(address, ())
    if reason is None and port not in allow_ports:
        reason = f"port {port} is not allowed"
    return reason


def address_refusal(ip: Address, allow_networks: Sequence[Network]) -> str | None:
    """The reason why an address is refused: "10.1.2.3 is private". None when it is public or allowed."""
    if is_within(ip, allow_networks):
        return None
    carried = _carried(ip)
    for address in carried or (ip,):
        kind = _denied_kind(address)
        if kind is not None:
            return f"{ip} carries {address}, which is {kind}" if carried else f"{ip} is {kind}"
    return None


def is_within(ip: Address, networks: Sequence[Network]) -> bool:
    """Whether an address, or every IPv4 address that it carries, lies in one of the networks."""
    if not networks:
        return False
    if any(ip in network for network in networks):
        return True
    carried = _carried(ip)
    return bool(carried) and all(any(address in network for network in networks) for address in carried)


def read_target(url: str) -> Target | str:
    """Where a URL leads, or the reason why it is refused whatever the settings."""
    if len(url) > MAX_URL_CHARACTERS:
        return f"the URL is longer than {MAX_URL_CHARACTERS} characters"
    if _FORBIDDEN.search(url):
        return "the URL holds a backslash or a control character"
    start = _START.match(url)
    if start is None:
        return "the URL is not http(s)://host/…"
    return _authority_target(start[1].lower(), start[2])


def shown_url(url: str) -> str:
    """A URL as records and logs may hold it: no credentials, no control characters, at most 500 characters."""
    return _FORBIDDEN.sub("�", _CREDENTIALS.sub("//(hidden)@", url))[:500]


@lru_cache(maxsize=1024)  # the same few hosts are asked again and again
def _authority_target(scheme: str, authority: str) -> Target | str:
    if "@" in authority:
        return "the URL holds credentials"
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        return "the URL has no clear host"
    port = int(parts[3]) if parts[3] else DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:  # noqa: PLR2004 - the range of ports
        return f"port {port} does not exist"
    return _literal(scheme, parts[1], port) if parts[1] else _named(scheme, parts[2], port)


def _literal(scheme: str, text: str, port: int) -> Target | str:
    try:
        address = IPv6Address(text)
    except ValueError:
        return "the host is not an IPv6 address"
    return Target(scheme, str(address), port, address)


def _named(scheme: str, host: str, port: int) -> Target | str:
    if host.isascii():
        name = host.lower()
    else:
        encoded = _encoded(host)
        if encoded is None:
            return "the host is not a plain international name"
        name = encoded
    if _NAME.fullmatch(name) is None:
        return "the host is not a plain name"
    if _NUMBER.fullmatch(name.rpartition(".")[2]):  # read as an IPv4 address by some: WHATWG URL, "ends in a number"
        try:
            address = ip_address(name)
        except ValueError:
            return "the host is a number that is not a plain IPv4 address"
        return Target(scheme, name, port, address)
    return Target(scheme, name, port, None)


def _encoded(host: str) -> str | None:
    """The ASCII form of an international name whose characters are letters, marks, ASCII digits and hyphens only."""
    if unicodedata.normalize("NFKC", host) != host:
        return None
    if not all(letter in "-." or letter.isascii() or unicodedata.category(letter)[0] in "LM" for letter in host):
        return None
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None


def _denied_kind(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _DENIED_V4 if address in network), None)
    for network, kind in _DENIED_V6:
        if address in network:
            return kind
    return None if address in _GLOBAL_UNICAST else "not a global address"


def _carried(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a packet to this address ends at: mapped, NAT64, 6to4, Teredo (server and client)."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or ()
