import pytest

from service.domain.address_match import Level, edits, match_street, wrong_letters
from service.domain.addresses import (
    address_key,
    as_number,
    city_key,
    cut,
    entry_of_line,
    entry_of_name,
    name_key,
    prepare,
    take_inside,
)
from service.domain.typed_address import Inside, read_typed


@pytest.mark.parametrize(
    "typed",
    [
        "12 bis rue de la République",
        "12bis, r. de la republique",
        "12 B RUE DE LA REPUBLIQUE",
        "12-bis rue de la République",
        "n°12 bis rue de la République",
        "12 bis rue de la République, bât. C",
        "12 bis rue de la République esc 2 appt 14",
        "12 bis rue de la République appt14",
        "bâtiment C, 12 bis rue de la République",
        "12 bis  Rue République, étage 3 porte gauche",
        "12 bis-16 rue de la République",
    ],
)
def test_one_address_gives_one_key(typed: str) -> None:
    assert address_key(typed, "80 000") == "80000 12 bis rue republique"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 rue de la République", "12 bis rue de la République"),
        ("12 rue de la République", "120 rue de la République"),
        ("12 rue Saint-Leu", "12 rue Saint-Fuscien"),
        ("12 rue du Marais", "12 allée du Marais"),
        ("12 rue de la Porte de Paris", "12 rue de la Porte de Reims"),
        ("12 A rue du Marais", "12 C rue du Marais"),
        ("rue du 8 mai 1945", "rue du 11 mai 1945"),
    ],
)
def test_two_addresses_give_two_keys(one: str, other: str) -> None:
    assert address_key(one, "80000") != address_key(other, "80000")


@pytest.mark.parametrize("line", ["", "de la", "12", ", ,", "bât. C"])
def test_a_line_that_says_nothing_gives_no_key(line: str) -> None:
    assert address_key(line, "80000") == ""


@pytest.mark.parametrize(
    ("line", "number", "street"),
    [
        ("12 d'Artagnan", "12", "artagnan"),
        ("12 D rue d'Artagnan", "12 d", "rue artagnan"),
        ("11 pl. du 8 mai 1945", "11", "place 8 mai 1945"),
        ("place du 8 mai 1945", "", "place 8 mai 1945"),
        ("Résidence les Tilleuls, 3 all. des Prés", "3", "allee pres"),
        ("12 à 16 bd Gal Leclerc", "12", "boulevard general leclerc"),
        ("007 quai des Brumes", "7", "quai brumes"),
        ("4 rond point de l'Europe", "4", "rond-point europe"),
    ],
)
def test_a_line_is_cut_in_number_and_street(line: str, number: str, street: str) -> None:
    found = cut(line)
    assert (found.number, found.street) == (number, street)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        ("12b", "12 bis"),
        ("12bis", "12 bis"),
        ("12ter", "12 ter"),
        ("12c", "12 c"),
        ("3e", None),
        ("80000", None),
    ],
)
def test_a_house_number_has_one_writing(typed: str, number: str | None) -> None:
    assert as_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bat C", {"building": "c"}),
        ("BÂT. c2", {"building": "c2"}),
        ("bâtiment 3 escalier B", {"building": "3", "stair": "b"}),
        ("hall 2, 3ème étage, appt n°12", {"stair": "2", "floor": "3", "door": "12"}),
        ("rez-de-chaussée porte gauche", {"floor": "rez-de-chaussee", "door": "gauche"}),
        ("porte droite appt 7", {"door": "7"}),
        ("rue de la Porte Rouge", {}),
        ("allée du bâtiment d'en bas", {}),
    ],
)
def test_what_is_inside_the_building_is_told_apart(typed: str, found: dict[str, str]) -> None:
    assert take_inside(prepare(typed))[1] == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ailly-sur-Somme", "AILLY S/ SOMME"),
        ("Saint-Quentin", "St Quentin Cedex 1"),
        ("La Ferté-l'Évêque", "la ferte l eveque"),
        ("Amiens", " amiens 80 "),
    ],
)
def test_one_town_gives_one_key(one: str, other: str) -> None:
    assert city_key(one) == city_key(other) != ""


