"""Acts on many complaints: chosen in the inbox, looked at before, done with one press, undone for half an hour."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from service.domain.bulk import AT_MOST, EACH, UNDO_FOR, Kind
from service.domain.errors import NotFound, Refusal
from service.domain.permissions import Act
from service.domain.submission import MAX_REASON
from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.domain.templates import VARIABLES, Use
from service.journey.classification.classification import BY_ITSELF
from service.journey.inbox import bulk, bulk_choices, bulk_preview, live
from service.journey.inbox import views as journey
from service.journey.news import templates
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.workspace import BulkAct
from service.staff import refusals
from service.staff.complaint import subject, views
from service.staff.complaint.complaint import typed
from service.staff.inbox import bulk_wording
from service.staff.request_context import now, ports, today
from service.staff.route import page, press
from service.staff.wording import count

HOME = "/equipe/"


def choose(kind: str) -> ResponseReturnValue:
    """Ask what is to be done to the complaints that were ticked."""
    if not bulk_choices.readable(request.form.getlist("choisi")):
        flash("Cochez d'abord des demandes dans la liste.")
        return redirect(_back(), 303)
    return _form(_kind(kind))


def prepare(kind: str) -> ResponseReturnValue:
    """Keep what is to be done, and lead to what it would change."""
    asked = _kind(kind)
    try:
        with member_transaction(g.staff.member_id) as session:
            ids = request.form.getlist("choisi")
            choice = bulk_choices.choice(session, asked, request.form, ids, today())
            kept = {**choice.values, "back": _back()}
            seen = _seen() or live.last_event(session)
            act_id = bulk.prepare(session, g.staff.id, bulk.Choice(asked, choice.ids, kept, choice.to), seen, now())
    except Refusal as refusal:
        return _form(asked, {refusal.field or "": refusals.in_french(refusal)}), refusals.status_of(refusal)
    return redirect(url_for("staff.bulk_act", act_id=act_id), 303)


def show(act_id: UUID) -> str:
    """Show what an act would change, or what it did."""
    with member_transaction(g.staff.member_id) as session:
        act = bulk.act_of(session, act_id, g.staff.id)
        if bulk.is_begun(act):
            return _result(session, act)
    preview = bulk_preview.rehearse(g.staff.member_id, act_id, g.staff.id, ports())
    with member_transaction(g.staff.member_id) as session:
        views.look_over(session, [one.id for one in preview.changes], journey.ACT)
    return render_template(
        "staff/bulk_preview.html",
        act=act,
        kind=Kind(act.kind),
        preview=preview,
        say=bulk_wording,
        undo_minutes=int(UNDO_FOR.total_seconds()) // 60,
    )


def perform(act_id: UUID) -> ResponseReturnValue:
    """Do it, and lead back to the list, or to the incident."""
    bulk.perform(g.staff.member_id, act_id, g.staff.id, ports())
    with member_transaction(g.staff.member_id) as session:
        act = bulk.act_of(session, act_id, g.staff.id)
    kind, number = Kind(act.kind), sum("done" in item for item in act.items)
    left = len(act.items) - number
    said = bulk_wording.done(kind, number) + "." + (f" Laissées de côté : {left}." if left else "")
    made = act.values.get("made") or act.values.get("incident")
    if kind == Kind.LINK and number:
        flash(_told(said, act_id, "Voir le détail, ou annuler"))
        return redirect(url_for("staff.incident", incident_id=made), 303)
    flash(_told(said, act_id, "Voir le détail", with_undo=bulk.offers_undo(act, now())))
    return redirect(act.values["back"], 303)


def undo(act_id: UUID) -> ResponseReturnValue:
    """Put back what an act did, and say what could not be."""
    try:
        bulk.undo(g.staff.member_id, act_id, g.staff.id, ports())
    except NotFound:
        raise
    except Refusal as refusal:
        flash(refusals.in_french(refusal))
    return redirect(url_for("staff.bulk_act", act_id=act_id), 303)


def _told(said: str, act_id: UUID, more: str, *, with_undo: bool = False) -> Markup:
    """Return the words of a notice, with the link to what was done, and the button that undoes it.

    The button is one of the form of the list, which every list has: a notice can hold no form of its own.
    """
    press_undo = Markup(
        ' <button class="quiet small" form="selection" formaction="{}" data-key="u">Annuler</button>'
    ).format(url_for("staff.bulk_undo", act_id=act_id))
    link = Markup(' <a href="{}">{}</a>').format(url_for("staff.bulk_act", act_id=act_id), more)
    return Markup("{}{}{}").format(said, press_undo if with_undo else "", link)


def _form(kind: Kind, errors: Mapping[str, str] | None = None) -> str:
    ids = list(dict.fromkeys(bulk_choices.readable(request.form.getlist("choisi"))))
    with member_transaction(g.staff.member_id) as session:
        chosen = bulk_choices.chosen(session, ids[:AT_MOST])
        template = templates.find(session, typed("template")) if typed("what") == "fill" else None
        return render_template(
            "staff/bulk_choice.html",
            kind=kind,
            ids=ids,
            chosen=chosen,
            seen=_seen() or live.last_event(session),
            back=_back(),
            errors=errors or {},
            typed=request.form,
            text=template.body if template else typed("text"),
            say=bulk_wording,
            at_most=AT_MOST,
            crews=bulk_choices.crews(session, today()) if kind == Kind.ASSIGN else (),
            incidents=bulk_choices.incidents(session, ids) if kind == Kind.LINK else (),
            templates=templates.all_of(session, Use.ANSWER) if kind == Kind.ANSWER else (),
            variables=VARIABLES,
            families=FAMILIES,
            categories=categories().values(),
            suggested=_suggested(chosen) if kind == Kind.CATEGORISE else (),
            can_confirm=any(one.category and not one.category_by_person for one in chosen),
            each=EACH,
            urgencies=[level for level in urgencies().values() if level.code != "danger"],
            max_reason=MAX_REASON,
        )


def _result(session: Session, act: BulkAct) -> str:
    shown = {str(one.id): one for one in bulk_choices.chosen(session, [item["id"] for item in act.items])}
    return render_template(
        "staff/bulk_result.html",
        act=act,
        kind=Kind(act.kind),
        shown=shown,
        done=[item for item in act.items if "done" in item],
        left_out=[item for item in act.items if "why" in item],
        waiting=[item for item in act.items if "done" not in item and "why" not in item],
        undone=[item for item in act.items if "undone" in item],
        kept=[item for item in act.items if "kept" in item],
        can_undo=bulk.offers_undo(act, now()),
        undo_until=(act.done_at or act.made_at) + UNDO_FOR,
        incident=act.values.get("made") or act.values.get("incident"),
        say=bulk_wording,
        count=count,
    )


def _suggested(chosen: Sequence[Complaint]) -> list[tuple[str, int]]:
    """Return the subjects that what was chosen may be about, each with how many, the likeliest first."""
    found = Counter(one.category for complaint in chosen for one in subject.suggested(complaint))
    found.pop(BY_ITSELF, None)  # a sensitive subject is given one by one
    return found.most_common(subject.MOST)


def _kind(slug: str) -> Kind:
    found = bulk_wording.BY_SLUG.get(slug)
    if found is None:
        raise NotFound("act")
    return found


def _seen() -> int:
    """Return the last event of the page the form stood on; 0 when it cannot be read."""
    sign = typed("vu")
    return int(sign) if sign.isascii() and sign.isdecimal() and len(sign) < len(str(2**63)) else 0


def _back() -> str:
    """Return the list to come back to, which is always a page of the staff face."""
    asked = typed("retour")
    return asked if asked.startswith(HOME) and asked.isprintable() else HOME


_ACT = "/ensemble/<uuid:act_id>"
ROUTES = (
    press("/ensemble/<kind>", choose, name="bulk_choose"),
    press("/ensemble/<kind>/preparation", prepare, name="bulk_prepare"),
    page(_ACT, show, Act.HANDLE, name="bulk_act"),
    press(f"{_ACT}/faire", perform, name="bulk_perform"),
    press(f"{_ACT}/annulation", undo, name="bulk_undo"),
)
