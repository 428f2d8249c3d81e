"""The client of authorities, against a server that answers as servers do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.adapters.open311 import HttpCivicClient
from service.adapters.outgoing import NoAnswer, Outgoing
from service.journey.parcels import CivicInquiry, CivicRequest, CivicStatus
from service.journey.ports import OutsideFailed, TakenUnread
from tests.city import City, running_city

OURS = ("127.0.0.0/8",)


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as found:
        yield found


@pytest.fixture
def client() -> HttpCivicClient:
    return HttpCivicClient(Outgoing(OURS, deadline=30))


def request(city: City, **fields: str) -> CivicRequest:
    whole = {"service_code": "001", "description": "Éclairage & trottoir", "jurisdiction_id": "ville.example"}
    return CivicRequest(key="0b6c", url=city.url, api_key="clé", fields=whole | fields)


def inquiry(city: City, remote_id: str = "638344") -> CivicInquiry:
    return CivicInquiry(url=f"{city.url}/", api_key="clé", jurisdiction_id="ville.example", remote_id=remote_id)


def test_a_request_travels_as_the_standard_says(city: City, client: HttpCivicClient) -> None:
    assert client.send(request(city)) == "638344"
    (asked,) = city.asked
    assert (asked.method, asked.path) == ("POST", "/v2/requests.json")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert asked.headers["Idempotency-Key"] == "0b6c"
    assert asked.form == {
        "api_key": ["clé"],
        "service_code": ["001"],
        "description": ["Éclairage & trottoir"],
        "jurisdiction_id": ["ville.example"],
    }


def test_a_token_is_kept_until_it_has_an_id(city: City, client: HttpCivicClient) -> None:
    city.post = lambda _asked: (200, [{"token": "t/1", "service_notice": "plus tard"}])
    assert client.send(request(city)) == "token:t/1"
    city.get = lambda _asked: (404, [{"code": 404, "description": "pas encore"}])
    assert client.status(inquiry(city, "token:t/1")) == CivicStatus("token:t/1", "open", "", None)
    city.get = lambda _asked: (200, [{"token": "t/1"}])
    assert client.status(inquiry(city, "token:t/1")).remote_id == "token:t/1"
    city.get = lambda asked: (
        (200, [{"service_request_id": 12, "token": "t/1"}])
        if "tokens" in asked.path
        else (200, [{"service_request_id": 12, "status": "closed", "status_notes": "Réparé"}])
    )
    assert client.status(inquiry(city, "token:t/1")) == CivicStatus("12", "closed", "Réparé", None)
    assert [asked.path for asked in city.asked[-2:]] == ["/v2/tokens/t%2F1.json", "/v2/requests/12.json"]


def test_a_status_is_asked_with_the_key_and_the_jurisdiction(city: City, client: HttpCivicClient) -> None:
    city.get = lambda _asked: (200, [{"status": "open", "expected_datetime": "2026-12-01T11:00:00Z"}])
    assert client.status(inquiry(city)).expected_at == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert city.asked[0].query == {"api_key": ["clé"], "jurisdiction_id": ["ville.example"]}
    client.status(replace(inquiry(city), api_key="", jurisdiction_id=""))
    assert city.asked[1].query == {}


@pytest.mark.parametrize(
    ("status", "said", "why"),
    [
        (500, b"oups", "open311 answered 500"),
        (403, [{"code": "403", "description": "secret"}], "open311 answered 403"),
        (302, b"", "open311 answered 302"),
        (200, b"<?xml version='1.0'?><service_requests/>", "XML"),
        (200, b"<html>", "XML"),
        (200, b"", "not JSON"),
        (200, [], "not a service request"),
        (200, [{"status": "lost"}], "open311 no"),
    ],
)
def test_an_answer_that_does_not_fit_has_failed(
    city: City, client: HttpCivicClient, status: int, said: object, why: str
) -> None:
    city.post = city.get = lambda _asked: (status, said)
    for call in (lambda: client.send(request(city)), lambda: client.status(inquiry(city))):
        with pytest.raises(OutsideFailed, match=why) as failed:
            call()
        assert "secret" not in str(failed.value)


def test_a_server_that_hangs_may_have_taken_the_request(city: City) -> None:
    city.hangs = 60.0
    with pytest.raises(NoAnswer, match="no answer in time"):
        HttpCivicClient(Outgoing(OURS, deadline=1)).send(request(city))
    assert len(city.posts()) == 1


def test_a_server_that_is_not_there_has_taken_nothing(city: City, client: HttpCivicClient) -> None:
    gone = replace(request(city), url="http://127.0.0.1:1/v2")
    with pytest.raises(OutsideFailed) as failed:
        client.send(gone)
    assert not isinstance(failed.value, NoAnswer)


def test_our_own_network_is_not_called_unless_allowed(city: City) -> None:
    with pytest.raises(OutsideFailed, match="not public"):
        HttpCivicClient(Outgoing()).send(request(city))
    assert city.asked == []


@pytest.mark.parametrize("said", [b"<?xml version='1.0'?><service_requests/>", b"", [], [{"status": "open"}]])
def test_a_request_that_was_taken_and_not_understood_is_not_to_be_made_again(
    city: City, client: HttpCivicClient, said: object
) -> None:
    city.post = lambda _asked: (201, said)
    with pytest.raises(TakenUnread):
        client.send(request(city))
    city.post = lambda _asked: (500, said)
    with pytest.raises(OutsideFailed) as failed:
        client.send(request(city))
    assert not isinstance(failed.value, TakenUnread)
