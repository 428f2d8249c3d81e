"""Files on their way: in pieces, over a network that breaks, by people who lie about them."""

import dataclasses
import hashlib
import io
import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.status import Audience, EventKind
from service.journey.closing import closing
from service.journey.events import record
from service.journey.handling import additions
from service.journey.news import given_files
from service.journey.ports import Document, Ports
from service.journey.submission import pieces, submission, upload_room, uploads
from service.journey.submission.cleaning import MAX_BYTES, FileRefused
from service.journey.submission.pieces import MOST_PIECES, PIECE
from service.journey.submission.sent import Submission, Tenant
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.draft import Upload, UploadPiece
from service.models.handover import Attachment
from tests.paper import pdf
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HOLDER = "a-page-of-its-own-0123456789"


def photo(shade: int = 0, size: tuple[int, int] = (40, 30)) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 90)).save(written, "JPEG")
    return written.getvalue()


class Page:
    """A page that files are sent from."""

    def __init__(self, app: Flask, member: MemberWorld, ports: Ports, holder: str = HOLDER) -> None:
        self.app, self.member, self.ports, self.holder = app, member, ports, holder

    def begin(self, size: int, upload_id: UUID | None = None) -> pieces.Progress:
        with self.app.app_context():
            return pieces.announce(self.member.id, self.holder, size, self.ports, upload_id)

    def append(self, upload_id: UUID, start: int, piece: bytes) -> pieces.Progress:
        with self.app.app_context():
            return pieces.append(self.member.id, self.holder, upload_id, start, piece, self.ports)

    def send(self, content: bytes, step: int = PIECE) -> pieces.Progress:
        progress = self.begin(len(content))
        for start in range(0, len(content), step):
            progress = self.append(progress.id, start, content[start : start + step])
        return progress

    def at_once(self, *contents: bytes) -> None:
        with self.app.app_context():
            files = [uploads.Sent(f"{number}.jpg", content) for number, content in enumerate(contents)]
            uploads.add_at_once(self.member.id, self.holder, files, self.ports)

    def shown(self) -> list[uploads.Waiting]:
        with self.app.app_context():
            return uploads.of_holder(self.member.id, self.holder)

    def states(self) -> list[str]:
        return [one.state for one in self.shown()]

    def remove(self, upload_id: UUID) -> None:
        with self.app.app_context():
            uploads.remove(self.member.id, self.holder, upload_id)

    def rows(self) -> list[Upload]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return list(session.scalars(select(Upload).options(undefer(Upload.content)).order_by(Upload.at)))

    def pieces(self) -> int:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return session.scalars(select(func.count()).select_from(UploadPiece)).one()

    def submit(self, dwelling: str | None = None) -> submission.Receipt:
        with self.app.app_context():
            sent = Submission(
                "Le radiateur reste froid", "form", Tenant(), dwelling_reference=dwelling or self.member.collective,
                holder=self.holder,
            )  # fmt: skip
            return submission.submit(self.member.id, sent, f"form:{self.holder}", self.ports)

    def kept(self, complaint_id: UUID, member: MemberWorld | None = None) -> list[Attachment]:
        with self.app.app_context(), member_transaction((member or self.member).id) as session:
            mine = select(Attachment).where(Attachment.complaint_id == complaint_id)
            return list(session.scalars(mine.options(undefer(Attachment.content)).order_by(Attachment.at)))


@pytest.fixture
def page(app: Flask, world: World, ports: Ports) -> Page:
    return Page(app, world.first, ports)


def refusal(page: Page, content: bytes) -> str:
    progress = page.send(content)
    assert progress.state == "refused"
    return str(progress.refusal)


def test_a_file_in_pieces_is_made_anew_when_it_is_whole(page: Page) -> None:
    content = photo(size=(900, 700))
    assert len(content) > 2000
    progress = page.send(content, step=1000)
    assert (progress.state, progress.received, progress.media_type) == ("clean", len(content), "image/jpeg")
    (kept,) = page.rows()
    assert kept.content
    assert Image.open(io.BytesIO(kept.content)).size == (900, 700)
    assert kept.sha256 == hashlib.sha256(kept.content).hexdigest()
    assert page.pieces() == 0


