import tomllib
from pathlib import Path

import pytest

from service.domain.contrast import (
    PAPER,
    TEXT,
    WHITE,
    darker_twin,
    faults,
    luminance,
    nearest_readable,
    ratio,
    read_colour,
)
from service.tenant.door import colours_css

ROOT = Path(__file__).parent.parent.parent
SEVE = (ROOT / "service" / "static" / "seve.css").read_text()
DEMO = [
    member["colour"] for member in tomllib.loads((ROOT / "service" / "demo" / "network.toml").read_text())["member"]
]


def test_black_and_white_are_as_far_apart_as_can_be() -> None:
    assert ratio("#000000", WHITE) == pytest.approx(21)
    assert ratio("#123456", "#123456") == 1


@pytest.mark.parametrize(
    ("colour", "measured"), [("#777777", 4.478), ("#767676", 4.542), ("#ff0000", 3.998), ("#0000ff", 8.592)]
)
def test_well_known_ratios_come_out(colour: str, measured: float) -> None:
    assert ratio(colour, WHITE) == ratio(WHITE, colour) == pytest.approx(measured, abs=0.001)


def test_luminance_weighs_green_most() -> None:
    assert luminance("#00ff00") > luminance("#ff0000") > luminance("#0000ff")


@pytest.mark.parametrize("colour", DEMO)
def test_every_colour_of_the_demo_can_be_read(colour: str) -> None:
    assert faults(colour) == []
    assert nearest_readable(colour) == colour


def test_too_light_a_colour_is_refused_where_it_fails() -> None:
    found = {fault.what: fault for fault in faults("#f2b705")}
    assert found["texte blanc sur cette couleur"].ratio == pytest.approx(1.81, abs=0.01)
    assert found["texte blanc sur cette couleur"].needed == TEXT
    assert "bordure sur le fond de la page" in found


def test_a_colour_readable_on_white_alone_is_judged_on_every_ground() -> None:
    """#767676 carries white text, barely: nothing else is asked of it as text, its twin is darker."""
    assert faults("#767676") == []
    assert [fault.what for fault in faults("#777777")] == ["texte blanc sur cette couleur"]


@pytest.mark.parametrize("colour", ["#f2b705", "#ff0000", "#00ff00", "#ffffff", "#777777", "#8fd3ff"])
def test_the_nearest_darker_colour_can_be_read_and_none_between_can(colour: str) -> None:
    nearest = nearest_readable(colour)
    assert faults(nearest) == []
    assert TEXT <= ratio(WHITE, nearest) < TEXT + 0.12, "no darker than it has to be"


@pytest.mark.parametrize("typed", ["red", "#fff", "#12345", "#1234567", "#12345g", "", "1d5b43"])
def test_what_is_not_a_colour_is_none(typed: str) -> None:
    assert read_colour(typed) is None


def test_a_colour_is_kept_in_one_writing() -> None:
    assert read_colour(" #1D5B43 ") == "#1d5b43"


def test_the_pages_are_drawn_in_the_colours_that_are_measured() -> None:
    """The twin, and the grounds of the style sheet: another ground there must be measured here."""
    assert f"--sap-dark: {darker_twin('#9c3d00')}" in colours_css("#9c3d00")
    for name in ("wash", "good-wash", "warn-wash", "danger-wash"):
        ground = next(part for part in SEVE.replace("{", ";").split(";") if part.strip().startswith(f"--{name}:"))
        assert ground.partition(":")[2].strip() in PAPER.values()
