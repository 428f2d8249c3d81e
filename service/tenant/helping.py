"""Help: whom to turn to when an answer does not suit, step by step, and the rights on one's data."""

from flask import render_template

from service.domain.safety import emergency_numbers
from service.tenant.door import member_named

UNFIT_HOUSING = "unfit_housing"  # advice by telephone, in the data file of all numbers


def show_help(slug: str) -> str:
    """Show the page. It speaks of no complaint: anybody may read it."""
    number = next(one for one in emergency_numbers() if one.code == UNFIT_HOUSING)
    return render_template("tenant/help.html", member=member_named(slug), unfit_housing=number)
