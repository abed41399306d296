"""The guard's rules, without a network."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.guard import address_refusal, check_url, endpoint_refusal, read_target, shown_url

PORTS = (80, 443, 8080)
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.vn",
        "https://example.vn/a b?q=ế#x",
        "HTTPS://Example.VN:8080/",
        "https://xn--bo-mja.vn/",
        "https://báo.vn/tin",
        "https://a_b.nghean.gov.vn/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://intranet/",
    ],
)
def test_plain_public_urls_pass(url: str) -> None:
    assert check_url(url, PORTS, ()) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.vn",
        "ftp://example.vn/",
        "file:///etc/passwd",
        "gopher://example.vn/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:/example.vn",
        "http:example.vn",
        "//example.vn/",
        " http://example.vn/",
        "http://",
        "http:///path",
        "http://:80/",
        "http://?x",
        "http://user@example.vn/",
        "http://user:secret@example.vn/",
        "http://example.vn@127.0.0.1/",
        "http://example.vn\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://example.vn/a\\b",
        "http://example.vn/\r\nHost: x",
        "http://exa\tmple.vn/",
        "http://example.vn/\x00",
        "http://example.vn/\ud800",
        "http://exa mple.vn/",
        "http://%31%32%37.0.0.1/",
        "http://example.vn./",
        "http://example..vn/",
        "http://.example.vn/",
        "http://127.0.0.1./",
        "http://-example.vn/",
        "http://example.vn:/",
        "http://example.vn:0/",
        "http://example.vn:65536/",
        "http://example.vn:22/",
        "http://example.vn:+80/",
        "http://example.vn:８０/",
        "http://8.8.8.8:6379/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.fe80]/",
        "http://[]/",
        "http://" + "a" * 64 + ".vn/",
        "http://example.vn/" + "a" * 5000,
    ],
)
def test_urls_that_could_be_read_two_ways_are_refused(url: str) -> None:
    assert check_url(url, PORTS, ()) is not None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0.0.0x1",
        "0177.0.0.1",
        "127.0.0.01",
        "017700000001",
        "0",
        "0.0.0.0",
        "0x",
        "1.2.3.4.5",
        "999.1.1.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "127．0．0．1",
        "①②⑦.0.0.1",
        "127\u00ad.0.0.1",
        "127.0.0.1\u200b",
        "١٢٧.0.0.1",
        "ｌocalhost",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2002:a00:1::1]",
        "[fd00::1]",
        "[fe80::1]",
    ],
)
@pytest.mark.parametrize("port", ["", ":80"])
def test_every_spelling_of_an_inner_address_is_refused(host: str, port: str) -> None:
    assert check_url(f"http://{host}{port}/", PORTS, ()) is not None


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.8",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "100::1",
        "2001:db8::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "3fff::1",
        "2002:c0a8:1::",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "4000::1",
        "2001:0:808:808:0:0:f5ff:fffe",
        "2001:0:a00:1:0:0:f7f7:f7f7",
    ],
)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    reason = address_refusal(ip_address(address), ())
    assert reason is not None
    assert str(ip_address(address)) in reason


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::",
        "2400:cb00::1",
        "2606:4700::1111",
        "2001:ee0::1",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    assert address_refusal(ip_address(address), ()) is None


@given(st.ip_addresses(v=4))
def test_what_the_standard_library_calls_private_is_refused(address: object) -> None:
    ip = ip_address(str(address))
    if ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved:
        assert address_refusal(ip, ()) is not None


@given(st.ip_addresses(v=4))
def test_an_address_carried_in_ipv6_is_judged_like_itself(address: object) -> None:
    ip = ip_address(str(address))
    number = int(ip)
    for carrier in (f"::ffff:{ip}", f"64:ff9b::{ip}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"):
        assert (address_refusal(ip_address(carrier), ()) is None) == (address_refusal(ip, ()) is None)


@given(st.text(max_size=60))
def test_no_text_makes_the_guard_fail(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}.vn/", f"https://a.vn:{text}"):
        target = read_target(url)
        assert isinstance(target, str) or target.host.isascii()


def test_an_allowed_network_opens_any_port_and_nothing_else() -> None:
    assert check_url("http://127.0.0.1:34567/", PORTS, LOOPBACK) is None
    assert check_url("http://[::ffff:127.0.0.1]:34567/", PORTS, LOOPBACK) is None
    assert check_url("http://10.0.0.1/", PORTS, LOOPBACK) == "10.0.0.1 is private"
    assert check_url("http://8.8.8.8:34567/", PORTS, LOOPBACK) == "port 34567 is not allowed"


def test_the_port_of_a_name_is_judged_with_its_address() -> None:
    assert check_url("http://intranet:9000/", PORTS, ()) == "port 9000 is not allowed"
    assert check_url("http://intranet:9000/", PORTS, LOOPBACK) is None
    assert endpoint_refusal(ip_address("8.8.8.8"), 9000, PORTS, LOOPBACK) == "port 9000 is not allowed"
    assert endpoint_refusal(ip_address("127.0.0.1"), 9000, PORTS, LOOPBACK) is None


def test_shown_urls_hold_no_secret_and_no_control_character() -> None:
    assert shown_url("http://user:pw@a.vn/\r\nx") == "http://(hidden)@a.vn/��x"
    assert shown_url("http://a.vn/@x") == "http://a.vn/@x"
    assert len(shown_url("http://a.vn/" + "x" * 9000)) == 500
