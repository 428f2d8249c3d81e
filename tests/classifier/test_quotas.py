from dataclasses import replace

import pytest

from classifier.corpus import Example
from classifier.quotas import Quotas, implicit_shares, quota_faults

SMALL = Quotas(
    examples=20, examples_broad=30, examples_other=40, authors=2, scenarios=10, most_per_scenario=2, implicit=0.3,
    opening=0.1, stock_openings=0.1, short=0.2, very_long=0.1, style=0.0, dangers=1, danger_types=1, per_danger_type=1,
    calm=1, per_calm_reason=0, filler=2,
)  # fmt: skip
OWN = "radiateur fonte purge vanne convecteur"
WORDS = ("lune", "sable", "quai", "pont", "rive", "talus", "orge", "houle", "ronce", "givre")


def _word(number: int) -> str:
    """A word no other number gives."""
    return "".join("bcdfghjklm"[int(digit)] + "a" for digit in str(number + 1000))


def _corpus(category: str = "chauffage", count: int = 20) -> list[Example]:
    """A corpus that meets SMALL: every third text is long, half are without the words of the category."""
    made = []
    for number in range(count):
        own = OWN if number % 2 else ""
        text = " ".join(
            [_word(number), own, *(_word(100 * number + place) for place in range(70 if number % 3 == 0 else 1))]
        )
        made.append(
            Example(text, category, None, "demande", "normal", f"a-{number // 2}", f"auteur{number % 2}", style="dry")
        )
    made[0] = replace(made[0], urgency="danger", danger="fire")
    made[1] = replace(made[1], calm="past")
    return made


def _faults(examples: list[Example], **marks: float) -> list[str]:
    return quota_faults(examples, ("Bonjour.", "Merci."), replace(SMALL, **marks))  # type: ignore[arg-type]


def test_a_corpus_that_meets_every_quota_has_no_fault() -> None:
    assert _faults(_corpus()) == []


@pytest.mark.parametrize(("category", "least"), [("chauffage", 20), ("bruit", 30), ("autre", 40)])
def test_broad_categories_and_the_rest_need_more(category: str, least: int) -> None:
    assert f"{category}: 19 examples, at least {least} are needed" in _faults(_corpus(category, 19))


@pytest.mark.parametrize(
    ("marks", "fault"),
    [
        ({"authors": 3}, "chauffage: at least 3 authors are needed"),
        ({"scenarios": 11}, "chauffage: 10 scenarios, at least 11 are needed"),
        ({"most_per_scenario": 1}, "chauffage: scenario a-0 has 2 texts, at most 1"),
        ({"implicit": 0.6}, "chauffage: 50% of the texts do without its own words, at least 60% must"),
        ({"short": 0.9}, "65.0% of the texts are short, at least 90% must be"),
        ({"very_long": 0.5}, "35.0% of the texts are very_long, at least 50% must be"),
        ({"style": 0.1}, "0.0% of the texts are sms, at least 10% must be"),
        ({"dangers": 2}, "danger: 1 texts, at least 2 are needed"),
        ({"danger_types": 2}, "danger: 1 types have 1 texts, 2 must"),
        ({"calm": 2}, "calm: 1 hard negatives, at least 2 are needed"),
        ({"per_calm_reason": 1}, "calm: 0 texts are negated, at least 1 are needed"),
        ({"filler": 3}, "filler: 2 sentences, at least 3 are needed"),
    ],
)
def test_what_lacks_is_said(marks: dict[str, float], fault: str) -> None:
    assert fault in _faults(_corpus(), **marks)


def test_repeated_and_stock_openings_are_said() -> None:
    examples = [
        replace(one, text=f"je me permets de vous dire {one.text}") if number < 4 else one
        for number, one in enumerate(_corpus())
    ]
    faults = _faults(examples)
    assert "chauffage: 4 texts open with 'je me permets de', at most 3" in faults
    assert "20.0% of the texts have a stock opening, at most 10%" in faults


def test_a_text_is_implicit_without_the_name_and_the_commonest_words() -> None:
    examples = [
        *(Example(f"{OWN} {word}", "chauffage", None, "demande", "normal", "s", "a") for word in WORDS[:6]),
        Example("mes enfants mettent leur anorak", "chauffage", None, "demande", "normal", "s", "a"),
        Example("chauffages", "chauffage", None, "demande", "normal", "s", "a"),
        *(Example(f"musique {word}", "bruit", None, "demande", "normal", "s", "a") for word in WORDS[:8]),
    ]
    assert implicit_shares(examples)["chauffage"] == pytest.approx(1 / 8)
