"""What is written to every household of a collective incident."""

from collections.abc import Callable

from service.journey.letters.complaints import safety
from service.journey.news.messages import Facts, Letter, Typed
from service.journey.submission.known import Known


def _so_many(facts: Facts, known: Known) -> list[str]:
    if known.neighbours is None:
        return []
    ngettext = facts.language.ngettext
    return [ngettext("%(num)s foyer l'a signalé.", "%(num)s foyers l'ont signalé.", known.neighbours)]


def _next_news(facts: Facts, known: Known) -> str:
    _ = facts.language.gettext
    if known.kind == "works" and known.ends_at:
        return _("La fin est prévue le %(moment)s.", moment=facts.language.moment(known.ends_at))
    if known.next_news_at:
        when = facts.language.moment(known.next_news_at)
        return _("Prochaines nouvelles au plus tard le %(moment)s.", moment=when)
    return _("Nous vous écrivons dès qu'il y a du nouveau.")


def _linked(facts: Facts) -> Letter:
    """Say that the trouble is known; the figures are those of the moment the mail leaves."""
    _, known, reference = facts.language.gettext, facts.known, facts.complaint.reference
    title = known.title if known else str(facts.event.data["title"])
    is_open = known is not None and known.is_open
    return Letter(
        _("Problème connu dans votre résidence - demande %(reference)s", reference=reference),
        [
            _("Bonjour,"),
            *safety(facts, is_danger=facts.complaint.urgency == "danger"),
            _(
                "Votre demande %(reference)s parle d'un problème connu dans votre résidence : %(title)s.",
                reference=reference,
                title=title,
            ),
            *(_so_many(facts, known) if known and is_open else []),
            _next_news(facts, known)
            if known and is_open
            else _("Vous pouvez lire où cela en est sur la page de suivi."),
            _("Votre demande reste suivie comme les autres."),
            _("Si votre problème est différent, dites-le sur la page de suivi."),
            facts.member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Un problème connu dans votre résidence"),
        preheader=_("Nous nous en occupons pour toute la résidence."),
    )


def _incident_news(facts: Facts) -> Letter:
    _, known, data = facts.language.gettext, facts.known, facts.event.data
    return Letter(
        _(
            "Des nouvelles du problème dans votre résidence - demande %(reference)s",
            reference=facts.complaint.reference,
        ),
        [
            Typed(f"{data['title']}."),
            Typed(data["text"]),
            *([_next_news(facts, known)] if known and known.is_open and known.next_news_at else []),
            facts.signature,
        ],
        [(_("Lire, répondre ou compléter"), facts.tracking_url)],
        heading=_("Des nouvelles du problème dans votre résidence"),
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"linked": _linked, "incident_news": _incident_news}
