from datetime import date, timedelta
from uuid import UUID

import pytest

from service.domain.replies import (
    AUDIENCES,
    KEPT,
    PREFIX,
    is_automatic,
    make_address,
    read_address,
    shorten,
    words_of,
)

COMPLAINT = UUID("5b0e3f7c-1d0e-4c53-9d0e-5a0b4e9d2f11")
DELIVERY = UUID("0b6c3f7c-1d0e-4c53-9d0e-5a0b4e9d2f99")
DAY = date(2026, 11, 25)
KEYS = ("a secret", "reponse.seve.example")
OURS = ("K7M4-AXH2", "https://seve.example", "Amont Habitat")


def address(audience: str = "tenant") -> str:
    return make_address(COMPLAINT, DELIVERY, audience, DAY, KEYS)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_address_leads_back_to_what_was_answered(audience: str) -> None:
    local, _, domain = address(audience).partition("@")
    assert len(local) <= 64
    assert domain == "reponse.seve.example"
    found = read_address(address(audience), KEYS[0])
    assert found
    assert (found.complaint_id, found.audience, found.day) == (COMPLAINT, audience, DAY)
    assert found.is_of(DELIVERY)
    assert not found.is_of(COMPLAINT)


def test_a_server_that_forgets_capitals_or_adds_brackets_does_no_harm() -> None:
    assert read_address(f" <{address().upper()}> ", KEYS[0])


def test_no_sign_of_an_address_may_be_changed() -> None:
    local = address().partition("@")[0]
    for place in range(len(PREFIX), len(local)):
        other = "a" if local[place] != "a" else "b"
        changed = f"{local[:place]}{other}{local[place + 1 :]}"
        found = read_address(changed, KEYS[0])
        # The last sign carries bits that are not part of the token.
        assert found is None or (place == len(local) - 1 and found == read_address(local, KEYS[0])), place


@pytest.mark.parametrize(
    "other",
    ["", "reponse@seve.example", "reponse+@seve.example", "reponse+abc@x", "bonjour@seve.example", "reponse+é@x",
     "reponse+" + "a" * 51, "reponse+" + "a" * 500],
)  # fmt: skip
def test_another_address_says_nothing(other: str) -> None:
    assert read_address(other, KEYS[0]) is None


def test_another_secret_opens_nothing() -> None:
    assert read_address(address(), "another secret") is None


def test_a_mail_may_be_answered_for_a_year() -> None:
    found = read_address(address(), KEYS[0])
    assert found
    assert found.is_open(DAY)
    assert found.is_open(DAY + KEPT)
    assert not found.is_open(DAY + KEPT + timedelta(days=1))


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({}, False),
        ({"subject": "Re: Votre demande K7M4-AXH2"}, False),
        ({"auto-submitted": "no"}, False),
        ({"auto-submitted": "auto-replied; owner-email=x"}, True),
        ({"auto-submitted": "auto-generated"}, True),
        ({"precedence": "Bulk"}, True),
        ({"return-path": "<>"}, True),
        ({"return-path": "<marie@poste.example>"}, False),
        ({"x-autoreply": "yes"}, True),
        ({"list-id": "<voisins.example>"}, True),
        ({"subject": "Réponse automatique : Votre demande"}, True),
        ({"subject": "Automatic reply: Votre demande"}, True),
        ({"subject": "Out of office"}, True),
        ({"subject": "Absent lundi, venez mardi"}, False),
        ({"x-auto-response-suppress": "All"}, False),  # people's mail servers add it too
    ],
)
def test_a_machine_is_told_from_a_person(headers: dict[str, str], automatic: bool) -> None:
    assert is_automatic(headers) is automatic


ORIGINAL = "Bonjour,\n\nUn chauffagiste passe demain.\n\nLire, répondre ou compléter :\nhttps://seve.example/suivi/x\n"
MARKED = "".join(f"> {line}\n" for line in ORIGINAL.splitlines())
SAID = "Merci, mais le radiateur est encore froid.\nPouvez-vous venir avant midi ?"


