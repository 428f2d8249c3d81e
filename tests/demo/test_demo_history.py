"""Eighteen months of complaints: coherent, reproducible, and alive on the last day."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from service.adapters.clock import FrenchCalendar
from service.demo.chance import stream
from service.demo.corpus import CORPUS, Corpus, CorpusMissing, Hands, Reader, read_corpus
from service.demo.history import Past, tell
from service.demo.patrimoine import Streets, build
from service.demo.story import Story
from service.demo.world import World, evening_of, found_network
from service.domain.deadlines import usual_promise
from service.domain.feedback import QUIET, STAGES
from service.domain.reference import read_reference
from service.domain.routing import REASON_FAMILY
from service.domain.status import EventKind, Status, is_allowed, status_after
from service.models.outbox import OutboxStep
from tests.demo.author import TODAY, AuthorTextModel

pytestmark = pytest.mark.slow


def _told(past: Past) -> list[list[dict[str, Any]]]:
    """Return every value of the smallest member's history, freshly told."""
    _, landlords = found_network(past.seed)
    landlord = landlords[-1]
    plots = build(landlord, Streets(), stream(past.seed, "patrimoine", landlord.plan.slug))
    stories = tell(past, landlord, plots, 120)
    return [[_values(row) for row in (story.complaint, *story.events, *story.feedback)] for story in stories]


def _values(row: object) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_the_same_seed_tells_the_same_story(past: Past) -> None:
    assert _told(past) == _told(past)


def test_another_seed_tells_another_story(past: Past) -> None:
    other = Past(past.now, past.seed + 1, past.corpus, past.reader, past.calendar)
    assert _told(past) != _told(other)


def test_as_many_as_asked_for(imagined: World) -> None:
    assert len(imagined.stories) == 1200


def test_every_event_may_follow_the_one_before(imagined: World) -> None:
    for story in imagined.stories:
        status = Status.SUBMITTED
        for event in story.events:
            kind = EventKind(event.kind)
            assert is_allowed(status, kind)
            status = status_after(status, kind)
        assert status == story.complaint.status
        assert all(one.at < other.at for one, other in pairwise(story.events))


def test_nothing_happens_tomorrow(imagined: World) -> None:
    assert max(event.at for event in imagined.events()) <= evening_of(TODAY)


def test_events_are_written_in_the_order_of_time(imagined: World) -> None:
    assert all(one.at <= other.at for one, other in pairwise(imagined.events()))


def test_no_step_is_left_waiting(imagined: World) -> None:
    assert not any(isinstance(row, OutboxStep) for row in imagined.rows())


def test_most_are_closed_and_the_inbox_is_alive(imagined: World) -> None:
    statuses = Counter(Status(story.complaint.status) for story in imagined.stories)
    assert 0.8 < statuses[Status.CLOSED] / 1200 < 0.95
    # Nothing hangs between two steps: what is open is at a desk or being handled.
    assert set(statuses) == {Status.DELIVERED, Status.HANDLED, Status.CLOSED}
    dangers = [story for story in imagined.stories if story.complaint.urgency == "danger"]
    assert any(story.status is not Status.CLOSED for story in dangers)


def test_some_are_late_but_few(imagined: World) -> None:
    late = [story for story in imagined.stories if _is_late_and_open(story)]
    assert 0 < len(late) < 40


def _is_late_and_open(story: Story) -> bool:
    complaint = story.complaint
    return (
        complaint.promised_answer_by < TODAY
        and complaint.first_answered_at is None
        and story.status is not Status.CLOSED
    )


def test_a_promise_is_never_later_than_the_usual_one(imagined: World) -> None:
    is_holiday = FrenchCalendar().is_holiday
    for story in imagined.stories:
        if any(event.kind == EventKind.REOPENED for event in story.events):
            continue  # A reopened complaint is promised anew.
        usual = usual_promise(story.complaint.submitted_at, None, "normal", is_holiday)
        assert story.complaint.promised_answer_by <= usual


def test_closed_ones_have_an_outcome_and_open_ones_none(imagined: World) -> None:
    for story in imagined.stories:
        complaint = story.complaint
        is_closed = story.status is Status.CLOSED
        assert is_closed == (complaint.closed_at is not None) == (complaint.outcome is not None)


def test_households_are_mostly_satisfied_and_not_asked_too_often(imagined: World) -> None:
    scores = [feedback.score for story in imagined.stories for feedback in story.feedback]
    assert 0.3 < len(scores) / 1200 < 0.5
    assert 0.6 < sum(score >= 7 for score in scores) / len(scores) < 0.9
    asked = defaultdict(list)
    for story in imagined.stories:
        if story.complaint.surveyed_at:
            asked[story.complaint.tenant_email].append(story.complaint.surveyed_at)
    for moments in asked.values():
        assert all(other - one >= QUIET for one, other in pairwise(sorted(moments)))


