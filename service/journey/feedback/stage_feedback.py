"""What somebody says of a stage of their life as a tenant: arriving, works, leaving. About no complaint."""

from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from service.domain.errors import BadInput
from service.domain.feedback import SCORES, STAGES
from service.domain.submission import check_text, is_storable
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.feedback import StageFeedback

MAX_COMMENT = 2_000  # characters
MAX_REFERENCE = 60


def say(  # noqa: PLR0913  What a person says of a stage has this many parts.
    member_id: UUID,
    stage: str,
    *,
    score: int | None,
    comment: str,
    dwelling_reference: str,
    language: str,
    key: str,
    ports: Ports,
) -> bool:
    """Keep it, once for each key; return whether it is new. The reference is kept as typed, and opens nothing.

    Raises
    ------
    BadInput
        When the stage is none of ours, the score is missing or is none, or a text cannot be kept.

    """
    if stage not in STAGES:
        raise BadInput("unknown_value", "stage")
    if score not in SCORES:
        raise BadInput("no_score", "note")
    if comment:
        check_text(comment, "comment", MAX_COMMENT)
    if len(dwelling_reference) > MAX_REFERENCE:
        raise BadInput("too_long", "dwelling_reference")
    if not is_storable(dwelling_reference):
        raise BadInput("unstorable", "dwelling_reference")
    with member_transaction(member_id) as session:
        kept = session.execute(
            insert(StageFeedback)
            .values(
                # One page sent twice is one row: its hidden number gives the id.
                id=uuid5(NAMESPACE_URL, f"seve:{member_id}:{stage}:{key}"),
                member_id=member_id,
                stage=stage,
                score=score,
                comment=comment or None,
                dwelling_reference=dwelling_reference or None,
                language=language,
                at=ports.clock.now(),
            )
            .on_conflict_do_nothing()
            .returning(StageFeedback.id)
        )
        return kept.scalar() is not None