@pytest.mark.parametrize(
    "mail",
    [
        SAID,
        f"{SAID}\n\nLe mer. 25 nov. 2026 à 12:00, Amont Habitat <ne-pas-repondre@seve.example> a écrit :\n\n{MARKED}",
        f"{SAID}\n\nLe mer. 25 nov. 2026 à 12:00, Amont Habitat\n<personne@seve.example> a\u00a0écrit :\n{MARKED}",
        f"{SAID}\n\nLe 25/11/2026 à 12:00, Amont Habitat a écrit :\n{MARKED}",
        f"{SAID}\r\n\r\nOn Wed, Nov 25, 2026 at 12:00 PM Amont Habitat <x@seve.example> wrote:\r\n\r\n{MARKED}",
        f"Le mer. 25 nov. 2026 à 12:00, Amont Habitat <x@seve.example> a écrit :\n{MARKED}\n{SAID}\n",
        f"{SAID}\n\n-----Message d'origine-----\nDe : Amont Habitat\nEnvoyé : mercredi\nÀ : moi\n\n{ORIGINAL}",
        f"{SAID}\n\n-----Original Message-----\nFrom: Amont Habitat\n\n{ORIGINAL}",
        f"{SAID}\n\n{'_' * 32}\nDe : Amont Habitat <x@seve.example>\nEnvoyé : mercredi\nÀ : Marie\n\n{ORIGINAL}",
        f"{SAID}\n\nFrom: Amont Habitat\nSent: Wednesday\nTo: me\nSubject: K7M4-AXH2\n\n{ORIGINAL}",
        f"{SAID}\n\nDe : Amont Habitat\nDate : mercredi 25 novembre\n\n{ORIGINAL}",
        f"{SAID}\n\nEnvoyé de mon iPhone\n\n> Le 25 nov. 2026 à 12:00, Amont Habitat a écrit :\n> \n{MARKED}",
        f"{SAID}\n\nEnvoyé à partir de Outlook pour Android\n",
        f"{SAID}\n-- \nMarie Durand\n06 00 00 00 00\n",
        f"\ufeff{SAID}\n\n\n",
    ],
)
def test_the_words_are_told_from_what_they_quote(mail: str) -> None:
    assert words_of(mail, OURS) == SAID


def test_answers_between_the_lines_are_all_kept() -> None:
    mail = (
        "Le 25 nov. 2026, Amont Habitat a écrit :\n> Êtes-vous là demain ?\nOui.\n> À quelle heure ?\n> K7M4-AXH2\n"
        "Après 17 h.\n"
    )
    assert words_of(mail, OURS) == "Oui.\nAprès 17 h."


@pytest.mark.parametrize(
    "mail",
    [
        # Nothing shows that what follows is a mail of ours.
        "Voici ce que dit mon voisin.\n\nLe gardien a écrit :\nOn ne viendra pas.",
        "Je vous transmets.\n\nDe : EDF\nEnvoyé : lundi\nÀ : moi\n\nVotre compteur est coupé.",
        "Il fait froid :\n> 3 jours sans chauffage\n> 2 enfants",
        "Deux choses :\n--\nla porte\n--\nla lumière",
        "Le technicien est passé lundi.\nOn attend toujours la pièce.",
        "-- \n" + "\n".join(f"ligne {number}" for number in range(12)),
    ],
)
def test_nothing_is_cut_when_it_is_not_sure(mail: str) -> None:
    assert words_of(mail, OURS) == mail


@pytest.mark.parametrize("mail", ["", f"Le 25 nov., Amont Habitat a écrit :\n{MARKED}", MARKED, "-- \nMarie\n"])
def test_a_mail_with_no_words_of_its_own_is_empty(mail: str) -> None:
    """Our own mail may speak of gas: taken for the tenant's words, it would call people out of bed."""
    assert words_of(mail, OURS) == ""


def test_a_mail_made_to_be_slow_is_read() -> None:
    # Were a pattern quadratic, this would outlast the limit of every test.
    for unit in ("\n", "> ", "Le a\n", "-", "_" * 12 + "\n", "De : x\n", "On x wrote\n", "\t"):
        mail = f"Bonjour {unit * (200_000 // len(unit))}"
        assert words_of(mail, OURS).startswith("Bonjour")


def test_what_is_too_long_is_cut_and_says_so() -> None:
    assert shorten("court", 10_000) == "court"
    cut = shorten("x" * 20_000, 10_000)
    assert len(cut) == 10_000
    assert cut.endswith("[Message très long : la suite n'a pas été gardée.]")
