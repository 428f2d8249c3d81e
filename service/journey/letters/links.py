"""Letters that bring a tenant back to their page, tell what a contest led to, and ask a colleague to look again."""

from collections.abc import Callable

from service.domain.status import EventKind
from service.domain.taxonomy import category_label
from service.journey.languages import Language, language
from service.journey.letters.reserved import sensitive
from service.journey.news.messages import Facts, Letter, Occasion
from service.journey.news.own_links import OwnLink

MOST_IN_SMS = 3  # the newest: a text message is short


def _links(occasion: Occasion) -> Letter:
    """Give the links back, to the address alone. The subject and the text message carry no name of a person."""
    spoken = language(occasion.delivery.data.get("language"))
    _, member = spoken.gettext, occasion.member
    subject = _("Les liens de vos demandes")
    if occasion.delivery.channel == "sms":
        newest = [one.url for one in occasion.links[:MOST_IN_SMS]]
        return Letter(subject, ["\n".join([_("%(member)s : les liens de vos demandes.", member=member.name), *newest])])
    return Letter(
        subject,
        [
            _("Bonjour,"),
            _(
                "Quelqu'un a demandé les liens de vos demandes chez %(member)s. Les voici, la plus récente d'abord.",
                member=member.name,
            ),
            _("Ces liens ouvrent vos demandes sans mot de passe : gardez-les pour vous."),
            _("Ce n'était pas vous ? Ne faites rien : personne d'autre ne les a reçus."),
            _("%(member)s, %(phone)s", member=member.name, phone=member.phone),
        ],
        [(_label(one, spoken), one.url) for one in occasion.links],
        heading=subject,
        preheader=_("Un lien pour chaque demande des douze derniers mois."),
    )


def _label(link: OwnLink, spoken: Language) -> str:
    _ = spoken.gettext
    day = spoken.moment(link.submitted_at)
    if link.category is None:
        return _("Demande %(reference)s, %(day)s", reference=link.reference, day=day)
    subject = _(category_label(link.category))
    return _("Demande %(reference)s, %(subject)s, %(day)s", reference=link.reference, subject=subject, day=day)


def _contest_answered(facts: Facts) -> Letter:
    """Tell the tenant what a person found of the subject or the desk they contested."""
    _, reference = facts.language.gettext, facts.complaint.reference
    return Letter(
        _("Nous avons vérifié votre demande %(reference)s", reference=reference),
        [
            _("Bonjour,"),
            _("Vous nous avez dit que le sujet ou l'équipe n'était pas le bon. Une personne a vérifié."),
            _found(facts),
            _("Vous n'êtes pas d'accord ? Écrivez-le sur votre page de suivi."),
            facts.member.name,
        ],
        [(_("Suivre ma demande"), facts.tracking_url)],
        heading=_("Nous avons vérifié votre demande"),
        preheader=_("Une personne a regardé le sujet et l'équipe."),
    )


def _found(facts: Facts) -> str:
    _, data = facts.language.gettext, facts.event.data
    if facts.event.kind == EventKind.CORRECTED:
        subject = _(category_label(data["to"]))
        return _("Le sujet est corrigé. C'est maintenant : %(subject)s.", subject=subject)
    if data.get("about") == "recipient":
        return _("C'est bien cette équipe qui peut agir : %(desk)s.", desk=facts.desk)
    return _("Le sujet est bien : %(subject)s.", subject=_(category_label(data.get("category"))))


def _review(facts: Facts) -> Letter:
    """Ask a supervisor to look again."""
    complaint = facts.complaint
    if complaint.is_sensitive:
        return sensitive(facts, "Le locataire demande qu'une autre personne relise la réponse : c'est à vous.")
    return Letter(
        f"Demande {complaint.reference} - à relire par une autre personne",
        [
            "Bonjour,",
            "Le locataire n'accepte pas la réponse reçue. Il demande qu'une autre personne relise : c'est à vous.",
            f"Objet : {category_label(complaint.category)}. Lieu : {facts.place}.",
            "La relecture est faite quand vous répondez ou quand vous terminez la demande.",
        ],
        [("Relire la demande", facts.staff_url)],
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {"contest_answered": _contest_answered, "review": _review}
GENERAL: dict[str, Callable[[Occasion], Letter]] = {"links": _links}
