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


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("je vais me jeter par la fenêtre si vous m'expulsez", "distress"),
        ("je vais me pendre si ça continue", "distress"),
        ("Si vous coupez l'eau je me jette du balcon", "distress"),
        ("si on me met dehors je saute du 5e", "distress"),
        ("mon compagnon me met des claques", "aggression"),
        ("l'ascenseur a lâché et est descendu de 2 étages d'un coup", "structure"),
        ("papi est par terre dans la salle de bain il arrive pas à se lever", "health"),
        ("Mon mari me frappe, je ne sais plus quoi faire", "aggression"),
        ("mon conjoint me tape devant les enfants", "aggression"),
        ("mon ex compagnon nous frappe", "aggression"),
        ("mon mari me bat", "aggression"),
        ("Mon fils de 30 ans me cogne quand il a bu", "aggression"),
        ("le balcon du dessus perd des morceaux de béton", "structure"),
        ("la façade perd des bouts de pierre au-dessus de l'entrée", "structure"),
        ("la corniche part en morceaux", "structure"),
        ("l'ascenseur est tombé d'un étage d'un coup", "structure"),
        ("la cabine a chuté de deux étages", "structure"),
        ("L'ascenseur a fait une chute libre entre le 4e et le 3e", "structure"),
        ("ça sent l'oeuf pourri près du compteur", "gas"),
        ("odeur d'œufs pourris autour de la gazinière", "gas"),
        ("j'ai le courant dans les murs quand je touche", "electric"),
        ("on sent du courant dans le robinet de la douche", "electric"),
        ("je prends des coups de jus dans la douche", "electric"),
        ("ma mère est tombée dans la baignoire et ne peut pas se relever", "health"),
        ("mon voisin de 90 ans est tombé, il n'arrive plus à se relever", "health"),
        ("je suis tombée et je ne peux pas me relever", "health"),
        ("Ma voisine âgée ne répond plus depuis 3 jours, volets fermés", "health"),
        ("les toilettes coulent sans arrêt et ça déborde partout", "flood"),
        ("la cave fume", "fire"),
        ("l'appartement de la voisine fume, ça sort par la fenêtre", "fire"),
        ("la prise fume", "electric"),
        ("des jeunes ont mis le feu aux poubelles dans le hall", "fire"),
        ("le détecteur de monoxyde que j'ai acheté sonne", "co"),
        ("Engie a coupé le gaz hier soir. Ça sent encore le gaz", "gas"),
    ],
)
def test_a_danger_is_heard_in_other_wordings(message: str, kind: str) -> None:
    finding = scan(message)
    assert finding.level == "danger"
    assert kind in finding.types


@pytest.mark.parametrize(
    "message",
    [
        "Des jeunes fument et dealent dans le hall",
        "les voisins fument des joints dans l'escalier",
        "la fumée de joint du hall monte chez moi",
        "Ma chasse d'eau coule sans arrêt et ma facture explose",
        "Les toilettes coulent sans arrêt, la facture d'eau explose",
        "mon loyer explose avec le tableau des charges",
        "Le gaz a été coupé par Engie",
        "J'ai acheté un détecteur de monoxyde, dois-je le poser où ?",
        "Le feu est passé au rouge au carrefour",
        "le feu tricolore est en panne",
        "Le radiateur du salon fuit, petite flaque",
        "la locataire ne peut pas se relever de ses dettes",
        "mon fils me tape sur les nerfs",
        "l'ascenseur tombe de nouveau en panne",
        "ça sent l'œuf pourri dans le siphon de l'évier, près du compteur",
        "tenez-moi au courant quand je touche l'APL",
        "mon mari ne peut plus se lever de son lit tout seul, il faudrait une barre",
        "je saute de joie",
        "mon mari me bat froid",
        "les poubelles débordent partout dans la cour",
        "Mon copain m'a frappé l'an dernier",
    ],
)
def test_what_only_sounds_like_a_danger_raises_no_alert(message: str) -> None:
    assert scan(message).level != "danger"


@pytest.mark.parametrize(
    "message",
    [
        "Des jeunes fument et dealent dans le hall",
        "Ma chasse d'eau coule sans arrêt et ma facture explose",
        "Le gaz a été coupé par Engie",
        "Le feu est passé au rouge au carrefour",
        "C'est une honte, trois courriers, personne ne répond",
    ],
)
def test_what_is_no_danger_at_all_is_left_alone(message: str) -> None:
    assert scan(message).level == "none"


def test_a_denied_wish_to_die_is_still_only_checked() -> None:
    assert scan("je ne vais pas me jeter par la fenêtre").level == "check"


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
