"""Training: what the members' people and tenants may teach the text model, gathered without names."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from service.domain.pseudonyms import pseudonymise
from service.journey.classification.learning import writer_of
from service.journey.steps import member_ids
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.learning import TrainingExample
from service.models.patrimoine import Dwelling


def examples() -> Iterator[dict[str, str | None]]:
    """Yield every member's examples as the text model learns from them; nothing says whose they are.

    The newest come first: of one incident and of one person, training keeps the first few.
    """
    kept: list[TrainingExample] = []
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            kept += session.scalars(select(TrainingExample))
    for one in sorted(kept, key=lambda one: (one.at, one.id), reverse=True):
        yield {
            "text": one.text,
            "category": one.category,
            "nature": one.nature,
            "urgency": one.urgency,
            "incident": one.incident,
            "author": one.author,
        }


def texts_since(at: datetime) -> Iterator[str]:
    """Yield every member's messages since an instant, without names."""
    query = (
        select(Complaint, Dwelling)
        .outerjoin(Dwelling, Dwelling.id == Complaint.dwelling_id)
        .where(Complaint.submitted_at >= at)
        .order_by(Complaint.submitted_at, Complaint.id)
    )
    for member_id in member_ids():
        with member_transaction(member_id) as session:
            rows = session.execute(query).all()
        for complaint, dwelling in rows:
            yield pseudonymise(complaint.text, writer_of(complaint, dwelling))