def test_a_pdf_is_told_by_what_it_holds(page: Page) -> None:
    progress = page.send(pdf(pages=2))
    assert (progress.state, progress.media_type, progress.pages) == ("clean", "application/pdf", 2)


def test_what_is_sent_is_not_what_is_kept(page: Page) -> None:
    page.send(photo() + b"<script>alert(1)</script>")
    (kept,) = page.rows()
    assert b"script" not in (kept.content or b"")


def test_pieces_repeated_overlapping_or_after_a_gap_do_no_harm(page: Page) -> None:
    content = photo()
    a, b, c = 100, 300, 500
    one = page.begin(len(content))
    assert page.append(one.id, 0, content[:b]).received == b
    assert page.append(one.id, 0, content[:b]).received == b
    assert page.append(one.id, a, content[a:b]).received == b
    assert page.append(one.id, c, content[c:]).received == b, "after a gap, it says where to go on from"
    assert page.append(one.id, a, content[a:c]).received == c
    assert page.append(one.id, c, content[c:]).state == "clean"
    assert page.append(one.id, c, content[c:]).state == "clean"
    assert page.append(one.id, 0, b"something else").state == "clean"
    assert page.states() == ["clean"]


def test_pieces_sent_at_the_same_time_make_one_file(page: Page) -> None:
    content = photo(size=(600, 600))
    one = page.begin(len(content))
    half = len(content) // 2
    for start, end in ((0, half), (half, len(content))):
        threads = [threading.Thread(target=page.append, args=(one.id, start, content[start:end])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert page.states() == ["clean"]
    assert page.pieces() == 0


def test_a_file_whole_and_not_made_anew_yet_is_finished_by_an_empty_piece(page: Page, ports: Ports) -> None:
    """The process was killed, or too busy, between the last piece and the end."""

    class Busy:
        def clean(self, _content: bytes) -> Document:
            raise BadInput("files_busy", "files")

    content = pdf()
    page.ports = dataclasses.replace(ports, documents=Busy())
    with pytest.raises(FileRefused, match="files_busy"):
        page.send(content)
    assert page.states() == ["receiving"]
    page.ports = ports
    (waiting,) = page.shown()
    assert waiting.received == len(content)
    assert page.append(waiting.id, len(content), b"").state == "clean"


def test_beginning_twice_under_one_id_begins_once(page: Page) -> None:
    mine = uuid4()
    assert page.begin(500, mine).id == page.begin(500, mine).id == mine
    assert page.states() == ["receiving"]
    with pytest.raises(NotFound):
        page.begin(501, mine)


def test_a_page_reaches_no_other_page_s_file_and_no_other_member_s(
    page: Page, app: Flask, world: World, ports: Ports
) -> None:
    content = photo()
    one = page.begin(len(content))
    page.append(one.id, 0, content[:100])
    strangers = (
        Page(app, world.first, ports, "another-page-0123456789012"),
        Page(app, world.second, ports),
    )
    for stranger in strangers:
        with pytest.raises(NotFound):
            stranger.append(one.id, 100, content[100:])
        with pytest.raises(NotFound):
            stranger.begin(len(content), one.id)
        stranger.remove(one.id)
        with app.app_context(), pytest.raises(NotFound):
            uploads.read(stranger.member.id, stranger.holder, one.id)
        assert stranger.shown() == []
    assert page.append(one.id, 100, content[100:]).state == "clean"
    for stranger in strangers:
        stranger.remove(one.id)
        with app.app_context(), pytest.raises(NotFound):
            uploads.read(stranger.member.id, stranger.holder, one.id)
    assert page.states() == ["clean"]


@pytest.mark.parametrize(
    ("size", "code"),
    [(0, "file_empty"), (-1, "file_empty"), (MAX_BYTES + 1, "file_too_heavy"), (2**40, "file_too_heavy")],
)
def test_a_size_that_cannot_be_is_refused_before_anything_is_sent(page: Page, size: int, code: str) -> None:
    with pytest.raises(FileRefused, match=code):
        page.begin(size)
    assert page.rows() == []


def test_more_than_what_was_announced_is_refused(page: Page) -> None:
    one = page.begin(10)
    for start, piece in ((0, b"x" * 11), (5, b"x" * 6), (-1, b"x"), (0, b"x" * (PIECE + 1))):
        with pytest.raises(FileRefused, match="not_as_announced"):
            page.append(one.id, start, piece)
    assert page.shown()[0].received == 0


def test_nobody_fills_the_tables_with_pieces_of_a_few_bytes(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MOST_PIECES", 3)
    assert MOST_PIECES * PIECE > MAX_BYTES
    one = page.begin(10)
    for start in range(3):
        page.append(one.id, start, b"x")
    with pytest.raises(FileRefused, match="not_as_announced"):
        page.append(one.id, 3, b"x")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_picture"),
        (b"MZ\x90\x00 an exe", "not_a_picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "picture_heic"),
        (b"%PDF-1.7 nothing", "document_unreadable"),
        (pdf(pages=11), "too_many_pages"),
        (photo()[:-300], "not_a_picture"),
    ],
    ids=["svg", "exe", "heic", "no pdf", "eleven pages", "cut"],
)
def test_a_file_we_do_not_keep_is_refused_with_its_reason_and_nothing_stays(
    page: Page, content: bytes, code: str
) -> None:
    assert refusal(page, content) == code
    (row,) = page.rows()
    assert (row.content, page.pieces(), page.shown()) == (None, 0, [])


def test_a_refused_file_takes_nobody_s_place(page: Page) -> None:
    for _ in range(upload_room.MOST):
        refusal(page, b"nothing")
    for shade in range(upload_room.MOST):
        page.send(photo(shade * 40))
    assert page.states() == ["clean"] * upload_room.MOST


def test_a_page_holds_five_files_and_a_place_is_free_when_one_is_taken_off(page: Page) -> None:
    for shade in range(upload_room.MOST - 1):
        page.send(photo(shade * 40))
    last = page.begin(100)
    with pytest.raises(FileRefused, match="too_many_files"):
        page.begin(100)
    with pytest.raises(FileRefused, match="too_many_files"):
        page.at_once(photo(250))
    page.remove(last.id)
    page.remove(last.id)
    assert page.send(photo(250)).state == "clean"
    assert [one.number for one in page.shown()] == [1, 2, 3, 4, 5]


def test_two_that_begin_at_once_do_not_both_take_the_last_place(page: Page) -> None:
    for shade in range(upload_room.MOST - 1):
        page.send(photo(shade * 40))
    refused = []

    def begin() -> None:
        try:
            page.begin(100)
        except FileRefused:
            refused.append(1)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(page.shown()) == upload_room.MOST
    assert len(refused) == 5


def test_a_page_that_never_ends_is_stopped(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_room, "MOST_BEGUN", 3)
    for _ in range(3):
        refusal(page, b"nothing")
    with pytest.raises(FileRefused, match="too_many_files"):
        page.begin(100)


def test_a_flood_does_not_fill_the_disk_of_everybody(
    page: Page, app: Flask, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_room, "MAX_WAITING", 1000)
    page.append(page.begin(700).id, 0, b"x" * 600)
    other = Page(app, world.first, ports, "another-page-0123456789012")
    with pytest.raises(FileRefused, match="no_room"):
        other.begin(600)
    assert other.begin(300).state == "receiving"
    assert Page(app, world.second, ports).begin(900).state == "receiving"


def test_a_file_that_is_announced_and_does_not_come_takes_nobody_s_room(
    page: Page, app: Flask, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_room, "MAX_WAITING", 1000)
    mine = [page.begin(900) for _ in range(3)]
    other = Page(app, world.first, ports, "another-page-0123456789012")
    assert other.begin(900).state == "receiving"
    page.append(mine[0].id, 0, b"x" * 800)
    with pytest.raises(FileRefused, match="no_room"):
        page.append(mine[1].id, 0, b"x" * 300)
    assert page.append(mine[1].id, 0, b"x" * 200).received == 200


def test_a_document_takes_the_room_of_what_was_made_of_it(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf(pages=3)
    page.send(content)
    (kept,) = page.rows()
    drawn = len(kept.content or b"")
    assert drawn > len(content)
    monkeypatch.setattr(upload_room, "MAX_WAITING", drawn + 100)
    with pytest.raises(FileRefused, match="no_room"):
        page.begin(200)


@pytest.mark.parametrize(("limit", "most"), [("MOST_KEPT", 2), ("MAX_KEPT", 1000)])
def test_a_complaint_takes_no_files_without_end(
    page: Page, monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    receipt = page.submit()
    with page.app.app_context(), member_transaction(page.member.id) as session:
        token = session.get_one(Complaint, receipt.complaint_id).tracking_token
    tracking = Page(page.app, page.member, page.ports, token)
    tracking.at_once(photo(10), photo(20))
    assert tracking.states() == ["clean", "clean"]
    with page.app.app_context():
        additions.add(page.member.id, receipt.complaint_id, "Voici deux photos", page.ports, token=token)
    assert tracking.states() == []
    monkeypatch.setattr(upload_room, limit, most)
    with pytest.raises(FileRefused, match="complaint_full"):
        tracking.at_once(photo(30))
    with pytest.raises(FileRefused, match="complaint_full"):
        tracking.begin(1500)
    page.at_once(photo(30))
    assert page.states() == ["clean"], "the page of a new message has no complaint yet"


def test_files_of_a_form_are_kept_all_or_none_in_their_order(page: Page) -> None:
    with pytest.raises(FileRefused) as refused:
        page.at_once(photo(10), b"nothing")
    assert (refused.value.code, refused.value.field, refused.value.name) == ("not_a_picture", "fichiers", "1.jpg")
    assert page.rows() == []
    with pytest.raises(FileRefused) as refused:
        page.at_once(*(photo(shade * 40) for shade in range(6)))
    assert (refused.value.code, refused.value.name) == ("too_many_files", "5.jpg")
    page.at_once(photo(10), pdf(), photo(20))
    assert [one.media_type for one in page.shown()] == ["image/jpeg", "application/pdf", "image/jpeg"]


def test_a_form_sent_twice_keeps_its_files_once(page: Page) -> None:
    page.at_once(photo(10), photo(10), pdf())
    page.at_once(photo(10), pdf(), photo(20))
    assert page.states() == ["clean"] * 3


def test_files_go_with_the_message_and_their_page_is_empty_again(page: Page) -> None:
    page.at_once(photo(10), pdf(pages=2))
    page.begin(100)
    receipt = page.submit()
    kept = page.kept(receipt.complaint_id)
    assert [(one.media_type, one.pages, one.author) for one in kept] == [
        ("image/jpeg", 1, "tenant"), ("application/pdf", 2, "tenant"),
    ]  # fmt: skip
    assert all(hashlib.sha256(one.content).hexdigest() == one.sha256 for one in kept)
    assert page.states() == ["receiving"]
    rows = [(row.state, row.content) for row in page.rows()]
    assert sorted(rows) == [("receiving", None), ("taken", None), ("taken", None)]
    with page.app.app_context(), member_transaction(page.member.id) as session:
        event = session.scalars(select(Event).where(Event.complaint_id == receipt.complaint_id)).first()
        assert event
        assert event.data["files"] == 2
        assert {one.event_id for one in kept} == {event.id}
    for row in page.rows():
        if row.state == "taken":
            page.remove(row.id)
    assert len(page.rows()) == 3


def test_sending_twice_keeps_each_file_once(page: Page) -> None:
    page.at_once(photo(10))
    first = page.submit()
    again = page.submit()
    assert (again.is_new, again.complaint_id) == (False, first.complaint_id)
    assert len(page.kept(first.complaint_id)) == 1


def test_files_follow_a_message_to_the_owner_of_the_dwelling(page: Page, world: World) -> None:
    page.at_once(photo(10))
    receipt = page.submit(world.second.collective)
    assert receipt.member_id == world.second.id
    assert len(page.kept(receipt.complaint_id, world.second)) == 1
    assert page.kept(receipt.complaint_id) == []


def test_a_message_of_the_tracking_page_brings_its_files(page: Page) -> None:
    page.at_once(photo(10))
    receipt = page.submit()
    with page.app.app_context(), member_transaction(page.member.id) as session:
        token = session.get_one(Complaint, receipt.complaint_id).tracking_token
    tracking = Page(page.app, page.member, page.ports, token)
    tracking.at_once(photo(10), photo(20))
    with page.app.app_context():
        work_off(page.member, page.ports)
        with member_transaction(page.member.id) as session:
            complaint = session.get_one(Complaint, receipt.complaint_id, with_for_update=True)
            event = record(
                session, complaint, EventKind.TENANT_WROTE, at=page.ports.clock.now(), actor="tenant",
                audience=Audience.TENANT, data={"text": "Voici"},
            )  # fmt: skip
            assert uploads.take_for(session, complaint, event, token) == 2
            assert uploads.take_for(session, complaint, event, token) == 0
            event_id = event.id
    new = [one for one in page.kept(receipt.complaint_id) if one.event_id == event_id]
    assert len(new) == 1, "the other one was there before"
    assert tracking.shown() == []


def add(page: Page, complaint_id: UUID, content: bytes, member: MemberWorld | None = None) -> Attachment:
    with page.app.app_context():
        return uploads.add_to_complaint((member or page.member).id, complaint_id, content, page.ports)


def test_a_member_s_own_system_adds_files_to_what_it_sent(page: Page, world: World) -> None:
    receipt = page.submit()
    first = add(page, receipt.complaint_id, photo(10))
    assert add(page, receipt.complaint_id, photo(10)).id == first.id
    for shade in range(50, 50 + 40 * 4, 40):
        add(page, receipt.complaint_id, photo(shade))
    with pytest.raises(FileRefused, match="too_many_files"):
        add(page, receipt.complaint_id, photo(250))
    with pytest.raises(NotFound):
        add(page, receipt.complaint_id, photo(20), world.second)
    assert len(page.kept(receipt.complaint_id)) == upload_room.MOST
    with page.app.app_context(), member_transaction(page.member.id) as session:
        assert list(given_files.of_tenant(session, receipt.complaint_id, ())) == [first.event_id]


def test_nothing_is_added_to_a_closed_complaint(page: Page) -> None:
    receipt = page.submit()
    with page.app.app_context():
        work_off(page.member, page.ports)
        closing.close(
            page.member.id, receipt.complaint_id, page.member.agent_id,
            outcome="solved", sentence="Réglé.", ports=page.ports,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        add(page, receipt.complaint_id, photo(10))


def test_what_is_not_finished_in_an_hour_and_what_is_over_is_forgotten(page: Page, clock: SetClock) -> None:
    def prune() -> None:
        with page.app.app_context():
            uploads.prune(page.member.id, page.ports)

    page.at_once(photo(10))
    cut = page.begin(100)
    page.append(cut.id, 0, b"x" * 50)
    clock.forward(timedelta(minutes=59))
    prune()
    assert sorted(page.states()) == ["clean", "receiving"]
    clock.forward(timedelta(minutes=1, seconds=1))
    prune()
    assert (page.states(), page.pieces()) == (["clean"], 0)
    clock.forward(timedelta(days=4))
    prune()
    assert page.rows() == []
