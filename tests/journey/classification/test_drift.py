"""What the weeks of the text model say in words."""

from dataclasses import replace
from datetime import date, timedelta

from service.domain.quality import Week
from service.journey.classification import drift
from service.journey.classification.drift import report

MONDAY = date(2026, 11, 16)
CALM = Week(MONDAY, "one", 100, 10, 0.8, 0.05, 9, 0, 0, 0)


def weeks(count: int, **last: object) -> list[Week]:
    told = [replace(CALM, week=MONDAY - timedelta(weeks=count - 1 - place)) for place in range(count)]
    swaying = [replace(one, unknown_share=0.05 + 0.001 * (place % 2)) for place, one in enumerate(told)]
    return [*swaying[:-1], replace(told[-1], **last)]  # type: ignore[arg-type]


def as_read(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_without_a_week_there_is_nothing_to_do() -> None:
    assert report([]) == drift.Report(drift.NOTHING)


def test_the_latest_week_is_said_in_one_sentence() -> None:
    found = report(weeks(9))
    assert as_read(found.sentence) == (
        "Semaine du 16 novembre 2026 : 100 messages lus, 10,0 % laissés à une personne. "
        "Parmi les autres, 10,0 % sont déjà corrigés."
    )
    assert found.alarms == ()
    assert found.calm == drift.NO_ALARM
    assert report(weeks(8)).calm == drift.TOO_EARLY


def test_the_first_of_a_month_is_said_as_people_say_it() -> None:
    assert drift.day_in_words(date(2026, 6, 1)) == "1er juin 2026"


def test_a_week_all_left_to_people_says_nothing_of_corrections() -> None:
    assert as_read(report([replace(CALM, abstained=100, overridden=0)]).sentence).endswith("laissés à une personne.")


def test_an_alarm_says_what_how_much_and_what_it_may_mean() -> None:
    before = [replace(one, unknown_share=0.04 + 0.02 * (place % 2)) for place, one in enumerate(weeks(9))]
    (alarm,) = report([*before[:-1], replace(before[-1], unknown_share=0.2)]).alarms
    assert as_read(alarm) == (
        "Mots inconnus : 20,0 % la dernière semaine, plus que d'ordinaire (5,0 %). "
        "Les locataires parlent peut-être d'une chose nouvelle."
    )
    many = [replace(one, overridden=30) if place == 8 else one for place, one in enumerate(weeks(10))]
    (corrections,) = report(many).alarms
    assert "Corrections : 33,3 % l'avant-dernière semaine, plus que d'ordinaire (10,0 %)." in as_read(corrections)
    (less,) = report(weeks(9, unknown_share=0.0)).alarms
    assert ", moins que d'ordinaire" in less


def test_an_alarm_says_that_the_model_changed() -> None:
    (alarm,) = report(weeks(9, unknown_share=0.2, model_version="two")).alarms
    assert alarm.endswith(drift.CHANGED)


def test_the_audit_is_said_when_it_can_be_and_its_lack_when_it_cannot() -> None:
    few = as_read(report([replace(CALM, drawn=60, audited=49, audited_right=49)]).audit)
    assert few.startswith("Tirage au sort, pour ce modèle : 49 vérifiés sur 60 tirés au sort.")
    assert "Il en faut 50, dans des semaines où 80 % au moins des tirés sont vérifiés, pour conclure" in few
    waiting = as_read(report([replace(CALM, drawn=100, audited=70, audited_right=60)]).audit)
    assert "70 vérifiés sur 100 tirés au sort" in waiting
    assert "Il en faut 50" in waiting
    enough = as_read(report([replace(CALM, drawn=60, audited=50, audited_right=50)]).audit)
    assert "50 vérifiés sur 60 tirés au sort" in enough
    assert "50 bons sujets sur 50 vérifiés" in enough
    assert "d'au moins 92,9 %" in enough
    (alarm,) = report([replace(CALM, drawn=100, audited=100, audited_right=90)]).alarms
    assert "ne garantit plus que 82,6 %" in as_read(alarm)
