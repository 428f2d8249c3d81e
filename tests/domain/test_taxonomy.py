from pathlib import Path

from service.domain.taxonomy import FAMILIES, categories, family_of, natures, urgencies
from service.settings import ROOT


def test_the_lists_are_the_agreed_ones() -> None:
    assert len(categories()) == 40
    assert len(natures()) == 5
    assert list(urgencies()) == ["danger", "urgent", "normal", "faible"]


def test_every_family_is_named_and_used() -> None:
    assert {category.family for category in categories().values()} == set(FAMILIES)
    assert family_of("ascenseur") == "residence"
    assert family_of(None) is None


def test_the_model_is_taught_every_category_and_no_other() -> None:
    taught = {path.stem for path in Path(ROOT / "classifier" / "corpus").glob("*.jsonl")}
    assert taught - {"danger", "calm", "filler", "glossary"} == set(categories())
