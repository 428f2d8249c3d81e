import pytest

from service.domain.addresses import address_key


@pytest.mark.parametrize(
    "typed",
    [
        "12 bis rue de la République",
        "12bis, r. de la republique",
        "12 B RUE DE LA REPUBLIQUE",
        "12 bis rue de la République, bât. C",
        "12 bis rue de la République esc 2 appt 14",
        "12 bis  Rue République, 3e étage porte gauche".replace("3e étage", "étage 3"),
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
    ],
)
def test_two_addresses_give_two_keys(one: str, other: str) -> None:
    assert address_key(one, "80000") != address_key(other, "80000")


def test_a_line_that_says_nothing_gives_no_key() -> None:
    assert address_key("", "80000") == ""
    assert address_key("de la", "80000") == ""
