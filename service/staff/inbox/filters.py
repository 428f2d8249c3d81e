"""The list asked for in the address: a list of the rail, narrowed by filters. What cannot be read is named."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from service.domain.errors import BadInput
from service.journey.inbox.lists import Filters
from service.staff import refusals
from service.staff.inbox import lists
from service.staff.inbox.filter_readers import NAMES, Names, read_filter

SORT_NAMES = {
    "recentes": ("newest", "Les plus récentes d'abord"),
    "anciennes": ("oldest", "Les plus anciennes d'abord"),
    "echeance": ("due", "L'échéance la plus proche d'abord"),
}
# Words and figures are looked for everywhere: whoever has a name on the phone does not know in which list it is.
_EVERYWHERE = ("cherche", "reference", "chiffre")


@dataclass(frozen=True)
class Criterion:
    """One filter that counts: its name in the address, what was typed, and the words of its chip."""

    name: str
    typed: str
    words: str


@dataclass(frozen=True)
class Asked:
    """The list asked for. `typed` is what the fields show again, `errors` what could not be read."""

    view: str
    sort: str  # a key of SORT_NAMES
    filters: Filters
    criteria: list[Criterion]
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that lead to this very list."""
        return self.without()

    @property
    def order(self) -> str:
        """What the list is ordered by, as journey.inbox.pages calls it."""
        return SORT_NAMES[self.sort][0]

    def without(self, *names: str) -> dict[str, Any]:
        """Return the parameters that lead to the list without some of its filters."""
        kept = {one.name: one.typed for one in self.criteria if one.name not in names}
        sort = {} if self.sort == "recentes" or "tri" in names else {"tri": self.sort}
        return {"vue": self.view, **kept, **sort}

    def with_filter(self, **filters: str) -> dict[str, Any]:
        """Return the parameters that lead to the list narrowed further."""
        return {**self.without("apres"), **filters}


def read_address(args: Mapping[str, str], names: Names, session: Session) -> Asked:
    """Return the list asked for; a filter that cannot be read is left out and named."""
    typed = {name: args[name].strip() for name in NAMES if args.get(name, "").strip()}
    if "reference" in typed:
        typed = {"reference": typed["reference"]}
    usual = lists.EVERYTHING if typed.keys() & set(_EVERYWHERE) else lists.DEFAULT
    view = args.get("vue", usual) if args.get("vue", usual) in lists.BY_SLUG else usual
    if "reference" in typed:
        view = lists.EVERYTHING
    criteria, found, errors = [], dict[str, Any](), {}
    for name, value in typed.items():
        try:
            fields, words = read_filter(name, value, typed, names, session)
        except BadInput as refusal:
            errors[name] = refusals.in_french(refusal)
        else:
            found |= {field: kept for field, kept in fields.items() if field not in found}
            if name == "residence":
                typed = {**typed, name: words}  # its name is shown, whatever led here
            criteria.append(Criterion(name, value, f"{NAMES[name]} : {words}" if NAMES[name] else words))
    if found.get("since") and found.get("until") and found["until"] < found["since"]:
        errors["au"] = refusals.SENTENCES["ends_before_it_starts"]
    sort = args.get("tri", "") if args.get("tri", "") in SORT_NAMES else "recentes"
    base = lists.filters_of(view, names.staff_id, names.team_id)
    return Asked(view, sort, replace(base, **found), criteria, typed, errors)
