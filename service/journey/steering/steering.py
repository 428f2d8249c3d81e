"""The pages of steering: a member's own figures, exact, by team and place and organisation, never by person."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from service.domain.errors import BadInput, NotFound
from service.domain.steering import Narrowing, Period, check_period, usual_periods
from service.journey.steering.steering_delays import delays
from service.journey.steering.steering_model import model
from service.journey.steering.steering_names import dwellings
from service.journey.steering.steering_narrowing import FILTERS, in_words, narrow
from service.journey.steering.steering_orientation import orientation
from service.journey.steering.steering_places import places
from service.journey.steering.steering_satisfaction import satisfaction
from service.journey.steering.steering_suppliers import suppliers
from service.journey.steering.steering_tables import Scope, Sheet, Table, days_in_words
from service.journey.steering.steering_volumes import volumes
from service.journey.submission.submission import PARIS

# word of the address -> (name of the tab, what makes its page)
TABS: Mapping[str, tuple[str, Callable[[Session, Scope], Sheet]]] = {
    "volumes": ("Volumes", volumes),
    "delais": ("Délais", delays),
    "orientation": ("Orientation", orientation),
    "prestataires": ("Prestataires", suppliers),
    "residences": ("Résidences", places),
    "satisfaction": ("Satisfaction", satisfaction),
    "modele": ("Modèle", model),
}
DEFAULT_PERIOD = "trimestre"


def read_question(address: Mapping[str, str], now: datetime) -> tuple[Period, dict[str, str]]:
    """Return the period and the filters that an address asks for; BadInput when it cannot be read."""
    narrowing = {name: address[name] for name in FILTERS if address.get(name)}
    since, until = address.get("du"), address.get("au")
    if since or until:
        return check_period(_day(since, "du"), _day(until, "au")), narrowing
    periods = usual_periods(now.astimezone(PARIS).date())
    return periods.get(address.get("periode", ""), periods[DEFAULT_PERIOD])[1], narrowing


def _day(value: str | None, field: str) -> date:
    try:
        found = date.fromisoformat(value or "")
    except ValueError as error:
        raise BadInput("not_a_day", field) from error
    if not date(2000, 1, 1) <= found < date(2101, 1, 1):
        raise BadInput("not_a_day", field)
    return found


def sheet(session: Session, member_id: UUID, tab: str, question: tuple[Period, Narrowing], now: datetime) -> Sheet:
    """Return one page; NotFound when there is no such tab, BadInput when a filter is of nobody here."""
    if tab not in TABS:
        raise NotFound("steering")
    period, narrowing = question
    narrow(narrowing)  # refuses what is no value at all
    scope = Scope(period, narrowing, now, dwellings(session, member_id, narrowing))
    return TABS[tab][1](session, scope)


def table_of(found: Sheet, name: str) -> Table:
    """Return one table of a page by its name; NotFound when there is none."""
    table = next((one for one in found.tables if one.name == name), None)
    if table is None:
        raise NotFound("steering")
    return table


def question_in_words(session: Session, question: tuple[Period, Narrowing]) -> str:
    """Return the period and the filters as people read them."""
    period, narrowing = question
    return ", ".join([days_in_words(period), *in_words(session, narrowing)])


def as_json(question: tuple[Period, Narrowing]) -> dict[str, Any]:
    """Return a question as an export keeps it: with its days, for « ce mois » is another one next month."""
    period, narrowing = question
    return {"du": period.since.isoformat(), "au": period.until.isoformat(), **narrowing}
