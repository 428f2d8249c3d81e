"""Every table, for those who need them all: migrations and their check."""

from service.models import (
    classification,
    clock,
    complaint,
    delivery,
    draft,
    endpoint,
    feedback,
    handover,
    incident,
    introduction,
    learning,
    member,
    news,
    outbox,
    patrimoine,
    people,
    quality,
    routing,
    submission,
    trends,
)

__all__ = [
    "classification", "clock", "complaint", "delivery", "draft", "endpoint", "feedback", "handover", "incident",
    "introduction", "learning", "member", "news", "outbox", "patrimoine", "people", "quality", "routing", "submission",
    "trends",
]  # fmt: skip
