"""A complaint as the routing table sees it: its reading, its place, its needs, and the hour it arrived at."""

from typing import Any

from sqlalchemy import Row

from service.domain.desks import Case, Spot
from service.domain.routing import Situation
from service.domain.working_time import WorkingTime
from service.models.complaint import Complaint
from service.models.patrimoine import Residence


def spot_of(residence: Residence, heating: str | None, has_lift: bool | None) -> Spot:
    """Return what a place tells the lines: what is said of the dwelling itself counts before its residence."""
    return Spot(
        agency_id=residence.agency_id,
        insee=residence.insee,
        heating=heating or residence.heating,
        has_lift=residence.has_lift if has_lift is None else has_lift,
    )


def case_of(complaint: Complaint | Row[Any], spot: Spot | None, time: WorkingTime) -> Case:
    """Return the case of a complaint, or of a row with its columns.

    `spot` is None while the place is unknown; `time` says whether the member was at work when it arrived.
    """
    situation = Situation(
        category=complaint.category,
        urgency=complaint.urgency,
        abstained=complaint.abstained,
        place_is_known=spot is not None,
        agency_id=spot.agency_id if spot else None,
        heating=spot.heating if spot else None,
        nature=complaint.nature,
        residence_id=complaint.residence_id,
        insee=spot.insee if spot else None,
        has_lift=spot.has_lift if spot else None,
        is_working_time=time.is_open(complaint.submitted_at),
        needs=frozenset(complaint.needs),
    )
    return Case(situation, complaint.family, time.day_of(complaint.submitted_at))
