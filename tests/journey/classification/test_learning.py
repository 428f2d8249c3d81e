"""What people say of a category: kept once, without names, and counted as an audit when it was drawn."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select, text

from service.adapters.clock import SetClock
from service.domain.errors import NotAllowed, NotFound
from service.domain.reading import Circumstances
from service.journey import steps
from service.journey.classification import classification, training
from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.inbox import lists
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.classification import Correction
from service.models.complaint import Complaint
from service.models.learning import TrainingExample
from service.settings import Settings
from tests.reading import KeywordTextModel
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

COLD = "Je suis Mme Perdrix, mon radiateur est froid, 06 12 34 56 78, code 1234A, réf amont-0001"
WITHOUT_NAMES = "Je suis Mme [nom], mon radiateur est froid, [téléphone], code [code], réf [référence]"


class Bench:
    """One member's complaints, and two people who judge of them."""

    def __init__(self, app: Flask, client: FlaskClient, member: MemberWorld, ports: Ports) -> None:
        self.app, self.client, self.member, self.ports = app, client, member, ports

    def submit(self, words: str = COLD) -> UUID:
        body = {
            "text": words,
            "dwelling": {"reference": self.member.collective},
            "tenant": {"name": "Josiane Perdrix"},
        }
        answer = self.client.post("/api/v1/complaints", json=body, headers=self.member.bearer)
        assert answer.status_code == 201
        return UUID(answer.json["id"])

    def correct(self, complaint_id: UUID, category: str, urgency: str = "normal", staff: UUID | None = None) -> None:
        classification.correct(
            self.member.id, complaint_id, staff or self.member.agent_id, category=category, urgency=urgency,
            reason="Vu avec le locataire", ports=self.ports,
        )  # fmt: skip

    def confirm(self, complaint_id: UUID) -> None:
        classification.confirm(self.member.id, complaint_id, self.member.agent_id, self.ports)

    def complaint(self, complaint_id: UUID) -> Complaint:
        with member_transaction(self.member.id) as session:
            return session.get_one(Complaint, complaint_id)

    def examples(self) -> list[TrainingExample]:
        with member_transaction(self.member.id) as session:
            return list(session.scalars(select(TrainingExample).order_by(TrainingExample.at, TrainingExample.id)))


