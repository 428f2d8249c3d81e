"""How it went, in the words of the household: mostly well, less so when it took long."""

from datetime import datetime
from random import Random

from service.demo.chance import new_id
from service.demo.phrases import phrases
from service.demo.story import Story
from service.domain.feedback import SCORES, is_satisfied, reopens
from service.domain.status import EventKind
from service.models.feedback import Feedback

# Weights of the scores 0 to 10.
_PLEASED = (1, 0, 1, 1, 2, 5, 7, 18, 31, 20, 14)
_DISPLEASED = (6, 3, 6, 8, 9, 13, 12, 17, 15, 7, 4)
_WELL_ENDED = ("solved", "answered")
_MIXED_FROM = 4
_COMMENTS = 0.24
# What is said of "is it solved?", with its weight, by mood.
_SOLVED: dict[str, dict[str | None, int]] = {
    "pleased": {"yes": 86, None: 14},
    "mixed": {"partly": 52, "yes": 30, None: 18},
    "displeased": {"no": 42, "partly": 34, None: 24},
}
_GRADED = 0.45  # of those who give a score answer the other questions too
# What is said of the visit and of each grade, 4 (very good) to 1 (very bad), with its weight, by mood.
_VISITS: dict[str, dict[str, int]] = {
    "pleased": {"yes": 60, "none": 36, "no": 4},
    "mixed": {"yes": 45, "none": 35, "no": 20},
    "displeased": {"yes": 30, "none": 35, "no": 35},
}
_GRADES: dict[str, dict[int, int]] = {
    "pleased": {4: 45, 3: 48, 2: 6, 1: 1},
    "mixed": {4: 8, 3: 52, 2: 32, 1: 8},
    "displeased": {4: 3, 3: 22, 2: 42, 1: 33},
}


def _mood(score: int) -> str:
    if is_satisfied(score):
        return "pleased"
    return "mixed" if score >= _MIXED_FROM else "displeased"


def _other_answers(mood: str, random: Random) -> dict[str, str | int]:
    """Return the visit and the three grades, when the household went on to these questions."""
    if random.random() >= _GRADED:
        return {}
    visits, grades = _VISITS[mood], _GRADES[mood]
    answers: dict[str, str | int] = {"visit": random.choices(list(visits), list(visits.values()))[0]}
    for question in ("work", "courtesy", "informed"):
        answers[question] = random.choices(list(grades), list(grades.values()))[0]
    return answers


def say_how_it_went(story: Story, at: datetime, random: Random, *, is_late: bool) -> bool:
    """Keep the household's score; return whether its answer opened the complaint again."""
    complaint = story.complaint
    ended_well = complaint.outcome in _WELL_ENDED and not is_late
    score = random.choices(SCORES, _PLEASED if ended_well else _DISPLEASED)[0]
    mood = _mood(score)
    solved = random.choices(list(_SOLVED[mood]), list(_SOLVED[mood].values()))[0]
    words = phrases()["tenant"]
    comment: str = random.choice(words[mood]) if random.random() < _COMMENTS else ""
    if reopens(solved):
        comment = random.choice(words["reopens"])
    story.record(EventKind.FEEDBACK_GIVEN, at, "tenant", {"score": score, "solved": solved})
    story.feedback.append(
        Feedback(
            id=new_id(random),
            member_id=complaint.member_id,
            complaint_id=complaint.id,
            score=score,
            solved=solved,
            comment=comment or None,
            at=story.last_at,
            **_other_answers(mood, random),
        )
    )
    if reopens(solved):
        story.reopen(comment)
    return reopens(solved)
