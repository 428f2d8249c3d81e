"""What tenants are told by text message: one short message that leads to the page, without a name or anybody's words.

Several writings of the same, the fullest first: the first that leaves as one message is sent.
"""

from collections.abc import Callable, Sequence

from service.domain.news import WARNING, shortened
from service.journey.news.messages import Facts

Writings = Callable[[Facts], Sequence[str]]


def text_of(purpose: str, facts: Facts) -> str:
    """Return the text message of a purpose of WRITINGS."""
    return shortened(WRITINGS[purpose](facts))


def _both(facts: Facts, said: str) -> Sequence[str]:
    """Return what is said with the member's name, and without."""
    _ = facts.language.gettext
    asks = {"said": said, "url": facts.tracking_url}
    return (_("%(member)s : %(said)s %(url)s", member=facts.member.name, **asks), _("%(said)s %(url)s", **asks))


def _received(facts: Facts) -> Sequence[str]:
    _, complaint = facts.language.gettext, facts.complaint
    if complaint.urgency == "danger" or complaint.danger == "danger" or complaint.danger_types:
        said = _("Demande %(reference)s reçue. En danger ? Appelez le 112.", reference=complaint.reference)
        return _both(facts, said)
    day = facts.language.day(complaint.promised_answer_by)
    short = _("Demande %(reference)s reçue.", reference=complaint.reference)
    full = _("Demande %(reference)s reçue. Réponse au plus tard le %(day)s.", reference=complaint.reference, day=day)
    return (_both(facts, full)[0], *_both(facts, short))


def _answered(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    return _both(facts, _("Une réponse à votre demande %(reference)s.", reference=facts.complaint.reference))


def _asked(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    said = _("Une question sur votre demande %(reference)s. Répondez ici :", reference=facts.complaint.reference)
    return _both(facts, said)


def _closed(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    said = _(
        "Votre demande %(reference)s est terminée. Pas réglé ? Dites-le ici :", reference=facts.complaint.reference
    )
    return _both(facts, said)


def _planned(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    return _both(
        facts, _("Un passage est prévu pour votre demande %(reference)s.", reference=facts.complaint.reference)
    )


def _extended(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    return _both(facts, _("Un délai de plus pour votre demande %(reference)s.", reference=facts.complaint.reference))


def _moved(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    return _both(facts, _("Votre demande %(reference)s avance.", reference=facts.complaint.reference))


def _promise_changed(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    said = _("Un engagement change pour votre demande %(reference)s.", reference=facts.complaint.reference)
    return _both(facts, said)


def _linked(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    said = _("Demande %(reference)s : le problème est connu dans votre résidence.", reference=facts.complaint.reference)
    return _both(facts, said)


def _incident_news(facts: Facts) -> Sequence[str]:
    _ = facts.language.gettext
    return _both(facts, _("Des nouvelles du problème dans votre résidence."))


def _survey(facts: Facts) -> Sequence[str]:
    """Ask how it went. The link leads to the page of eleven buttons, not to the complaint."""
    _, reference = facts.language.gettext, facts.complaint.reference
    asks = {"reference": reference, "url": f"{facts.tracking_url}/avis"}
    named = _("%(member)s : votre demande %(reference)s, c'est bien réglé ? %(url)s", member=facts.member.name, **asks)
    return (named, _("Votre demande %(reference)s, c'est bien réglé ? %(url)s", **asks))


def _number_changed(facts: Facts) -> Sequence[str]:
    """Tell the number that was changed: whoever reads it may not be who asked. Nothing here leads to the complaint."""
    _, member = facts.language.gettext, facts.member
    asks = {"reference": facts.complaint.reference, "phone": member.phone}
    return (
        _(
            "%(member)s : le téléphone de votre demande %(reference)s a changé. "
            "Ce n'est pas vous ? Appelez le %(phone)s.",
            member=member.name,
            **asks,
        ),
        _("Le téléphone de votre demande %(reference)s a changé. Ce n'est pas vous ? Appelez le %(phone)s.", **asks),
    )


WRITINGS: dict[str, Writings] = {
    WARNING: _number_changed,
    "received": _received,
    "answered": _answered,
    "asked": _asked,
    "closed": _closed,
    "planned": _planned,
    "extended": _extended,
    "transferred": _moved,
    "passed_on": _moved,
    "committed": _moved,
    "commitment_dropped": _promise_changed,
    "linked": _linked,
    "incident_news": _incident_news,
    "contest_answered": _moved,
    "survey": _survey,
    "survey_reminder": _survey,
}