@pytest.fixture
def bench(app: Flask, client: FlaskClient, world: World, ports: Ports, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Nothing is drawn, unless a test says so."""
    monkeypatch.setattr(classification, "is_drawn", lambda _: False)
    return Bench(app, client, world.first, ports)


def test_a_correction_is_kept_as_an_example_without_names(bench: Bench) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        bench.correct(complaint_id, "loyer")
        (kept,) = bench.examples()
    assert kept.text == WITHOUT_NAMES
    assert (kept.category, kept.nature, kept.urgency, kept.source) == ("loyer", None, "normal", "correction")
    assert (kept.complaint_id, kept.model_version, kept.at) == (complaint_id, "keywords", bench.ports.clock.now())
    assert str(bench.member.agent_id) not in kept.author
    assert len(kept.author) == len(kept.incident) == 32


def test_only_the_latest_word_is_kept(bench: Bench, clock: SetClock) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        bench.correct(complaint_id, "loyer")
        (first,) = bench.examples()
        clock.forward(timedelta(hours=1))
        bench.correct(complaint_id, "charges", "faible", bench.member.supervisor_id)
        bench.correct(complaint_id, "charges", "faible", bench.member.supervisor_id)
        (kept,) = bench.examples()
    assert (kept.id, kept.category, kept.urgency) == (first.id, "charges", "faible")
    assert kept.author != first.author
    assert kept.incident != first.incident
    assert kept.at == clock.now()


def test_the_same_category_with_another_urgency_confirms_it(bench: Bench) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        bench.correct(complaint_id, "chauffage", "faible")
        assert [one.source for one in bench.examples()] == ["confirmation"]


def test_a_category_the_model_did_not_dare_to_say_is_given_not_confirmed(bench: Bench) -> None:
    complaint_id = bench.submit("Bonjour")
    with bench.app.app_context():
        bench.correct(complaint_id, "autre")
        assert [(one.category, one.source) for one in bench.examples()] == [("autre", "correction")]


def test_what_is_done_without_a_word_on_the_category_teaches_nothing(bench: Bench) -> None:
    member, complaint_id = bench.member, bench.submit()
    with bench.app.app_context():
        work_off(member, bench.ports)
        handling.assign(member.id, complaint_id, member.agent_id, member.supervisor_id, bench.ports)
        handling.answer(member.id, complaint_id, member.agent_id, text="Demain.", seen=0, ports=bench.ports)
        with member_transaction(member.id) as session:  # another desk, as a new rule would choose it
            session.get_one(Complaint, complaint_id).team_id = member.teams["agency"]
        assert bench.examples() == []


def test_a_correction_that_is_refused_teaches_nothing(bench: Bench) -> None:
    member, complaint_id = bench.member, bench.submit()
    with bench.app.app_context():
        work_off(member, bench.ports)
        closing.close(member.id, complaint_id, member.agent_id, outcome="solved", sentence="Réglé.", ports=bench.ports)
        with pytest.raises(NotAllowed):
            bench.correct(complaint_id, "loyer")
        with pytest.raises(NotAllowed):
            bench.confirm(complaint_id)
        assert bench.examples() == []
        with member_transaction(member.id) as session:
            assert session.scalars(select(Correction)).all() == []


def test_neighbours_in_one_week_are_one_incident_and_one_hand_one_author(bench: Bench, clock: SetClock) -> None:
    with bench.app.app_context():
        for category in ("loyer", "loyer", "charges"):
            bench.correct(bench.submit(), category)
        clock.forward(timedelta(days=7))
        bench.correct(bench.submit(), "loyer")
        incidents = [one.incident for one in bench.examples()]
        assert len({one.author for one in bench.examples()}) == 1
    assert len(set(incidents)) == 3


def test_messages_of_unknown_places_are_not_one_incident(bench: Bench) -> None:
    with bench.app.app_context():
        for _ in range(2):
            complaint_id = bench.submit()
            with member_transaction(bench.member.id) as session:
                complaint = session.get_one(Complaint, complaint_id)
                complaint.residence_id = complaint.dwelling_id = None
            bench.correct(complaint_id, "loyer")
        assert len({one.incident for one in bench.examples()}) == 2


def test_a_confirmation_is_kept_and_changes_nothing_else(bench: Bench) -> None:
    member, complaint_id = bench.member, bench.submit()
    with bench.app.app_context():
        work_off(member, bench.ports)
        before = bench.complaint(complaint_id)
        for _ in range(2):  # a double click
            bench.confirm(complaint_id)
            steps.follow(member.id, complaint_id, bench.ports)
        after = bench.complaint(complaint_id)
        assert kinds(member, complaint_id) == ["submitted", "classified", "routed", "delivered", "confirmed"]
        assert after.category_by_person
        assert (after.category, after.status, after.team_id) == (before.category, before.status, before.team_id)
        (kept,) = bench.examples()
    assert (kept.category, kept.source, kept.urgency) == ("chauffage", "confirmation", None)


def test_a_confirmation_from_a_page_left_open_does_not_undo_a_correction(bench: Bench) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        bench.correct(complaint_id, "loyer")
        bench.confirm(complaint_id)
        assert bench.complaint(complaint_id).category == "loyer"
        assert [(one.category, one.source) for one in bench.examples()] == [("loyer", "correction")]
        assert "confirmed" not in kinds(bench.member, complaint_id)


def test_what_the_model_did_not_dare_to_say_cannot_be_confirmed(bench: Bench) -> None:
    complaint_id = bench.submit("Bonjour")
    with bench.app.app_context():
        with pytest.raises(NotAllowed):
            bench.confirm(complaint_id)
        assert bench.examples() == []
        assert not bench.complaint(complaint_id).category_by_person


def test_another_members_complaint_cannot_be_confirmed(bench: Bench, world: World) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        with pytest.raises(NotFound):
            classification.confirm(world.second.id, complaint_id, world.second.agent_id, bench.ports)
        with pytest.raises(NotFound):
            classification.confirm(bench.member.id, complaint_id, uuid4(), bench.ports)


def test_after_a_confirmation_a_person_may_still_dismiss_a_danger(bench: Bench) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        with member_transaction(bench.member.id) as session:
            session.get_one(Complaint, complaint_id).danger = "check"
        bench.confirm(complaint_id)
        assert not bench.complaint(complaint_id).danger_is_judged
        bench.correct(complaint_id, "chauffage", "urgent")
        assert bench.complaint(complaint_id).danger_is_judged


def test_what_the_model_sorted_is_drawn_and_what_it_did_not_is_not(bench: Bench) -> None:
    sorted_id, unsure_id = _drawn(bench), _drawn(bench, "Bonjour")
    with bench.app.app_context():
        assert bench.complaint(sorted_id).audit_due
        assert not bench.complaint(unsure_id).audit_due


def _drawn(bench: Bench, words: str = COLD) -> UUID:
    """Submit a message whose complaint is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classification, "is_drawn", lambda _: True)
        return bench.submit(words)


def test_what_was_not_drawn_is_not_due(bench: Bench) -> None:
    complaint_id = bench.submit()
    with bench.app.app_context():
        complaint = bench.complaint(complaint_id)
    assert not complaint.audit_due
    assert complaint.unknown_share == 0.0


