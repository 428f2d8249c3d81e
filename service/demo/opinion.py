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


def _mood(score: int) -> str:
    if is_satisfied(score):
        return "pleased"
    return "mixed" if score >= _MIXED_FROM else "displeased"


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
        )
    )
    if reopens(solved):
        story.reopen(comment)
    return reopens(solved)
