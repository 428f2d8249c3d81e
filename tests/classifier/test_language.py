import pytest

from classifier.config import CORPUS
from classifier.corpus import read_examples
from classifier.danger import scan
from classifier.language import _FOREIGN, _FRENCH, is_foreign
from classifier.model import TextModel


@pytest.mark.parametrize(
    "message",
    [
        "There is a strong smell of gas in my kitchen",
        "Help my husband is beating me",
        "My heating is broken",
        "no hot water since yesterday",
        "Help",
        "Fuga de gas en el edificio",
        "No tenemos agua caliente desde el lunes",
        "Não tenho água quente e o elevador não funciona",
        "Il riscaldamento non funziona e fa freddo in casa",
        "Die Heizung ist kaputt",
        "Nu avem apă caldă în bucătărie",
        "Nie ma ciepłej wody, proszę o pomoc",
        "Asansör bozuk, evde su yok",
        "nemaye teploi vody, dopomozhit bud laska",
        "У нас нет горячей воды",
        "У квартирі немає опалення",
        "لا يوجد ماء ساخن",
        "我家没有热水",
        "Thang máy bị hỏng",
        "Necesito un recibo del alquiler",
    ],
)
def test_another_language_is_told_from_french(message: str) -> None:
    assert is_foreign(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "😀😀",
        "?!",
        "12",
        "ok",
        "fuite",
        "gaz",
        "quittance",
        "Hello",
        "ascenseur HS",
        "pb chauffage",
        "bjr ya pu dlo dpui hier",
        "slt c koi le num du gardien",
        "jsuis ds la merde svp repondez",
        "Week-end sans eau, help svp",
        "mon code wifi box SFR marche plus",
        "j'ai bu un thé avec la voisine, elle a un chien",
        "Bonjour, le parking du hall est plein de scooters",
        "Je m'appelle Del Vecchio, bail au nom de Maria dos Santos",
        "Bonjour السلام عليكم, mon chauffage est en panne depuis lundi",
        "el caufage i marche pa",
        "Mme Núñez, bât C, 3e",
        "çá fùit ìci",
        "la clim de la sono du bar d'en bas",
    ],
)
def test_french_however_short_is_not_foreign(message: str) -> None:
    assert not is_foreign(message)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("There is a strong smell of gas in my kitchen", "gas"),
        ("I think we have a gas leak, is it dangerous?", "gas"),
        ("GAS LEAK", "gas"),
        ("My carbon monoxide alarm is going off", "co"),
        ("The building is on fire", "fire"),
        ("Help my husband is beating me", "aggression"),
        ("a man with a knife is in the hall", "weapon"),
        ("we are stuck in the elevator", "trapped"),
        ("I want to die", "distress"),
        ("Fuga de gas en el edificio", "gas"),
        ("huele a gas en la cocina", "gas"),
        ("¿Hay un incendio en el sótano?", "fire"),
        ("mi marido me pega", "aggression"),
        ("Cheiro forte a gás na cozinha", "gas"),
        ("si sente odore di gas", "gas"),
        ("Es brennt im Keller", "fire"),
        ("miros puternic de gaz în bucătărie", "gas"),
        ("Pożar w piwnicy", "fire"),
        ("Mutfakta gaz kokusu var", "gas"),
        ("YANGIN VAR", "fire"),
        ("Yangın var, yardım edin", "fire"),
        ("В подъезде сильный запах газа", "gas"),
        ("Пожар в подвале!", "fire"),
        ("Муж избивает меня", "aggression"),
        ("Сильно пахне газом", "gas"),
        ("هناك رائحة غاز قوية في المطبخ", "gas"),
        ("يوجد حريق في العمارة", "fire"),
        ("زوجي يضربني", "aggression"),
    ],
)
def test_the_plain_words_of_danger_are_heard_in_other_languages(message: str, kind: str, model: TextModel) -> None:
    finding = scan(message)
    assert finding.level == "danger"
    assert kind in finding.types
    said = model.predict(message)
    assert (said.danger, said.urgency, said.abstained) == ("danger", "danger", True)


@pytest.mark.parametrize(
    "message", ["My heating is broken", "Die Heizung ist kaputt", "لا يوجد ماء ساخن", "我家没有热水"]
)
def test_what_nobody_understood_is_read_by_a_person_at_once(message: str, model: TextModel) -> None:
    said = model.predict(message)
    assert said.abstained
    assert said.danger == "check"


def test_a_call_for_help_is_checked() -> None:
    assert scan("help svp").level == "check"
    assert scan("Do I need a carbon monoxide detector?").level == "check"


def test_a_french_question_or_past_does_not_lower_foreign_words() -> None:
    assert scan("Si, hay fuga de gas?").level == "danger"


def test_no_word_is_on_both_sides() -> None:
    assert not _FRENCH & _FOREIGN


def test_the_french_examples_are_not_called_foreign() -> None:
    texts = [example.text for example in read_examples(CORPUS) if example.category != "autre"]
    assert sum(map(is_foreign, texts)) < 0.003 * len(texts)
