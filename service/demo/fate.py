"""What becomes of a complaint once it has arrived: most are answered in time and solved, some are not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from service.demo.chance import working_days_after
from service.demo.corpus import Reader
from service.demo.opinion import say_how_it_went
from service.demo.phrases import answer_to, closing_of, phrases
from service.demo.story import Story
from service.domain.feedback import QUIET
from service.domain.status import Audience, EventKind
from service.journey.ports import Calendar
from service.journey.submission.submission import PARIS
from service.models.people import Staff

# Working days to the first answer, by urgency, when all is well and when it is not.
_IN_TIME: dict[str, tuple[int, ...]] = {"urgent": (0, 0, 1), "normal": (0, 1, 1, 2, 2, 3, 4), "faible": (0, 1, 2, 3, 4)}
_LATE: dict[str, tuple[int, ...]] = {"urgent": (2, 3, 4), "normal": (6, 8, 10, 14), "faible": (6, 8, 12)}
# Working days from the first answer to the end.
_TO_END = {"danger": (0, 3), "urgent": (0, 4), "normal": (1, 9), "faible": (0, 6)}
_SLOW_TO_END = (10, 60)
_SLOW = {"humidite", "infiltration", "isolation_confort", "mutation", "adaptation", "travaux", "structure_bati"}

_LATE_SHARE = 0.12
_STALLED, _FORGOTTEN = 0.3, 0.06  # of the latest: what is old was settled in the end
_LATELY = timedelta(days=14)
_LONG_AGO = timedelta(days=100)  # from then on the slowest works are over too
_HAPPENING = timedelta(hours=5)  # a danger this young is being dealt with as the story ends
_NOT_CHECKED_YET = timedelta(days=21)
_ASSIGNED, _MISREAD_SEEN, _URGENCY_SEEN, _CHECKED = 0.75, 0.75, 0.03, 0.9
_WRITES_WAITING, _WRITES, _SECOND_ANSWER, _ANSWERS_SURVEY = 0.35, 0.15, 0.3, 0.56


@dataclass
class Fate:
    """What decides: the present moment, the calendar, and who was asked how it went and when."""

    now: datetime
    calendar: Calendar
    reader: Reader
    random: Random
    surveyed: dict[str, list[datetime]] = field(default_factory=dict)

    def live(self, story: Story) -> None:
        """Let everything happen that had the time to happen. It reaches its desk at once, as it does in use."""
        story.classify(self.reader)
        story.route()
        story.deliver(timedelta(seconds=self.random.randint(2, 40)))
        if self._is_happening(story):
            return
        if self._sort(story) and self._answer(story) and self._finish(story):
            self._ask(story)

    def _is_happening(self, story: Story) -> bool:
        return story.complaint.urgency == "danger" and self._age(story) < _HAPPENING

    def _is_recent(self, story: Story) -> bool:
        return self._age(story) < _LATELY

    def _age(self, story: Story) -> timedelta:
        return self.now - story.last_at

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _person(self, story: Story) -> Staff:
        staff = story.landlord.staff
        own = [one for one in staff if one.team_id == story.complaint.team_id]
        return self.random.choice(own or staff)

    def _later(self, story: Story, days: int) -> datetime:
        return working_days_after(self.random, story.last_at, days, self.calendar)

    def _sort(self, story: Story) -> bool:
        """Have a person correct what was misread or left to the sorting desk; False when it still waits."""
        complaint, meant = story.complaint, story.message.category
        is_misread = complaint.category != meant and self._chance(_MISREAD_SEEN)
        if complaint.abstained or is_misread:
            at = self._later(story, self.random.choice((0, 0, 1)))
            if at > self.now:
                return False
            urgency = "danger" if complaint.urgency == "danger" else story.message.urgency
            self._correct(story, at, meant, urgency, "category")
        elif complaint.urgency == "normal" and self._chance(_URGENCY_SEEN):
            at = self._later(story, 0)
            if at <= self.now:
                self._correct(story, at, str(complaint.category), "urgent", "urgency")
        elif complaint.audit_due and self._chance(_CHECKED):
            self._check(story)
        return True

    def _check(self, story: Story) -> None:
        """Have a person judge what was drawn, in the end: most often the model was right."""
        if self._age(story) < _NOT_CHECKED_YET:
            return
        at = self._later(story, 0)
        if story.complaint.category == story.message.category:
            story.confirm(self.random, at, self._person(story))
        else:
            self._correct(story, at, story.message.category, str(story.complaint.urgency), "category")

    def _correct(self, story: Story, at: datetime, category: str, urgency: str, why: str) -> None:
        reason = self.random.choice(phrases()["correction"][why])
        staff = self._person(story)
        story.correct(self.random, at, staff, category=category, urgency=urgency, reason=reason)

    def _answer(self, story: Story) -> bool:
        """Assign and answer for the first time; False when the tenant still waits."""
        staff = self._assign(story)
        is_danger = story.complaint.urgency == "danger"
        if self._is_recent(story) and self._chance(_FORGOTTEN) and not is_danger:
            return False
        at = self._first_answer_at(story)
        if at.date() > story.complaint.promised_answer_by and self._chance(_WRITES_WAITING):
            self._tenant_writes(story, story.last_at + (at - story.last_at) * 0.8)
        if at > self.now:
            return False
        story.answer(at, staff, answer_to(story, self.random))
        return True

    def _assign(self, story: Story) -> Staff:
        staff = self._person(story)
        at = story.last_at + timedelta(minutes=4)
        if story.complaint.urgency != "danger":
            at = self._later(story, 0)
        if at <= self.now and self._chance(_ASSIGNED):
            story.complaint.assignee_id = staff.id
            who = self.random.choice([staff, story.landlord.supervisor])
            story.record(EventKind.ASSIGNED, at, who.name, {"to": staff.name})
        return staff

    def _first_answer_at(self, story: Story) -> datetime:
        urgency = str(story.complaint.urgency)
        if urgency == "danger":
            return story.last_at + timedelta(minutes=self.random.randint(5, 50))
        table = _LATE if self._chance(_LATE_SHARE) else _IN_TIME
        return self._later(story, self.random.choice(table[urgency]))

    def _tenant_writes(self, story: Story, at: datetime) -> None:
        at = at.replace(microsecond=0)
        if story.last_at < at <= self.now:
            text = self.random.choice(phrases()["tenant"]["adds"])
            story.record(EventKind.TENANT_WROTE, at, "tenant", {"text": text}, Audience.TENANT)

    def _finish(self, story: Story) -> bool:
        """Close, unless the matter drags on; False while it is open."""
        urgency, category = str(story.complaint.urgency), story.complaint.category
        if urgency != "danger" and self._is_recent(story) and self._chance(_STALLED):
            return False
        slow = category in _SLOW and urgency in ("normal", "faible") and self._age(story) > _LONG_AGO
        days = self.random.randint(*(_SLOW_TO_END if slow else _TO_END[urgency]))
        staff = self._person(story)
        if self._chance(_WRITES):
            self._tenant_writes(story, self._later(story, days // 3))
        if days > 1 and self._chance(_SECOND_ANSWER):
            at = self._later(story, days // 2)
            if at <= self.now:
                story.answer(at, staff, answer_to(story, self.random))
        return self._close(story, days - days // 2, staff)

    def _close(self, story: Story, days: int, staff: Staff) -> bool:
        at = self._later(story, days)
        if at > self.now:
            return False
        outcome, sentence = closing_of(story, self.random)
        story.close(at, staff, outcome, sentence)
        return True

    def _ask(self, story: Story) -> None:
        """Survey the household once a quarter at the most, and keep what it answers."""
        complaint, closed_at = story.complaint, story.last_at
        asked = self.surveyed.setdefault(complaint.tenant_email or "", [])
        if complaint.tenant_email is None or any(abs(closed_at - other) < QUIET for other in asked):
            return
        asked.append(closed_at)
        complaint.surveyed_at = closed_at + timedelta(seconds=4)
        at = closed_at + timedelta(minutes=self.random.randint(20, 6 * 24 * 60))
        if at > self.now or not self._chance(_ANSWERS_SURVEY):
            return
        answered_on = (complaint.first_answered_at or closed_at).astimezone(PARIS).date()
        if say_how_it_went(story, at, self.random, is_late=answered_on > complaint.promised_answer_by):
            self._take_up_again(story)

    def _take_up_again(self, story: Story) -> None:
        story.deliver(timedelta(seconds=6))
        at = self._later(story, self.random.randint(0, 3))
        staff = self._person(story)
        if at <= self.now:
            story.answer(at, staff, answer_to(story, self.random))
            self._close(story, self.random.randint(1, 8), staff)
