"""The draft behind the second screen: what was typed and chosen, kept until it is sent."""

from dataclasses import dataclass, replace

from service.journey.submission import drafts
from service.journey.submission.submission import Receipt
from service.models.member import Member
from service.tenant.choices import NO_CHOICE, Choices, as_kept, from_kept
from service.tenant.form import SIGNED, TRAP, Typed
from service.tenant.sending import ports

_NOT_KEPT = ("brouillon", TRAP)
_WHO = ("name", "dwelling_reference")  # the same person and home


@dataclass(frozen=True)
class Draft:
    """A draft found by the secret of its address."""

    token: str
    typed: Typed
    choices: Choices
    sent: Receipt | None = None


def start(member: Member, typed: Typed) -> Draft:
    """Keep what the first screen sent and return its draft; sent twice, it is the same one.

    From a draft that was taken up again come the choices, and what the extranet said of who writes.
    """
    before = find(member, typed["brouillon"])
    typed = typed | dict.fromkeys(_NOT_KEPT, "")
    if before and all(before.typed.get(name) == typed[name] for name in _WHO) and not typed["tenancy_reference"]:
        typed |= {name: before.typed[name] for name in SIGNED}
    token = drafts.token_of(member.id, typed["nonce"], typed, ports())
    found = find(member, token)
    if found:
        return found
    choices = _choices(before, typed)
    drafts.keep(member.id, token, {"typed": typed, "choices": as_kept(choices)}, ports())
    return Draft(token, typed, choices)


def choices_of(member: Member, typed: Typed) -> Choices:
    """Return what was chosen on either screen before a message is sent from the first."""
    return _choices(find(member, typed["brouillon"]), typed)


def _choices(before: Draft | None, typed: Typed) -> Choices:
    choices = before.choices if before else NO_CHOICE
    return replace(choices, subject=typed["sujet"]) if typed["sujet"] else choices


def keep(member: Member, draft: Draft, choices: Choices) -> None:
    """Keep what was chosen on the second screen."""
    drafts.keep(member.id, draft.token, {"typed": draft.typed, "choices": as_kept(choices)}, ports())


def find(member: Member, token: str) -> Draft | None:
    """Return the draft of an address, or None; one that was sent holds nothing but where it went."""
    opened = drafts.open_draft(member.id, token, ports()) if token else None
    if opened is None:
        return None
    if opened.sent:
        return Draft(token, {}, NO_CHOICE, opened.sent)
    return Draft(token, dict(opened.content["typed"]), from_kept(opened.content["choices"]))


def mark_sent(member: Member, draft: Draft, receipt: Receipt) -> None:
    """Forget what the draft holds."""
    drafts.mark_sent(member.id, draft.token, receipt, ports())
