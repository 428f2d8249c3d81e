"""A member's identity provider, as administrators set it: who signs in there decides who reads complaints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotAllowed, NotFound
from service.domain.identity_provider import check_issuer, check_name, read_domains
from service.journey.administration import audit, four_eyes
from service.journey.administration.resealing import Resealed, sealed_anew
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff
from service.models.signing_in import IdentityProvider

KIND = "identity_provider"
SUBJECT = "Fournisseur d'identité"
# What may be written down of it, and how people call that: never its secret.
SHOWN: Mapping[str, str] = {
    "name": "Nom",
    "issuer": "Émetteur",
    "client_id": "Identifiant de client",
    "email_domains": "Domaines",
    "is_active": "En service",
    "is_the_only_way": "Seul moyen de se connecter",
}
SECRET: Mapping[str, str] = {"kept": "le même", "new": "changé", "none": "aucun"}


@dataclass(frozen=True)
class Typed:
    """What an administrator typed; `secret` is "" to keep the one before."""

    name: str
    issuer: str
    client_id: str
    secret: str
    domains: str
    is_public: bool = False  # no secret at all: PKCE alone
    is_active: bool = True
    is_the_only_way: bool = False


def provider_of(session: Session) -> IdentityProvider | None:
    """Return the provider of the transaction's member, in service or not."""
    return session.scalars(select(IdentityProvider)).first()


def linked(session: Session) -> Sequence[Staff]:
    """Return the people whose account is tied to one at the provider."""
    return session.scalars(select(Staff).where(Staff.subject.is_not(None)).order_by(Staff.name)).all()


def waiting(session: Session, ports: Ports) -> bool:
    """Say whether a change waits for a second person."""
    asked = select(Proposal.id).where(Proposal.kind == KIND, Proposal.decision.is_(None))
    return session.scalars(asked.where(Proposal.expires_at > ports.clock.now())).first() is not None


def save(member_id: UUID, staff_id: UUID, typed: Typed, reason: str, ports: Ports) -> bool:
    """Set the provider; say whether that is done already, or waits for a second person.

    The very first is done at once if nobody else leads or has come: it lets its setter in as any colleague.

    Raises
    ------
    BadInput, NotAllowed
        With the field that is wrong.

    """
    with member_transaction(member_id) as session:
        staff, provider = staff_member(session, staff_id), provider_of(session)
        values = _values(typed, provider, ports)
        _check_domains(session, member_id, values["email_domains"])
        is_first = provider is None and not typed.is_the_only_way and not linked(session)
        if is_first and not four_eyes.has_company(session, staff, ports.clock.now()):
            _write(session, member_id, audit.actor(staff), values, ports)
            return True
        if provider is not None and values["secret"] == "kept" and _shown(provider) == _only_shown(values):  # noqa: S105
            raise NotAllowed("nothing_changed")
        subject, values["before"] = _in_words(values, provider), _shown(provider) if provider else None
        four_eyes.propose(session, staff, KIND, subject=subject, values=values, reason=reason, ports=ports)
        return False


def apply(session: Session, proposal: Proposal, staff: Staff, ports: Ports) -> None:
    """Set what a second person agreed to, unless the provider is no longer what it was when that was proposed."""
    provider = provider_of(session)
    if proposal.values.get("before") != (_shown(provider) if provider else None):
        raise NotAllowed("provider_changed")
    _check_domains(session, staff.member_id, proposal.values["email_domains"])
    _write(session, staff.member_id, audit.actor(staff), proposal.values, ports)


def switch_off(member_id: UUID, who: audit.Actor, ports: Ports) -> None:
    """Let nobody sign in at the provider any more: everybody's password counts again. For a day of trouble.

    Raises
    ------
    NotFound
        When the member has none in service.

    """
    with member_transaction(member_id) as session:
        provider = provider_of(session)
        if provider is None or not provider.is_active:
            raise NotFound("provider")
        before = _shown(provider)
        provider.is_active = False
        audit.write_change(
            session, member_id, who, SUBJECT, _said(before), _said(_shown(provider)), at=ports.clock.now()
        )


def unlink(member_id: UUID, by_id: UUID, staff_id: UUID, ports: Ports) -> str:
    """Forget who a person is at the provider: their verified address ties the account anew. Return their name.

    Raises
    ------
    NotFound
        When there is no such person, or nothing to forget.

    """
    with member_transaction(member_id) as session:
        staff = session.get(Staff, staff_id, with_for_update=True)
        if staff is None or staff.subject is None:
            raise NotFound("staff")
        staff.subject = None
        audit.write(
            session, member_id, audit.actor(staff_member(session, by_id)), "changed", f"Compte de {staff.name}",
            at=ports.clock.now(), before={"Compte relié": True}, after={"Compte relié": False},
        )  # fmt: skip
        return staff.name


