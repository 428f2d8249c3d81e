"""The tenant's word on the subject: it settles a doubt, contradicts to a person, and lowers no danger."""

from dataclasses import replace

import pytest

from service.domain.own_choice import first_subjects, subjects_to_ask, weigh
from service.domain.reading import Reading

UNSURE = Reading(
    category="plomberie",
    confidence=0.4,
    alternatives=(("degat_eaux", 0.3), ("evacuation", 0.2), ("humidite", 0.05)),
    secondary=None,
    nature="demande",
    urgency="danger",
    danger="danger",
    danger_types=("flood",),
    abstained=True,
    words=(),
    model_version="1",
    family="logement",
)
SURE = replace(UNSURE, abstained=False, confidence=0.95, family=None)
WORDS = "L'eau coule du plafond"


def test_no_choice_changes_nothing() -> None:
    assert weigh(UNSURE, None) == UNSURE
    assert weigh(SURE, None) == SURE


def test_the_same_word_as_a_sure_model_changes_nothing() -> None:
    assert weigh(SURE, "plomberie") == SURE


@pytest.mark.parametrize(("choice", "share"), [("plomberie", 0.4), ("degat_eaux", 0.3), ("evacuation", 0.2)])
def test_a_choice_among_the_first_three_settles_the_doubt_with_the_models_own_share(choice: str, share: float) -> None:
    settled = weigh(UNSURE, choice)
    assert (settled.category, settled.confidence, settled.abstained) == (choice, share, False)
    assert choice not in dict(settled.alternatives)
    assert len(settled.alternatives) == len(UNSURE.alternatives)
    assert settled.family is None


@pytest.mark.parametrize("choice", ["humidite", "loyer"])
def test_a_choice_the_model_does_not_find_likely_leaves_the_doubt(choice: str) -> None:
    assert weigh(UNSURE, choice) == UNSURE


def test_a_sure_model_and_another_choice_go_to_a_person() -> None:
    split = weigh(SURE, "loyer")
    assert (split.category, split.abstained, split.family) == ("plomberie", True, None)


@pytest.mark.parametrize("reading", [SURE, UNSURE, replace(SURE, category="autre")])
def test_something_else_goes_to_a_person(reading: Reading) -> None:
    assert weigh(reading, "autre").abstained
    assert weigh(reading, "autre").family is None


def test_social_support_is_never_taken_from_a_choice_alone_nor_asked_about() -> None:
    reading = replace(UNSURE, alternatives=(("accompagnement_social", 0.3), ("loyer", 0.2), ("charges", 0.1)))
    assert weigh(reading, "accompagnement_social") == reading
    assert first_subjects(reading) == ("plomberie", "loyer", "charges")
    assert subjects_to_ask(WORDS, replace(reading, category="accompagnement_social")) == ()


@pytest.mark.parametrize("reading", [SURE, UNSURE])
@pytest.mark.parametrize("choice", ["plomberie", "degat_eaux", "loyer", "autre", None])
def test_no_choice_touches_danger_urgency_or_nature(reading: Reading, choice: str | None) -> None:
    weighed = weigh(reading, choice)
    for name in ("danger", "danger_types", "urgency", "nature", "model_version", "secondary"):
        assert getattr(weighed, name) == getattr(reading, name)


def test_few_or_unknown_words_are_not_asked_about() -> None:
    assert subjects_to_ask(WORDS, UNSURE) == ("plomberie", "degat_eaux", "evacuation")
    assert subjects_to_ask("Bonjour madame", UNSURE) == ()
    assert subjects_to_ask(WORDS, replace(UNSURE, unknown_share=0.9)) == ()
