"""The page on which a supplier or an authority answers: shown, and its four answers."""

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotAllowed
from service.domain.submission import MAX_TEXT
from service.domain.transfers import REFUSALS, is_live
from service.journey import steps
from service.journey.delivery import answers, handovers
from service.journey.delivery.handovers import Door
from service.journey.ports import Ports
from service.journey.submission import pictures
from service.journey.submission.submission import PARIS
from service.partner import wording


def show(token: str) -> ResponseReturnValue:
    """Show the page. It changes nothing: scanners of mail follow links too."""
    return _page(token)


def accept(token: str) -> ResponseReturnValue:
    """Take the complaint on."""
    return _answer(token, "accept", lambda ports: answers.accept(token, ports))


def refuse(token: str) -> ResponseReturnValue:
    """Hand the complaint back, saying who should have it."""

    def use_case(ports: Ports) -> tuple[UUID, UUID]:
        recipient = "" if "nobody_known" in request.form else _typed("recipient").strip()
        if not recipient and "nobody_known" not in request.form:
            raise BadInput("no_recipient", "recipient")
        return answers.refuse(token, _typed("reason"), recipient, _typed("refusal_words").strip(), ports)

    return _answer(token, "refuse", use_case, {"words": "refusal_words"})


def plan(token: str) -> ResponseReturnValue:
    """Give the day of a visit."""
    return _answer(token, "plan", lambda ports: answers.plan_visit(token, _day(), _typed("slot"), ports))


def finish(token: str) -> ResponseReturnValue:
    """Say that the work is done, with pictures; all of them are good, or nothing is kept."""

    def use_case(ports: Ports) -> tuple[UUID, UUID]:
        handovers.ids_in(token, ports)  # A stranger's files are not even looked at.
        photos = pictures.clean(_uploads(), "photos", ports)
        return answers.finish(token, _typed("words").strip(), photos, ports)

    return _answer(token, "finish", use_case)


def _answer(
    token: str, form: str, use_case: Callable[[Ports], tuple[UUID, UUID]], fields: dict[str, str] | None = None
) -> ResponseReturnValue:
    """Give the answer and lead back to the page, or show the form again with what was typed."""
    ports = _ports()
    try:
        member_id, complaint_id = use_case(ports)
    except BadInput as refusal:
        field = refusal.field or ""
        errors = {(fields or {}).get(field, field): wording.in_french(refusal)}
        return _page(token, errors, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except NotAllowed as refusal:
        said = wording.ALREADY_DONE if refusal.code == "already_done" else wording.CHANGED
        return _page(token, {"": said}, status=HTTPStatus.CONFLICT)
    steps.follow(member_id, complaint_id, ports)
    return redirect(url_for("partner.show", token=token), HTTPStatus.SEE_OTHER)


def _page(
    token: str, errors: dict[str, str] | None = None, form: str = "", status: int = HTTPStatus.OK
) -> ResponseReturnValue:
    ports = _ports()
    sheet = handovers.open_page(token, ports)
    if sheet.door != Door.OPEN:
        title, text = wording.DOORS[sheet.door]
        page = render_template("partner/closed.html", member=sheet.member, title=title, text=text)
        return page, HTTPStatus.OK if sheet.door == Door.REFUSED else HTTPStatus.GONE
    today = ports.clock.now().astimezone(PARIS).date()
    page = render_template(
        "partner/page.html",
        sheet=sheet,
        handover=sheet.handover,
        complaint=sheet.complaint,
        member=sheet.member,
        is_live=is_live(sheet.handover.status),
        token=token,
        today=today,
        refusals=REFUSALS,
        most_photos=pictures.MOST,
        max_text=MAX_TEXT,
        typed=request.form,
        errors=errors or {},
        form=form,
    )
    return page, status


def _uploads() -> list[pictures.Upload]:
    """Return the files sent; large ones were put aside on the disk, and are let go of."""
    uploads = []
    for one in request.files.getlist("photos"):
        with one.stream as stream:
            uploads.append(pictures.Upload(one.filename or "", stream.read()))
    return [upload for upload in uploads if upload.name]


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found


def _typed(field: str) -> str:
    """Return what was typed, with the line ends people mean."""
    return request.form.get(field, "").replace("\r\n", "\n")


def _day() -> date:
    """Return the day typed, as browsers send it or as people write it where they have no calendar."""
    typed = _typed("on").strip()
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, form).replace(tzinfo=PARIS).date()
        except ValueError:
            continue
    raise BadInput("not_a_day", "on")
