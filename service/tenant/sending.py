"""Sending what a tenant wrote, from either screen of the form: once for each page, and never without an answer."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import current_app, redirect, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as AnyResponse

from service.domain.questions import told_by
from service.domain.submission import MAX_TEXT
from service.journey import steps
from service.journey.danger.hearing import danger_in
from service.journey.ports import Ports
from service.journey.submission import submission
from service.journey.submission.submission import Receipt
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.member import Member
from service.tenant.choices import NO_CHOICE, Choices
from service.tenant.form import Typed, as_submission
from service.tenant.sending_limits import SendingLimits


class MustWait(Exception):
    """Too much was sent from there in a short time."""


def ports() -> Ports:
    """Return everything outside."""
    found: Ports = current_app.extensions["seve"].ports
    return found


def limits() -> SendingLimits:
    """Return how much this process has lately taken from whom."""
    found: SendingLimits = current_app.extensions["seve.tenant.sending_limits"]
    return found


def key_of(typed: Typed) -> str:
    """Return the key under which a page's message is stored once."""
    return f"form:{typed['nonce']}"


def send(member: Member, typed: Typed, choices: Choices = NO_CHOICE) -> Receipt:
    """Store the complaint and bring it to its desk; the same page sent again gives the same receipt.

    Raises
    ------
    MustWait
        When too much was sent from there lately. A danger does not wait for that.
    ReplayedWithAnotherBody
        When this page was sent before with something else.

    """
    now, sent = ports().clock.now(), as_submission(typed, choices)
    if limits().are_reached(typed, now) and sent_before(member, typed) is None:
        is_urgent = told_by(sent.details).level == "danger" or is_danger(typed["text"])
        if not (is_urgent and limits().takes_danger(now)):
            raise MustWait
    receipt = submission.submit(member.id, sent, key_of(typed), ports())
    if receipt.is_new:
        limits().count(typed, now)
        steps.follow(receipt.member_id, receipt.complaint_id, ports())
    return receipt


def sent_before(member: Member, typed: Typed) -> Receipt | None:
    """Return what this very page sent before. Sending it again makes no new complaint, and need not wait."""
    try:
        return submission.receipt_of(member.id, key_of(typed))
    except NoResultFound:
        return None


def complaint_of(receipt: Receipt) -> Complaint:
    """Return the complaint of a receipt, with whichever member it is."""
    with member_transaction(receipt.member_id) as session:
        return session.get_one(Complaint, receipt.complaint_id)


def lead_to_tracking(receipt: Receipt, lost: Sequence[str] = ()) -> AnyResponse:
    """Lead to the page that says it arrived, and names the fields that could not be kept."""
    token = complaint_of(receipt).tracking_token
    address = url_for("tenant.tracking", token=token, nouveau=1, manque=" ".join(lost) or None)
    return redirect(address, HTTPStatus.SEE_OTHER)


def is_danger(text: str) -> bool:
    """Say whether words may tell of a danger: they are then sent at once, for whoever leaves must not lose them.

    A message in another language is "to check" for that alone: its writer reads it again like everybody else.
    """
    read, model = text[:MAX_TEXT], ports().text_model
    if not read.strip():
        return False
    is_heard = model.danger_level(read) == "danger" or bool(model.danger_types(read))
    return is_heard or danger_in(read, ports()) == "danger"
