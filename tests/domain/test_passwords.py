"""Which passwords may be chosen."""

import pytest

from service.domain.errors import BadInput
from service.domain.passwords import LONGEST, SHORTEST, check_password

EMAIL = "ana.vidal@amont.example"


@pytest.mark.parametrize(
    "password",
    [
        "cheval agrafe pile correcte", "Tournesol-84-vélo-gris", "x" * 6 + "yzabc7-!", "mot de passe pour la grange",
        "un été à Amiens 1987", "ana mange des vidaliennes", "a1b2c3d4e5f6",
    ],
)  # fmt: skip
def test_long_and_uncommon_passwords_are_taken(password: str) -> None:
    check_password(password, EMAIL)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("court-12345", "password_short"),
        ("", "password_short"),
        ("é" * (LONGEST + 1), "password_long"),
        ("Mot de passe 2026", "password_obvious"),
        ("motdepasse!!!", "password_obvious"),
        ("AZERTYuiop12", "password_obvious"),
        ("Ét é 20 26 20 26", "password_obvious"),
        ("bienvenue2026", "password_obvious"),
        ("aaaaaaaaaaaaaaa", "password_obvious"),
        ("121212121212", "password_obvious"),
        ("123456789012", "password_obvious"),
        ("987654321098", "password_obvious"),
        ("abcdefghijkl", "password_obvious"),
        ("ana.vidal@amont.example", "password_own"),
        ("Ana.Vidal2026", "password_own"),
        ("1234anavidal", "password_own"),
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_password(password, EMAIL)
    assert (refusal.value.code, refusal.value.field) == (code, "new_password")


def test_the_shortest_and_the_longest_are_taken() -> None:
    check_password("qx7-vent-gris"[:SHORTEST], EMAIL)
    check_password(("vent gris " * 20)[:LONGEST], EMAIL)
