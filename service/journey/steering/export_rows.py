"""The lines of an export of complaints: the columns one may choose, and a walk through a list of any length by key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from service.domain.closing import OUTCOMES
from service.domain.taxonomy import FAMILIES, category_label, family_of, natures, urgencies
from service.journey.inbox.lists import Filters, conditions
from service.journey.inbox.pages import plan_anew
from service.journey.steering.export_files import Value
from service.journey.steering.steering_measures import SAID
from service.journey.steering.steering_narrowing import CHANNELS
from service.models.complaint import Complaint
from service.models.member import Agency, Organisation, Team
from service.models.patrimoine import Dwelling, Residence

BATCH = 1000  # lines read at once, between two looks at who else works
_STATUSES = {
    "submitted": "Reçue",
    "classified": "Sujet lu",
    "routed": "Orientée",
    "delivered": "Arrivée à l'équipe",
    "handled": "En cours",
    "closed": "Terminée",
}


@dataclass(frozen=True)
class Column:
    """One column: its head, its value, and whether it tells who the tenant is or what they wrote."""

    head: str
    value: Callable[[Any], Value]
    is_personal: bool = False


def _label(labels: Mapping[str, str], code: str | None) -> str:
    return labels.get(code, code) if code else ""


_NATURES = {code: one.label for code, one in natures().items()}
_URGENCIES = {code: one.label for code, one in urgencies().items()}
# word of the form -> column. Who follows a complaint is not among them: no file counts what one person does.
COLUMNS: Mapping[str, Column] = {
    "reference": Column("Référence", lambda row: row.Complaint.reference),
    "recue": Column("Reçue le", lambda row: row.Complaint.submitted_at),
    "statut": Column("Statut", lambda row: _label(_STATUSES, row.Complaint.status)),
    "sujet": Column("Sujet", lambda row: category_label(row.Complaint.category)),
    "theme": Column("Thème", lambda row: _label(FAMILIES, family_of(row.Complaint.category))),
    "nature": Column("Nature", lambda row: _label(_NATURES, row.Complaint.nature)),
    "urgence": Column("Urgence", lambda row: _label(_URGENCIES, row.Complaint.urgency)),
    "canal": Column("Canal", lambda row: _label(CHANNELS, row.Complaint.channel)),
    "equipe": Column("Équipe", lambda row: row.team),
    "organisme": Column("Organisme", lambda row: row.organisation),
    "agence": Column("Agence", lambda row: row.agency),
    "residence": Column("Résidence", lambda row: row.residence),
    "ville": Column("Ville", lambda row: row.city),
    "attendue": Column("Attendue le", lambda row: row.Complaint.due_at),
    "reponse": Column("Première réponse le", lambda row: row.Complaint.answer_done_at),
    "jours": Column("Jours ouvrés jusqu'à la réponse", lambda row: row.Complaint.answer_days),
    "terminee": Column("Terminée le", lambda row: row.Complaint.closed_at),
    "fin": Column("Fin", lambda row: _label(OUTCOMES, row.Complaint.outcome)),
    "passages": Column("Changements de mains", lambda row: row.Complaint.hops),
    "rouverte": Column("Réouvertures", lambda row: row.Complaint.reopenings),
    "note": Column("Note sur 10", lambda row: row.score),
    "logement": Column("Logement", lambda row: row.dwelling, is_personal=True),
    "nom": Column("Nom du locataire", lambda row: row.Complaint.tenant_name, is_personal=True),
    "bail": Column("Référence du locataire", lambda row: row.Complaint.tenant_reference, is_personal=True),
    "message": Column("Message", lambda row: row.Complaint.text, is_personal=True),
}
USUAL = tuple(name for name, column in COLUMNS.items() if not column.is_personal)

Key = tuple[datetime, UUID]


def lines_after(
    session: Session, filters: Filters, now: datetime, after: Key | None, columns: Sequence[str]
) -> tuple[list[list[Value]], list[UUID], Key | None]:
    """Return the next lines of a list, the newest first, their complaints, and the key to go on from.

    The key is None once there are no more.
    """
    plan_anew(session)
    rows = session.execute(_query(session, filters, now, after)).all()
    lines = [[COLUMNS[name].value(row) for name in columns] for row in rows]
    last = rows[-1].Complaint if len(rows) == BATCH else None
    return lines, [row.Complaint.id for row in rows], (last.submitted_at, last.id) if last else None


def _query(session: Session, filters: Filters, now: datetime, after: Key | None) -> Select[*tuple[Any, ...]]:
    key = tuple_(Complaint.submitted_at, Complaint.id)
    ids = select(Complaint.id).where(*conditions(session, filters, now))
    if after:
        ids = ids.where(key < after)
    ids = ids.order_by(Complaint.submitted_at.desc(), Complaint.id.desc()).limit(BATCH)
    return (
        select(
            Complaint,
            Team.name.label("team"),
            Organisation.name.label("organisation"),
            Agency.name.label("agency"),
            Residence.name.label("residence"),
            Residence.city.label("city"),
            Dwelling.reference.label("dwelling"),
            SAID.score.label("score"),
        )
        .outerjoin(Team, Team.id == Complaint.team_id)
        .outerjoin(Organisation, Organisation.id == Complaint.organisation_id)
        .outerjoin(Residence, Residence.id == Complaint.residence_id)
        .outerjoin(Agency, Agency.id == Residence.agency_id)
        .outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .outerjoin(SAID, SAID.complaint_id == Complaint.id)
        .where(Complaint.id.in_(ids))
        .order_by(Complaint.submitted_at.desc(), Complaint.id.desc())
    )


def heads(columns: Sequence[str]) -> list[str]:
    """Return the header of the columns chosen."""
    return [COLUMNS[name].head for name in columns]


def chosen(names: Sequence[str]) -> list[str]:
    """Return the known columns among those named, in the order of the file; the usual ones when there are none."""
    return [name for name in COLUMNS if name in names] or list(USUAL)


Batch = tuple[list[list[Value]], list[UUID], Key | None]


def walk(read: Callable[[Key | None], Batch]) -> Iterator[tuple[list[list[Value]], list[UUID]]]:
    """Return batch after batch until the list is over."""
    after: Key | None = None
    while True:
        lines, ids, after = read(after)
        yield lines, ids
        if after is None:
            return
