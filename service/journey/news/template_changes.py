"""A member's own templates: made, changed, switched off. Every change is in the audit log."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound
from service.domain.templates import Template, check_template
from service.journey.administration import audit
from service.journey.handling.handling import staff_member
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.workspace import AnswerTemplate


def save(member_id: UUID, staff_id: UUID, typed: Template, template_id: UUID | None, ports: Ports) -> UUID:
    """Make a template, or change the one of an id; return it. The same form sent twice makes one.

    Raises
    ------
    BadInput
        What `check_template` refuses, and `name_taken` on `name`.
    NotFound
        When the member has no template of that id.

    """
    check_template(typed)
    with member_transaction(member_id) as session:
        staff, now = staff_member(session, staff_id), ports.clock.now()
        row = _of(session, template_id) if template_id else _double(session, typed)
        before = _values(row) if row else None
        _check_name(session, typed.name, row.id if row else None)
        if row is None:
            row = AnswerTemplate(id=uuid4(), member_id=member_id, changed_by=staff.name, changed_at=now)
            session.add(row)
        row.name, row.use, row.body = typed.name.strip(), typed.use, typed.body.strip()
        row.category, row.family, row.state = typed.category, typed.family, typed.state
        subject = f"Modèle de réponse « {row.name} »"
        if before is None:
            audit.write(
                session, member_id, audit.actor(staff), "created", subject, at=now, after=_values(row) | {"actif": True}
            )
        elif not audit.write_change(session, member_id, audit.actor(staff), subject, before, _values(row), at=now):
            return row.id
        row.changed_by, row.changed_at = staff.name, now
        return row.id


def switch(member_id: UUID, staff_id: UUID, template_id: UUID, ports: Ports, *, on: bool) -> None:
    """Propose a template again, or no longer; NotFound when the member has no such template."""
    with member_transaction(member_id) as session:
        staff, row, now = staff_member(session, staff_id), _of(session, template_id), ports.clock.now()
        subject, before = f"Modèle de réponse « {row.name} »", {"actif": row.is_active}
        if audit.write_change(session, member_id, audit.actor(staff), subject, before, {"actif": on}, at=now):
            row.is_active, row.changed_by, row.changed_at = on, staff.name, now


def _of(session: Session, template_id: UUID) -> AnswerTemplate:
    row = session.get(AnswerTemplate, template_id, with_for_update=True)
    if row is None:
        raise NotFound("template")
    return row


def _double(session: Session, typed: Template) -> AnswerTemplate | None:
    """Return the template that the same form made a moment ago: its very words under its very name."""
    same = select(AnswerTemplate).where(
        AnswerTemplate.name == typed.name.strip(),
        AnswerTemplate.use == typed.use,
        AnswerTemplate.body == typed.body.strip(),
    )
    return session.scalars(same.with_for_update()).first()


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    taken = select(AnswerTemplate.id).where(func.lower(AnswerTemplate.name) == name.strip().lower())
    if any(found != own_id for found in session.scalars(taken)):
        raise BadInput("name_taken", "name")


def _values(row: AnswerTemplate) -> dict[str, Any]:
    return {
        "nom": row.name, "usage": row.use, "sujet": row.category, "thème": row.family, "état": row.state,
        "texte": row.body,
    }  # fmt: skip
