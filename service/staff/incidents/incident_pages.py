"""The pages of collective incidents: their list, one of them, and announcing works or an outage."""

import math
from collections.abc import Mapping
from uuid import UUID

from flask import g, render_template, request

from service.domain.closing import OUTCOMES
from service.domain.incidents import INDIVIDUAL
from service.domain.taxonomy import FAMILIES, categories
from service.journey.closing import meanwhile
from service.journey.incidents import incident_desk, incident_lists, incident_news
from service.journey.submission.known import news_of
from service.journey.transactions import member_transaction
from service.staff.incidents import incident_wording
from service.staff.request_context import now

Errors = Mapping[str, str]
BESIDE = "beside"  # a word of success that stands beside the form of the news, where the page opens again


def incidents() -> str:
    """Show the member's incidents: what waits for a person first."""
    with member_transaction(g.staff.member_id) as session:
        lists = incident_lists.lists(session, now())
    return render_template("staff/incidents.html", lists=lists, say=incident_wording)


def incident(incident_id: UUID) -> str:
    """Show one incident."""
    return incident_page(incident_id)


def incident_page(incident_id: UUID, errors: Errors | None = None, preview: str | None = None) -> str:
    """Return the page of one incident, with what is to mend or the news as one household would read them."""
    with member_transaction(g.staff.member_id) as session:
        sheet = incident_lists.sheet(session, incident_id, now())
        readers = incident_news.readers(session, incident_id)
        news = news_of(session, incident_id)
        words = incident_desk.shown(session, incident_id)
    return render_template(
        "staff/incident.html",
        sheet=sheet,
        incident=sheet.line.incident,
        known=sheet.line.known,
        readers=readers,
        news=news,
        preview=preview,
        promised=incident_wording.still_promised(sheet.line.incident.next_news_at, now()),
        beside=BESIDE,
        shown=meanwhile.mark_of(words),
        last_word=max(words.values(), default=0),
        fresh={one for one, last in words.items() if last > _last_word_before()},
        outcomes=OUTCOMES,
        say=incident_wording,
        typed=request.form,
        errors=errors or {},
    )


def _last_word_before() -> float:
    """Return the last word that the page showed from which a form was sent; nothing is new on a page just opened."""
    sign = request.form.get("last_word", "")
    return int(sign) if sign.isascii() and sign.isdecimal() else math.inf


def announcing() -> str:
    """Show the form that announces works or a known outage."""
    return announcing_page()


def announcing_page(errors: Errors | None = None) -> str:
    """Return the form, with what was typed and what is to mend."""
    with member_transaction(g.staff.member_id) as session:
        residences = incident_lists.residences(session)
    return render_template(
        "staff/incident_announcement.html",
        residences=residences,
        families=FAMILIES,
        categories=[category for category in categories().values() if category.code not in INDIVIDUAL],
        typed=request.form,
        errors=errors or {},
    )