def test_the_queue_of_audits_is_served_by_its_index(bench: Bench) -> None:
    drawn, now = lists.Filters(view="audit"), bench.ports.clock.now()
    with bench.app.app_context(), member_transaction(bench.member.id) as session:
        query = select(Complaint.id).where(*lists.conditions(session, drawn, now))
        ordered = query.order_by(Complaint.submitted_at.desc(), Complaint.id.desc())
        session.execute(text("set local enable_seqscan = off"))
        statement = ordered.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"explain {statement}")))
    assert "ix_complaints_audit" in plan
    assert "Sort" not in plan


def test_either_answer_ends_an_audit_and_counts(bench: Bench) -> None:
    right, wrong = _drawn(bench), _drawn(bench)
    with bench.app.app_context():
        bench.confirm(right)
        bench.correct(wrong, "loyer")
        assert not bench.complaint(right).audit_due
        assert not bench.complaint(wrong).audit_due
        assert {(one.complaint_id, one.category, one.source) for one in bench.examples()} == {
            (right, "chauffage", "audit"),
            (wrong, "loyer", "audit"),
        }


def test_an_audit_stays_one_when_a_person_changes_their_mind(bench: Bench) -> None:
    complaint_id = _drawn(bench)
    with bench.app.app_context():
        bench.confirm(complaint_id)
        bench.correct(complaint_id, "loyer")
        assert [(one.category, one.source) for one in bench.examples()] == [("loyer", "audit")]


def test_a_person_quicker_than_the_model_leaves_nothing_to_draw(bench: Bench) -> None:
    with bench.app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(classification, "is_drawn", lambda _: True)
        complaint_id = bench.submit()
        with member_transaction(bench.member.id) as session:
            session.get_one(Complaint, complaint_id).status = "submitted"
            session.get_one(Complaint, complaint_id).audit_due = False
        bench.correct(complaint_id, "loyer")
        work_off(bench.member, bench.ports)
        assert not bench.complaint(complaint_id).audit_due
        assert bench.complaint(complaint_id).category == "loyer"


@pytest.mark.parametrize(("at", "is_cold"), [(datetime(2026, 10, 14, 22, 30, tzinfo=UTC), True),
                                             (datetime(2026, 7, 1, 9, 0, tzinfo=UTC), False)])  # fmt: skip
def test_the_model_is_told_whether_it_is_cold(bench: Bench, clock: SetClock, at: datetime, *, is_cold: bool) -> None:
    clock.at = at  # the first is already the fifteenth in Paris
    bench.submit()
    model = bench.ports.text_model
    assert isinstance(model, KeywordTextModel)
    assert model.asked == [Circumstances(cold_season=is_cold)]


def test_an_example_is_erased_with_its_complaint(bench: Bench, settings: Settings) -> None:
    kept, erased = bench.submit(), bench.submit()
    with bench.app.app_context():
        bench.correct(kept, "loyer")
        bench.correct(erased, "loyer")
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        for table in ("outbox", "deliveries", "events", "corrections"):
            connection.execute(text(f"delete from {table} where complaint_id = :id"), {"id": erased})
        connection.execute(text("delete from complaints where id = :id"), {"id": erased})
        connection.commit()
    engine.dispose()
    with bench.app.app_context():
        assert [one.complaint_id for one in bench.examples()] == [kept]


def test_every_members_examples_are_gathered_and_say_nothing_of_whose_they_are(
    bench: Bench, world: World, client: FlaskClient, ports: Ports, app: Flask
) -> None:
    other = Bench(app, client, world.second, ports)
    with app.app_context():
        for one in (bench, other):
            one.correct(one.submit(), "loyer")
        found = list(training.examples())
    assert [set(row) for row in found] == [{"text", "category", "nature", "urgency", "incident", "author"}] * 2
    assert len({row["author"] for row in found}) == 2
    for row in found:
        for secret in ("Perdrix", "0001", "12 34", world.first.slug, world.second.slug):
            assert secret not in str(row)


def test_the_newest_examples_come_first_whoevers_they_are(
    bench: Bench, world: World, client: FlaskClient, clock: SetClock, app: Flask
) -> None:
    """Training keeps the first ones of an incident and of a person: they must be what is said nowadays."""
    other = Bench(app, client, world.second, bench.ports)
    with app.app_context():
        for one, category in ((bench, "loyer"), (other, "charges"), (bench, "bruit"), (other, "dechets")):
            clock.forward(timedelta(hours=1))
            one.correct(one.submit(), category)
        assert [row["category"] for row in training.examples()] == ["dechets", "bruit", "charges", "loyer"]


def test_recent_messages_are_gathered_without_names(bench: Bench, clock: SetClock) -> None:
    bench.submit("Vieux message du radiateur")
    clock.forward(timedelta(days=91))
    bench.submit()
    with bench.app.app_context():
        assert list(training.texts_since(clock.now() - timedelta(days=90))) == [WITHOUT_NAMES]
