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
    oversight,
    patrimoine,
    people,
    quality,
    routing,
    signing_in,
    submission,
    trends,
    upkeep,
    workspace,
)

__all__ = [
    "classification", "clock", "complaint", "delivery", "draft", "endpoint", "feedback", "handover", "incident",
    "introduction", "learning", "member", "news", "outbox", "oversight", "patrimoine", "people", "quality", "routing",
    "signing_in", "submission", "trends", "upkeep", "workspace",
]  # fmt: skip