def test_a_residence_is_found_by_its_name_as_by_a_street() -> None:
    assert name_key("Les Tilleuls") == name_key("Résidence les Tilleuls") == "residence tilleuls"
    assert name_key("Cité Curie") == "cite curie"
    assert entry_of_name("Les Tilleuls", "80000", "80021", "Amiens").address_key == "80000 residence tilleuls"
    assert entry_of_line("12 rue Hoche", "80000", "80021", "Amiens").city_key == "amiens"


@pytest.mark.parametrize(
    ("typed", "known", "met"),
    [
        ("rue republique amiens", "rue republique", (Level.EXACT, 2)),
        ("republique amiens", "rue republique", (Level.SHORTENED, 1)),
        ("avenue republique", "rue republique", None),
        ("rue j jaures", "rue jean jaures", (Level.SHORTENED, 3)),
        ("rue jeanjaures", "rue jean jaures", (Level.SHORTENED, 2)),
        ("rue jean jaures", "rue jeanjaures", (Level.SHORTENED, 3)),
        ("rue leclerc", "rue general leclerc", (Level.SHORTENED, 2)),
        ("rue republiqe", "rue republique", (Level.MISTYPED, 2)),
        ("rue repbliqe", "rue republique", (Level.MISTYPED, 2)),
        ("rue repblqe", "rue republique", None),
        ("reu republique", "rue republique", (Level.MISTYPED, 2)),
        ("rue hoche", "rue roche", None),
        ("rue pont", "rue port", None),
        ("rue 8 mai 1946", "rue 8 mai 1945", None),
        ("rue grande republique", "rue republique", None),
        ("rue", "rue republique", None),
    ],
)
def test_a_street_is_met_word_by_word(typed: str, known: str, met: tuple[Level, int] | None) -> None:
    assert match_street(tuple(typed.split()), tuple(known.split())) == met


def test_letters_are_forgiven_only_when_asked() -> None:
    assert match_street(("rue", "republiqe"), ("rue", "republique"), Level.SHORTENED) is None


@pytest.mark.parametrize(
    ("typed", "known", "letters"),
    [("verdum", "verdun", 1), ("tileul", "tilleuls", 2), ("mari", "mars", None), ("tielleuls", "tilleuls", 1)],
)
def test_the_longer_a_word_the_more_slips_are_forgiven(typed: str, known: str, letters: int | None) -> None:
    assert wrong_letters(typed, known) == letters


@pytest.mark.parametrize(
    ("one", "other", "count"), [("ab", "ba", 1), ("abc", "ac", 1), ("abc", "xyz", 3), ("", "ab", 2)]
)
def test_edits_are_counted_up_to_a_bound(one: str, other: str, count: int) -> None:
    assert edits(one, other, 5) == count
    assert edits(one, other, 0) == 1


def test_a_typed_address_is_read_from_one_line() -> None:
    typed = read_typed("12bis r. de la republique, 80 000 amiens, bat C, rdc", "", "")
    assert typed.postcode == "80000"
    assert typed.numbers == ["12 bis"]
    assert typed.inside == Inside(building="c", floor=0)
    assert "amiens" in typed.towns
    assert typed.exact_keys == ["80000 12 bis rue", "80000 12 bis rue republique"]


def test_two_postcodes_leave_none() -> None:
    typed = read_typed("12 rue Hoche 80000", "51100", "Amiens")
    assert typed.postcode == ""
    assert typed.exact_keys == []


@pytest.mark.parametrize("line", ["", "x" * 100_000, "12 " * 5000, "bat " * 5000, "(" * 5000, "\x00\ud800", "1" * 9999])
def test_any_text_is_read_without_harm(line: str) -> None:
    typed = read_typed(line, line, line)
    assert len(typed.readings) <= 4
    assert len(typed.towns) < 300
