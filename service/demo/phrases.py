"""What the demonstration's staff write, chosen to fit the subject and the desk."""

from functools import cache
from random import Random
from typing import Any

from service.demo.network import read_toml
from service.demo.story import Story
from service.domain.taxonomy import family_of

_BY_FAMILY = {"tranquillite": "peace", "gestion": "management", "travaux": "works", "relation": "relation"}
_SOCIAL = {"accompagnement_social", "adaptation"}

# How complaints end: outcome -> weight.
_USUAL = {"solved": 83, "partly_solved": 9, "answered": 5, "refused": 3}
_EXPLAINED = {"answered": 58, "solved": 36, "refused": 6}
_ELSEWHERE = {"solved": 60, "not_ours": 30, "partly_solved": 10}
_OUT_OF_SCOPE = {"not_ours": 60, "answered": 40}
_DANGER = {"solved": 95, "partly_solved": 5}


@cache
def phrases() -> dict[str, Any]:
    """Return every sentence, by purpose."""
    return read_toml("sentences.toml")


def tone(story: Story) -> str:
    """Return which sentences fit the complaint."""
    complaint = story.complaint
    if complaint.urgency == "danger":
        return "danger"
    if complaint.category in _SOCIAL:
        return "social"
    if complaint.target in ("supplier", "authority"):
        return str(complaint.target)
    return _BY_FAMILY.get(family_of(complaint.category) or "", "technical")


def answer_to(story: Story, random: Random) -> str:
    """Return an answer to the tenant."""
    organisation = story.landlord.organisation(story.complaint.organisation_id)
    text: str = random.choice(phrases()["answer"][tone(story)])
    return text.format(organisation=organisation.name if organisation else story.landlord.plan.name)


def _outcomes(story: Story, kind: str) -> dict[str, int]:
    if kind == "danger":
        return _DANGER
    if story.complaint.category == "autre":
        return _OUT_OF_SCOPE
    if kind == "management" or story.complaint.nature in ("question", "remerciement_suggestion"):
        return _EXPLAINED
    return _ELSEWHERE if kind == "authority" else _USUAL


def closing_of(story: Story, random: Random) -> tuple[str, str]:
    """Return an outcome and the sentence that says it."""
    kind = tone(story)
    weights = _outcomes(story, kind)
    outcome = random.choices(list(weights), list(weights.values()))[0]
    sentences = phrases()["closing"][outcome]
    return outcome, random.choice(sentences.get(kind) or sentences["any"])
