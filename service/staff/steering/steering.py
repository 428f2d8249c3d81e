"""Steering: the figures of one's own member, each of which opens its list."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.domain.permissions import Act
from service.domain.steering import Narrowing, Period, usual_periods
from service.domain.taxonomy import FAMILIES, categories, urgencies
from service.journey import reading
from service.journey.steering import steering as journey
from service.journey.steering import steering_names
from service.journey.steering.steering_narrowing import DIMENSIONS, NONE
from service.journey.steering.steering_tables import value_in_words
from service.journey.transactions import member_transaction
from service.staff import refusals
from service.staff.request_context import now, today
from service.staff.route import page
from service.staff.steering.steering_charts import drawn
from service.staff.steering.steering_figures import figure, in_order, list_url

DEFAULT_TAB = "volumes"


@dataclass(frozen=True)
class Asked:
    """What the address asks for; `errors` names what in it could not be read, and was left out."""

    period: Period
    narrowing: Narrowing
    errors: Mapping[str, str]

    @property
    def address(self) -> dict[str, str]:
        """The parameters that lead to these very figures."""
        return {"du": self.period.since.isoformat(), "au": self.period.until.isoformat(), **self.narrowing}


def steering() -> str:
    """Show one page of figures."""
    tab = request.args.get("page", DEFAULT_TAB)
    tab = tab if tab in journey.TABS else DEFAULT_TAB
    asked = _read(request.args.to_dict())
    with member_transaction(g.staff.member_id) as session:
        try:
            found = journey.sheet(session, g.staff.member_id, tab, (asked.period, asked.narrowing), now())
        except BadInput as refusal:
            asked = replace(asked, narrowing={}, errors={"": refusals.in_french(refusal)})
            found = journey.sheet(session, g.staff.member_id, tab, (asked.period, {}), now())
        chips = [(f"{DIMENSIONS[name].name} : {DIMENSIONS[name].words(session, value)}", _without(tab, asked, name))
                 for name, value in asked.narrowing.items()]  # fmt: skip
        choices = _choices(session)
        is_whole = bool(session.scalar(text("select seve_sees_sensitive()")))
    return render_template(
        "staff/steering.html",
        sheet=replace(found, tables=[in_order(table, request.args) for table in found.tables]),
        tab=tab,
        tabs={slug: label for slug, (label, _) in journey.TABS.items()},
        asked=asked,
        chips=chips,
        choices=choices,
        periods=_periods(tab, asked, today()),
        before=(asked.period.before(), asked.period.year_before()),
        charts=[(curve, drawn(curve)) for curve in found.curves],
        is_whole=is_whole,
        figure=figure,
        words_of=value_in_words,
        list_url=list_url,
        sorted_by=request.args.get("tri", ""),
        is_upwards=request.args.get("sens") == "croissant",
    )


def _read(address: Mapping[str, str]) -> Asked:
    try:
        period, narrowing = journey.read_question(address, now())
    except BadInput as refusal:
        kept = {name: value for name, value in address.items() if name not in ("du", "au")}
        period, narrowing = journey.read_question(kept, now())
        return Asked(period, narrowing, {refusal.field or "": refusals.in_french(refusal)})
    return Asked(period, narrowing, {})


def _choices(session: Session) -> dict[str, tuple[str, dict[str, str]]]:
    """Return what the page may be narrowed to, in the order of the form."""
    agencies = {str(key): name for key, name in steering_names.agencies(session).items()}
    return {
        "equipe": ("Équipe", {str(team.id): team.name for team in reading.teams(session)}),
        "theme": ("Thème", dict(FAMILIES)),
        "sujet": ("Sujet", {code: one.label for code, one in categories().items()}),
        "agence": ("Agence", {**agencies, NONE: "Lieu à vérifier"}),
        "urgence": ("Urgence", {code: level.label for code, level in urgencies().items()}),
    }


def _without(tab: str, asked: Asked, name: str) -> str:
    kept: dict[str, Any] = {key: value for key, value in asked.address.items() if key != name}
    return url_for("staff.steering", page=tab, **kept)


def _periods(tab: str, asked: Asked, day: date) -> list[tuple[str, str, bool]]:
    """Return the usual periods: name, address, whether it is the one shown."""
    kept: dict[str, Any] = dict(asked.narrowing)
    return [
        (label, url_for("staff.steering", page=tab, periode=word, **kept), period == asked.period)
        for word, (label, period) in usual_periods(day).items()
    ]


ROUTES = (page("/pilotage", steering, Act.STEER),)
