"""What we understand while a tenant types: advice in danger, and the question about the subject. Nothing is kept."""

from http import HTTPStatus

from flask import Response, jsonify, make_response, render_template, request

from service.domain.own_choice import subjects_to_ask
from service.domain.reading import Circumstances
from service.domain.safety import SafetyAdvice, advice_for
from service.domain.season import is_cold_season
from service.domain.submission import MAX_TEXT
from service.domain.taxonomy import categories
from service.journey.dates import PARIS
from service.journey.ports import TextModelDown
from service.tenant.door import member_named
from service.tenant.form import words
from service.tenant.sending import limits, ports


def advise(slug: str) -> str:
    """Return the safety advice for what is being typed, or nothing. The text is read and forgotten."""
    member_named(slug)
    advice = advice_in(words(request.form.get("text", "")))
    return render_template("tenant/advice.html", advice=advice) if advice else ""


def understand(slug: str) -> Response:
    """Return the safety advice and the question about the subject for what is being typed; it is forgotten at once."""
    member_named(slug)
    text = words(request.form.get("text", ""))[:MAX_TEXT]
    advice, chosen = advice_in(text), request.form.get("sujet", "")
    # The advice is never held back; the question may be.
    subjects = subjects_in(text) if limits().takes_question(ports().clock.now()) else ()
    answer = jsonify(
        advice=render_template("tenant/advice.html", advice=advice) if advice else "",
        subjects=render_template("tenant/subjects.html", subjects=with_chosen(subjects, chosen), chosen=chosen),
    )
    return make_response(answer, HTTPStatus.OK)


def advice_in(text: str) -> list[SafetyAdvice]:
    """Return the advice for the dangers that words may tell of; none when they tell of none."""
    types = ports().text_model.danger_types(text[:MAX_TEXT])
    return advice_for(types) if types else []


def subjects_in(text: str) -> tuple[str, ...]:
    """Return the subjects to ask about; none while the words are few, or the model is down."""
    season = Circumstances(cold_season=is_cold_season(ports().clock.now().astimezone(PARIS).date()))
    try:
        return subjects_to_ask(text, ports().text_model.read(text, season)) if text.strip() else ()
    except TextModelDown:
        return ()


def with_chosen(subjects: tuple[str, ...], chosen: str) -> tuple[str, ...]:
    """Return the subjects with the one already chosen among them: no newer question takes it away."""
    is_missing = chosen in categories() and chosen != "autre" and chosen not in subjects
    return (*subjects, chosen) if is_missing else subjects