def test_corrections_say_what_the_author_meant(imagined: World) -> None:
    corrected = [story for story in imagined.stories if story.corrections]
    assert corrected
    for story in corrected:
        assert story.complaint.category == story.message.category
        assert story.complaint.category_by_person


def test_some_were_drawn_and_most_of_those_checked(imagined: World) -> None:
    confirmed = [story for story in imagined.stories if any(one.kind == EventKind.CONFIRMED for one in story.events)]
    audits = [story for story in imagined.stories if story.example and story.example.source == "audit"]
    waiting = [story for story in imagined.stories if story.complaint.audit_due]
    assert confirmed
    assert len(audits) > len(waiting)
    assert all(story.complaint.category_by_person and not story.complaint.audit_due for story in audits)
    assert not any(story.complaint.abstained for story in waiting)


def test_what_people_said_is_kept_as_examples_and_no_more(imagined: World) -> None:
    judged = [story for story in imagined.stories if story.complaint.category_by_person]
    examples = [story.example for story in imagined.stories if story.example]
    assert [example.complaint_id for example in examples] == [story.complaint.id for story in judged]
    assert {example.source for example in examples} == {"correction", "confirmation", "audit"}
    for story in judged:
        assert story.example
        assert story.example.category == story.complaint.category
        assert str(story.complaint.tenant_name) not in story.example.text


def test_an_unsure_subject_of_a_sure_family_goes_to_its_team(imagined: World) -> None:
    reasons = [event.data["reason"] for event in imagined.events() if event.kind == EventKind.ROUTED]
    assert REASON_FAMILY in reasons


def test_references_can_be_read_aloud_and_are_unique(imagined: World) -> None:
    references = [story.complaint.reference for story in imagined.stories]
    assert len(set(references)) == len(references)
    assert all(read_reference(reference) == reference for reference in references)


def test_neighbours_write_about_one_outage(past: Past) -> None:
    _, landlords = found_network(past.seed)
    plots = build(landlords[1], Streets(), stream(past.seed, "patrimoine", landlords[1].plan.slug))
    stories = tell(past, landlords[1], plots, 600)
    together = Counter(
        (story.complaint.residence_id, story.message.category, story.complaint.submitted_at.isocalendar()[:2])
        for story in stories
        if story.complaint.residence_id
    )
    assert max(together.values()) >= 4


def test_each_text_is_read_once(corpus: Corpus, text_model: AuthorTextModel) -> None:
    reader = Reader(text_model)
    text = corpus.by_category["chauffage"][0].text
    assert reader.read(text) is reader.read(text)
    assert text_model.read_texts == [text]


def test_a_hand_shows_every_text_before_one_comes_back(corpus: Corpus) -> None:
    hands = Hands(corpus, stream(1, "hands"))
    calm = [one for one in corpus.by_category["loyer"] if one.urgency != "danger"]
    dealt = [hands.deal("loyer").text for _ in range(len(calm))]
    assert len(set(dealt)) == len(dealt)


def test_a_subject_without_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "loyer.jsonl").write_text((CORPUS / "loyer.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(CorpusMissing, match="chauffage"):
        read_corpus(tmp_path)


def test_fewer_texts_are_read_where_a_few_of_each_subject_are_enough(corpus: Corpus) -> None:
    thinned = corpus.thinned(4)
    assert thinned.by_category.keys() == corpus.by_category.keys()
    for code, messages in thinned.by_category.items():
        assert set(messages) <= set(corpus.by_category[code])
        assert 4 * len(messages) - 3 <= len(corpus.by_category[code]) <= 4 * len(messages)
    assert thinned.dangers == corpus.dangers


def test_some_households_say_what_pleased_them_and_what_did_not(imagined: World) -> None:
    opinions = [feedback for story in imagined.stories for feedback in story.feedback]
    graded = [one for one in opinions if one.work]
    assert 0.3 < len(graded) / len(opinions) < 0.6
    pleased = [one.work or 0 for one in graded if one.score >= 7]
    others = [one.work or 0 for one in graded if one.score < 7]
    assert sum(pleased) / len(pleased) > sum(others) / len(others) + 0.5


def test_people_say_a_word_on_the_stages_of_their_tenancy(imagined: World) -> None:
    assert {one.stage for one in imagined.stages} == set(STAGES)
    assert {one.member_id for one in imagined.stages} == {landlord.member.id for landlord in imagined.landlords}
    assert all(one.at <= evening_of(TODAY) for one in imagined.stages)
