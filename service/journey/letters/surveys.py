"""What asks a household how it went: one click, or a link. Nothing is changed by following a link."""

from collections.abc import Callable

from service.domain.feedback import SCORES
from service.journey.news.messages import Facts, Letter


def _survey(facts: Facts) -> Letter:
    """Ask, two days after it ended."""
    _, reference = facts.language.gettext, facts.complaint.reference
    return _asking(
        facts,
        _("Votre demande %(reference)s : comment cela s'est-il passé ?", reference=reference),
        _("Votre demande %(reference)s est terminée. Est-ce que c'est bien réglé ?", reference=reference),
    )


def _reminder(facts: Facts) -> Letter:
    """Ask once more, and never again."""
    _, reference = facts.language.gettext, facts.complaint.reference
    return _asking(
        facts,
        _("Votre avis sur la demande %(reference)s nous manque", reference=reference),
        _(
            "Votre demande %(reference)s est terminée. Nous vous avons demandé votre avis la semaine dernière. "
            "C'est notre seul rappel.",
            reference=reference,
        ),
    )


def _asking(facts: Facts, subject: str, opening: str) -> Letter:
    _, page = facts.language.gettext, f"{facts.tracking_url}/avis"
    number = facts.language.number
    marks = [
        (number(score), _("Ma note : %(score)s sur 10", score=number(score)), f"{page}?note={score}")
        for score in SCORES
    ]
    return Letter(
        subject,
        [
            _("Bonjour,"),
            opening,
            _("Ce n'est pas réglé ? Dites-le : nous rouvrons votre demande."),
            _("Votre note, de 0 (très mal) à 10 (très bien). Appuyez sur un chiffre, puis confirmez sur la page :"),
        ],
        [(_("Ce n'est pas réglé"), f"{page}?regle=no"), (_("Relire ma demande"), facts.tracking_url)],
        heading=_("Comment cela s'est-il passé ?"),
        preheader=_("Une note de 0 à 10, et c'est tout si vous voulez."),
        marks=marks,
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"survey": _survey, "survey_reminder": _reminder}
