"""Drift: what the weeks of the text model say, in sentences for the network's readers and for whoever runs Sève."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

from service.domain.quality import (
    BEFORE,
    FEWEST_AUDITS,
    LEAST_ANSWERED,
    LEAST_PRECISION,
    Alarm,
    Week,
    alarms,
    audits_of,
    lower_bound,
)
from service.domain.quality import merge as merge_versions
from service.journey.dates import day_in_words

NOTHING = "Aucune semaine n'est encore résumée. La première paraîtra ici une fois terminée : il n'y a rien à faire."
NO_ALARM = f"Aucune alerte : rien ne sort de l'ordinaire des {BEFORE} semaines d'avant."
TOO_EARLY = f"Il faut {BEFORE} semaines avant de pouvoir dire si une semaine sort de l'ordinaire."
CHANGED = " Le modèle a changé entre-temps : l'écart peut venir de lui."
# about -> (name people read, the week it is judged in, what it may mean)
_MEANINGS = {
    "unknown_share": ("Mots inconnus", "la dernière semaine", "Les locataires parlent peut-être d'une chose nouvelle."),
    "confidence": ("Confiance moyenne", "la dernière semaine", "Les messages ne ressemblent plus à ceux d'avant."),
    "override_rate": ("Corrections", "l'avant-dernière semaine", "Regardez quels sujets les équipes corrigent."),
}


@dataclass(frozen=True)
class Report:
    """What to read aloud; `calm` is said when there is no alarm. Empty where there is nothing to say."""

    sentence: str
    audit: str = ""
    alarms: tuple[str, ...] = ()
    calm: str = ""


def report(weeks: Sequence[Week]) -> Report:
    """Return what the weeks say, the latest first of all."""
    merged = merge_versions(weeks)
    if not merged:
        return Report(NOTHING)
    return Report(
        sentence=_sentence(merged[-1]),
        audit=_audit(weeks, merged[-1].model_version),
        alarms=tuple(in_words(alarm) for alarm in alarms(weeks)),
        calm=NO_ALARM if len(merged) > BEFORE else TOO_EARLY,
    )


def tenths(share: float) -> str:
    """Return a share from 0 to 1 in per cent, to the tenth."""
    return f"{format_decimal(Decimal(str(share)) * 100, '#,##0.0', locale='fr')}\u202f%"


def _sentence(week: Week) -> str:
    said = (
        f"Semaine du {day_in_words(week.week)} : {week.messages} messages lus, "
        f"{tenths(week.abstained / week.messages)} laissés à une personne"
    )
    rate = week.override_rate
    return f"{said}." if rate is None else f"{said}. Parmi les autres, {tenths(rate)} sont déjà corrigés."


def _audit(weeks: Sequence[Week], version: str) -> str:
    """Return what the checks drawn by lot say of the version in use."""
    found = audits_of(weeks, version)
    answered = f"Tirage au sort, pour ce modèle : {found.answered} vérifiés sur {found.drawn} tirés au sort."
    well_answered = f"où {LEAST_ANSWERED * 100:.0f}\u202f% au moins des tirés sont vérifiés"
    if found.judged < FEWEST_AUDITS:
        return f"{answered} Il en faut {FEWEST_AUDITS}, dans des semaines {well_answered}, pour conclure."
    return (
        f"{answered} Dans les semaines {well_answered} : {found.right} bons sujets sur {found.judged} vérifiés. "
        f"La justesse est d'au moins {tenths(lower_bound(found.right, found.judged))}, à 95\u202f% de certitude."
    )


def in_words(alarm: Alarm) -> str:
    """Return an alarm in a sentence, with what it may mean."""
    found, expected = tenths(alarm.found), tenths(alarm.expected)
    if alarm.about == "precision":
        return (
            f"Le tirage au sort ne garantit plus que {found} de bons sujets, pour {tenths(LEAST_PRECISION)} attendus. "
            "Il est temps de réapprendre le modèle avec les corrections."
        )
    label, when, meaning = _MEANINGS[alarm.about]
    way = "plus" if alarm.found > alarm.expected else "moins"
    changed = CHANGED if alarm.changed else ""
    return f"{label} : {found} {when}, {way} que d'ordinaire ({expected}). {meaning}{changed}"
