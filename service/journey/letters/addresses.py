"""What is written when the address that news go to changes: by the tenant, or by staff for who calls."""

from collections.abc import Callable

from service.domain.news import CONFIRMATION, WARNING
from service.journey.news.messages import Facts, Letter


def _confirmation(facts: Facts) -> Letter:
    """Ask whoever reads the new address whether it is theirs. It says nothing of the complaint but its reference."""
    _, member = facts.language.gettext, facts.member.name
    return Letter(
        _("Confirmez votre adresse e-mail"),
        [
            _("Bonjour,"),
            _(
                "Quelqu'un veut recevoir à cette adresse les nouvelles de la demande %(reference)s, chez %(member)s.",
                reference=facts.complaint.reference,
                member=member,
            ),
            _("Vous l'avez demandé ? Confirmez avec le bouton. Il marche pendant deux jours."),
            _("Vous n'avez rien demandé ? Ne faites rien : rien ne vous sera envoyé."),
            member,
        ],
        [(_("Confirmer mon adresse"), facts.personal_url)],
        heading=_("Confirmez votre adresse"),
        preheader=_("Un bouton à toucher, et c'est fait."),
    )


def _warning(facts: Facts) -> Letter:
    """Tell the old address: whoever reads it may not be who asked."""
    _, member = facts.language.gettext, facts.member
    return Letter(
        _("Vos nouvelles vont changer d'adresse - demande %(reference)s", reference=facts.complaint.reference),
        [
            _("Bonjour,"),
            _(
                "Quelqu'un a demandé de recevoir ailleurs les nouvelles de la demande %(reference)s.",
                reference=facts.complaint.reference,
            ),
            _("C'est bien vous qui l'avez demandé ? Vous n'avez rien de plus à faire."),
            _(
                "Ce n'est pas vous ? Appelez %(member)s au %(phone)s, et donnez la référence de votre demande.",
                member=member.name,
                phone=member.phone,
            ),
            member.name,
        ],
        [(_("Voir comment je suis prévenu"), f"{facts.tracking_url}/nouvelles")],
        heading=_("Vos nouvelles vont changer d'adresse"),
        preheader=_("Si ce n'est pas vous, appelez-nous."),
    )


LETTERS: dict[str, Callable[[Facts], Letter]] = {CONFIRMATION: _confirmation, WARNING: _warning}
