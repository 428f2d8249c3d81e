import json
from datetime import UTC, datetime, timedelta

import pytest

from service.domain import civic, open311
from service.domain.errors import BadInput, NotFound
from service.domain.status import Status
from service.domain.taxonomy import categories

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)


def test_every_status_is_said_as_open_or_closed() -> None:
    assert {status: open311.state(status) for status in Status} == {
        status: "closed" if status == Status.CLOSED else "open" for status in Status
    }
    assert set(open311.NOTES) == set(Status) - {Status.CLOSED}


def test_every_service_has_what_the_standard_asks() -> None:
    for category in categories().values():
        service = open311.service(category)
        assert list(service) == [
            "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
        ]  # fmt: skip
        assert all(value not in ("", None) for value in service.values())
    with pytest.raises(NotFound):
        open311.definition("nids_de_poule")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-25T11:00:00Z", NOW),
        ("2026-11-25T12:00:00+01:00", NOW),
        ("2026-11-25T12:00:00 01:00", NOW),  # a plus sign that nobody encoded
        (" 2026-11-25T11:00:00.000Z ", NOW),
    ],
)
def test_an_instant_is_read_with_its_zone(typed: str, expected: datetime) -> None:
    assert open311.read_instant(typed, "start_date") == expected


@pytest.mark.parametrize("typed", ["", "hier", "2026-11-25", "2026-11-25T11:00:00", "9999-12-31T23:59:59-12:00", "12"])
def test_what_is_no_instant_is_refused(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        open311.read_instant(typed, "end_date")
    assert (refused.value.code, refused.value.field) == ("not_an_instant", "end_date")


def test_a_list_covers_ninety_days_at_most() -> None:
    span = timedelta(days=90)
    assert open311.window("", "", NOW) == (NOW - span, NOW)
    assert open311.window("2026-01-01T00:00:00Z", "", NOW)[1] == datetime(2026, 4, 1, tzinfo=UTC)
    assert open311.window("", "2026-04-01T00:00:00Z", NOW)[0] == datetime(2026, 1, 1, tzinfo=UTC)
    assert open311.window("2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", NOW)
    with pytest.raises(BadInput):
        open311.window("2026-01-01T00:00:00Z", "2026-04-01T00:00:01Z", NOW)


def test_attributes_become_lines_and_none_is_lost() -> None:
    fields = [
        ("attribute[depuis]", ["dimanche"]),
        ("attribute[liste][]", ["a", "", "b"]),
        ("attribute[vide]", [" "]),
        ("attribute[]", ["x"]),
        ("description", ["y"]),
    ]
    assert open311.attribute_lines(fields) == ["Depuis quand ? dimanche", "liste : a, b"]
    assert open311.ignored(name for name, _ in fields) == ["attribute[]"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([{"service_request_id": "638344", "service_notice": "", "account_id": None}], "638344"),
        ([{"service_request_id": 638344}], "638344"),  # as the standard's own example
        ({"service_request_id": "A-1"}, "A-1"),
        ({"service_requests": [{"service_request_id": "A-1"}]}, "A-1"),
        ([{"token": "t1"}], "token:t1"),
        ([{"service_request_id": "", "token": 12}], "token:12"),
        ([{"service_request_id": "A-1", "token": ""}], "A-1"),
    ],
)
def test_a_receipt_is_read_in_every_shape_servers_give_it(body: object, expected: str) -> None:
    assert civic.read_receipt(json.dumps(body).encode()) == expected


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<?xml version='1.0'?><service_requests/>", "XML"),
        (b"", "JSON"),
        (b"\xff", "JSON"),
        (b"[" * 60_000, "JSON"),
        (b"[]", "service request"),
        (b"[[1]]", "service request"),
        (b"null", "service request"),
        (b"[{}]", "no id"),
        (b'[{"service_request_id": true}]', "no id"),
        (b'[{"service_request_id": {"a": 1}}]', "no id"),
        (b'[{"service_request_id": "' + b"x" * 200 + b'"}]', "too long"),
    ],
)
def test_a_receipt_that_cannot_be_read_says_why(body: bytes, why: str) -> None:
    with pytest.raises(civic.Unreadable, match=why):
        civic.read_receipt(body)


def test_a_status_is_read_with_care() -> None:
    def read(**fields: object) -> tuple[str, str, datetime | None]:
        return civic.read_status(json.dumps([fields]).encode())

    assert read(status="Open", status_notes="Vu", expected_datetime="2026-12-01T12:00:00+01:00") == (
        "open", "Vu", datetime(2026, 12, 1, 11, tzinfo=UTC),
    )  # fmt: skip
    assert read(status="closed", status_notes=None, expected_datetime="") == ("closed", "", None)
    assert read(status="open", status_notes="a\x00b\ud800c") == ("open", "a b c", None)
    assert read(status="open", status_notes={"a": 1}, expected_datetime="bientôt") == ("open", "", None)
    assert read(status="open", expected_datetime="9999-12-31T23:59:59-12:00")[2] is None
    assert len(read(status="open", status_notes="x" * 9000)[1]) == 2000
    with pytest.raises(civic.Unreadable):
        read(status="archived")
