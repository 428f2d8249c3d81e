from datetime import UTC, datetime, timedelta

import pytest

from service.domain.endpoints import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    MOST_AT_ONCE,
    OPENS_AFTER,
    SLOW,
    Admission,
    Health,
    admit,
    after_failure,
    after_success,
    check_endpoint,
    may_call,
    read_destination,
)
from service.domain.errors import BadInput

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
QUICK = timedelta(milliseconds=40)


def failed(times: int, *, chance: float = 0.0) -> Health:
    """An endpoint that failed so many times, each as soon as it was tried again."""
    health, at = Health(), NOW
    for _ in range(times):
        health = after_failure(health, QUICK, at, chance)
        at = health.open_until or at
    return health


def test_the_breaker_opens_after_three_failures_in_a_row() -> None:
    assert OPENS_AFTER == 3
    assert failed(2).open_until is None
    assert failed(3).open_until == NOW + FIRST_PAUSE


def test_each_pause_is_twice_the_last_up_to_half_an_hour() -> None:
    pauses, health, at = [], failed(2), NOW
    for _ in range(8):
        health = after_failure(health, QUICK, at, 0.0)
        assert health.open_until
        pauses.append((health.open_until - at) // timedelta(minutes=1))
        at = health.open_until
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_chance_shortens_a_pause_and_never_lengthens_it() -> None:
    whole, shortest = failed(3, chance=0.0).open_until, failed(3, chance=1.0).open_until
    assert whole
    assert shortest
    assert timedelta(0) < whole - shortest <= FIRST_PAUSE * 0.2
    last = after_failure(Health(400), QUICK, NOW, 0.0).open_until
    assert last == NOW + LONGEST_PAUSE


def test_calls_that_had_left_before_open_it_once() -> None:
    opened = failed(3)
    late = after_failure(opened, QUICK, NOW + timedelta(seconds=5), 0.0)
    assert (late.failures, late.open_until) == (opened.failures, opened.open_until)


def test_a_success_closes_it_and_begins_anew() -> None:
    assert after_success(QUICK) == Health()
    assert after_failure(after_success(QUICK), QUICK, NOW, 0.0).failures == 1


def test_while_open_nothing_goes_then_one_probe_at_a_time() -> None:
    opened = failed(3)
    assert opened.open_until
    assert admit(opened, 0, opened.open_until - timedelta(seconds=1)) is Admission.LEFT_ALONE
    assert admit(opened, 0, opened.open_until) is Admission.GO
    assert admit(opened, 1, opened.open_until) is Admission.BUSY


@pytest.mark.parametrize("health", [Health(failures=1), after_success(SLOW + QUICK)])
def test_a_suspect_endpoint_has_one_call_at_most(health: Health) -> None:
    assert admit(health, 0, NOW) is Admission.GO
    assert admit(health, 1, NOW) is Admission.BUSY


def test_a_healthy_endpoint_has_a_few_calls_at_once_and_no_more() -> None:
    assert admit(Health(), MOST_AT_ONCE - 1, NOW) is Admission.GO
    assert admit(Health(), MOST_AT_ONCE, NOW) is Admission.BUSY


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0",  # noqa: S104  Called, not listened at.
         "0.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::1", "2001:db8::1", "2001::1", "fec0::1", "5f00::1", "3fff::1", "3fff:fff::1",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_is_called(address: str) -> None:
    assert not may_call(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_public_addresses_are_called(address: str) -> None:
    assert may_call(address, ())


def test_only_the_networks_allowed_are_called_besides() -> None:
    assert may_call("10.1.2.3", ("10.1.0.0/16",))
    assert may_call("::ffff:10.1.2.3", ("10.1.0.0/16",))
    assert not may_call("10.2.2.3", ("10.1.0.0/16",))


@pytest.mark.parametrize(
    ("url", "host", "port", "target"),
    [
        ("https://si.example", "si.example", 443, "/"),
        ("http://si.example:8080/a/b?c=d#e", "si.example", 8080, "/a/b?c=d"),
        ("https://[2606:2800::1]/x", "2606:2800::1", 443, "/x"),
        ("https://préfecture.example/é", "xn--prfecture-c4a.example", 443, "/é"),
    ],
)
def test_an_address_is_taken_apart(url: str, host: str, port: int, target: str) -> None:
    where = read_destination(url)
    assert (where.host, where.port, where.target) == (host, port, target)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://si.example", "not_http"), ("file:///etc/passwd", "not_http"), ("gopher://x", "not_http"),
        ("si.example", "not_http"), ("", "not_http"), ("https://", "not_an_address"), ("https:///x", "not_an_address"),
        ("https://nom:secret@si.example", "has_password"), ("https://nom@si.example", "has_password"),
        ("https://si.example:0/", "not_an_address"), ("https://si.example:99999/", "not_an_address"),
        ("https://si.example:x/", "not_an_address"), ("https://si .example/", "not_an_address"),
        ("https://si.example/\r\nX: y", "not_an_address"), ("https://si.example\\@autre.example/", "has_password"),
        (f"https://{'a' * 70}.example/", "not_an_address"), ("https://[::1", "not_an_address"),
    ],
)  # fmt: skip
def test_an_address_that_is_not_one_is_refused(url: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_destination(url)
    assert (refused.value.code, refused.value.field) == (code, "address")


@pytest.mark.parametrize("name", ["../autre", "a/b", "", "Majuscule", ".cache", "é", "a" * 41])
def test_a_folder_has_a_plain_name(name: str) -> None:
    check_endpoint("folder", "gmao-2")
    with pytest.raises(BadInput):
        check_endpoint("folder", name)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadInput):
        check_endpoint("fax", "https://si.example")
