"""Every table, for those who need them all: migrations and their check."""

from service.models import (
    classification,
    complaint,
    delivery,
    feedback,
    learning,
    member,
    outbox,
    patrimoine,
    people,
    quality,
    routing,
    submission,
    trends,
)

__all__ = [
    "classification", "complaint", "delivery", "feedback", "learning", "member", "outbox", "patrimoine", "people",
    "quality", "routing", "submission", "trends",
]  # fmt: skip
