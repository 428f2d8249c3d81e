import subprocess
import sys
from pathlib import Path

import pytest

from classifier.danger import scan, signal_names
from classifier.labels import DANGER_LEVELS, DANGER_TYPES
from classifier.lexicon import lexicon


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Ça sent le gaz dans toute la cuisine", "gas"),
        ("forte fuite de gaz au sous-sol", "gas"),
        ("Le détecteur de monoxyde sonne depuis dix minutes", "co"),
        ("ma mère est coincée dans l'ascenseur", "trapped"),
        ("JE SUIS BLOQUEE DANS LA CABINE AVEC MON FILS", "trapped"),
        ("Il y a le feu dans la cave", "fire"),
        ("une fumée noire sort du local vélo", "fire"),
        ("La prise fait des étincelles", "electric"),
        ("odeur de brulé au tableau electrique", "electric"),
        ("le tuyau a éclaté, il y a de l'eau partout", "flood"),
        ("un bloc de béton est tombé de la façade", "structure"),
        ("Un homme me menace de mort, il est devant ma porte", "aggression"),
        ("un type agite un couteau dans le hall", "weapon"),
        ("je veux en finir ce soir", "distress"),
        ("un bébé est tout seul dans l'appartement et il pleure", "child"),
        ("la dame du 3e est par terre et ne répond plus quand on sonne à la porte", "health"),
    ],
)
def test_a_present_danger_is_heard(message: str, kind: str) -> None:
    finding = scan(message)
    assert finding.level == "danger"
    assert kind in finding.types
    assert all(word in message for word in finding.words)
    assert finding.words


@pytest.mark.parametrize(
    "message",
    [
        "Il n'y a pas d'odeur de gaz chez nous",
        "L'an dernier il y a eu une fuite de gaz",
        "Que faire si le détecteur de monoxyde sonne ?",
        "Aucune fumée noire dans le couloir, rassurez-vous",
        "Le tuyau éclaté de mars, avec de l'eau partout, a été réparé",
    ],
)
def test_a_denied_past_or_supposed_danger_is_checked_and_never_silenced(message: str) -> None:
    assert scan(message).level == "check"


@pytest.mark.parametrize(
    "message",
    [
        "La pile du détecteur de fumée est usée",
        "Comment en finir avec les cafards",
        "Je n'ai pas reçu ma facture de gaz",
        "L'ascenseur est encore en panne",
        "Attestation d'assurance incendie jointe",
        "Le robinet goutte",
        "",
        "🔥",
    ],
)
def test_an_ordinary_message_is_left_alone(message: str) -> None:
    finding = scan(message)
    assert (finding.level, finding.types, finding.words) == ("none", (), ())


def test_a_negation_does_not_cross_a_comma() -> None:
    assert scan("on ne dort pas, ça sent le gaz").level == "danger"


def test_a_negation_just_before_is_heard() -> None:
    assert scan("ça ne sent pas le gaz").level == "check"


def test_a_mask_hides_only_its_own_words() -> None:
    assert scan("la facture de gaz est là et ça sent le gaz").level == "danger"


def test_the_words_of_a_rule_must_stand_close() -> None:
    far = "le gaz " + "et puis encore ceci " * 5 + "une odeur"
    assert scan(far).level == "none"


def test_every_rule_names_known_concepts_types_and_levels() -> None:
    book = lexicon()
    known = {
        term.name
        for terms in (book.concepts._whole, book.concepts._prefix)
        for found in terms.values()
        for term in found
    }
    for rule in book.rules:
        assert rule.type in DANGER_TYPES
        assert rule.level in DANGER_LEVELS[1:]
        assert {*rule.all, *rule.unless} <= known
    assert len(signal_names()) == len(set(signal_names()))


def test_the_scan_needs_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; from classifier.danger import scan; scan('ça sent le gaz');"
        "sys.exit(any(name in sys.modules for name in ('numpy', 'scipy', 'sklearn')))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
