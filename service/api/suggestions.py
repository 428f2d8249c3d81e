"""What an extranet's own form may show while a message is written: its likely subject, what to ask, what is known."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from flask import current_app, g
from werkzeug.exceptions import TooManyRequests

from service.api.answers import SuggestionsOut
from service.api.blueprint import blueprint, ports, refuses
from service.api.bodies import as_submission
from service.api.presentation import as_answer
from service.api.schemas import SuggestionsIn
from service.attempts import Attempts
from service.domain.taxonomy import category_label
from service.journey.reading import Sheet
from service.journey.submission.known import Known
from service.journey.submission.suggestions import Suggested, suggest

WINDOW = timedelta(minutes=1)
PER_MEMBER = 600  # in the window: several hundred tenants who write at the same time
LIMIT = "seve.api.suggestions"  # where the application keeps the count
_SHOWN = ("routed_to", "promised_answer_by", "safety_advice")


@blueprint.post("/suggestions")
@blueprint.arguments(SuggestionsIn)
@blueprint.response(200, SuggestionsOut)
@refuses(400, 401, 413, 415, 422, 429, 503)
def suggest_for(body: dict[str, Any]) -> dict[str, Any]:
    """Say what would become of a message, and what to ask first. Nothing is kept, and nobody is told."""
    limit: Attempts = current_app.extensions[LIMIT]
    if not limit.take(g.member_id, ports().clock.now()):
        raise TooManyRequests(retry_after=int(WINDOW.total_seconds()))
    return _written(suggest(g.member_id, as_submission(g.member_id, body), _becomes, ports()))


def _becomes(sheet: Sheet) -> dict[str, Any]:
    answer = as_answer(sheet, ports().base_url, ports().clock.now())
    return {name: answer[name] for name in _SHOWN}


def _written(found: Suggested) -> dict[str, Any]:
    return found.becomes | {
        "suggestions": [asdict(guess) | {"category_label": category_label(guess.category)} for guess in found.guesses],
        "questions": [
            {
                "code": question.code,
                "label": question.label,
                "kind": question.kind,
                "hint": question.hint,
                "options": [{"code": option.code, "label": option.label} for option in question.options],
            }
            for question in found.questions
        ],
        "known": [_known(known) for known in found.known],
    }


def _known(known: Known) -> dict[str, Any]:
    return {
        "id": str(known.id),
        "title": known.title,
        "neighbours": known.neighbours,
        "next_news_at": known.next_news_at.isoformat() if known.next_news_at else None,
    }