def reseal(member_ids: Sequence[UUID], done: Resealed, ports: Ports) -> None:
    """Seal the secrets of providers, and those that wait in proposals, under the newest key."""
    for member_id in member_ids:
        with member_transaction(member_id) as session:
            provider = provider_of(session)
            if provider and provider.sealed_secret:
                provider.sealed_secret = sealed_anew(provider.sealed_secret, SUBJECT, done, ports)
            asked = select(Proposal).where(Proposal.kind == KIND, Proposal.decision.is_(None))
            for proposal in session.scalars(asked.with_for_update()):
                sealed = proposal.values.get("sealed_secret")
                if sealed:
                    proposal.values = proposal.values | {"sealed_secret": sealed_anew(sealed, SUBJECT, done, ports)}


def _values(typed: Typed, provider: IdentityProvider | None, ports: Ports) -> dict[str, Any]:
    """Return what is kept of what was typed, the secret sealed."""
    issuer = check_issuer(typed.issuer)
    values = {
        "name": check_name(typed.name, "name"),
        "issuer": issuer,
        "client_id": check_name(typed.client_id, "client_id"),
        "email_domains": read_domains(typed.domains),
        "is_active": typed.is_active,
        "is_the_only_way": typed.is_the_only_way,
    }
    if typed.is_public:
        return values | {"secret": "none", "sealed_secret": None}
    if typed.secret:
        return values | {"secret": "new", "sealed_secret": ports.sealer.seal(check_name(typed.secret, "secret"))}
    # A secret is never shown to another issuer than the one that gave it.
    if provider is None or provider.sealed_secret is None or provider.issuer != issuer:
        raise BadInput("secret_missing", "secret")
    return values | {"secret": "kept"}


def _check_domains(session: Session, member_id: UUID, domains: Sequence[str]) -> None:
    for domain in domains:
        taken_by = session.scalar(text("select seve_member_of_email_domain(:domain)"), {"domain": domain})
        is_of_others = session.scalar(text("select seve_domain_of_others(:domain)"), {"domain": domain})
        if taken_by not in {None, member_id} or is_of_others:
            raise NotAllowed("domain_taken", "domains")


def _write(session: Session, member_id: UUID, who: audit.Actor, values: Mapping[str, Any], ports: Ports) -> None:
    provider, now = provider_of(session), ports.clock.now()
    before = _shown(provider) if provider else None
    if provider is None:
        provider = IdentityProvider(member_id=member_id, created_at=now)
        session.add(provider)
    for name in SHOWN:
        setattr(provider, name, values[name])
    if values["secret"] != "kept":  # noqa: S105  A word, no secret.
        provider.sealed_secret = values["sealed_secret"]
    session.flush()
    after, secret = _shown(provider), {"Secret": SECRET[values["secret"]]}
    if before is None:
        audit.write(session, member_id, who, "created", SUBJECT, at=now, after=_said(after) | secret)
        return
    untied = _forget_links(session, member_id, before, after)
    same = {"Secret": SECRET["kept"]}
    audit.write_change(session, member_id, who, SUBJECT, _said(before) | same, _said(after) | secret | untied, at=now)


def _forget_links(
    session: Session, member_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, int]:
    """Untie every account when another provider, or another client of it, may call other people by the same names."""
    if all(before[name] == after[name] for name in ("issuer", "client_id")):
        return {}
    count = session.scalar(select(func.count()).where(Staff.subject.is_not(None)).select_from(Staff)) or 0
    session.execute(update(Staff).where(Staff.member_id == member_id).values(subject=None))
    return {"Comptes déliés": count}


def _shown(provider: IdentityProvider) -> dict[str, Any]:
    return {name: getattr(provider, name) for name in SHOWN}


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {SHOWN[name]: value for name, value in values.items()}


def _only_shown(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in SHOWN}


def _in_words(values: Mapping[str, Any], provider: IdentityProvider | None) -> str:
    """Return what is asked, as the second person reads it."""
    before = _shown(provider) if provider else {}
    changed = [WORDS[name](values[name]) for name in SHOWN if values[name] != before.get(name)]
    if values["secret"] == "new":  # noqa: S105  A word, no secret.
        changed.append("le secret est changé")
    if values["secret"] == "none":  # noqa: S105  A word, no secret.
        changed.append("sans secret")
    return f"{SUBJECT} : {', '.join(changed)}"


WORDS: Mapping[str, Any] = {
    "name": lambda value: f"le nom devient « {value} »",
    "issuer": lambda value: f"l'émetteur devient {value} (chaque compte sera relié de nouveau)",
    "client_id": lambda value: f"l'identifiant de client devient {value} (chaque compte sera relié de nouveau)",
    "email_domains": lambda value: f"les domaines deviennent {', '.join(value) or 'aucun'}",
    "is_active": lambda value: "il est mis en service" if value else "il est mis hors service",
    "is_the_only_way": lambda value: (
        "il devient le seul moyen de se connecter (sauf pour l'administration)"
        if value
        else "les mots de passe comptent de nouveau"
    ),
}
