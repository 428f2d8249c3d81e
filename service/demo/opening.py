"""The first event of a story: a household writes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random

from service.demo.chance import new_id
from service.demo.corpus import Message, Reader
from service.demo.landlord import Landlord
from service.demo.story import Story
from service.demo.tenants import Household, place_of
from service.domain.deadlines import usual_promise
from service.domain.reference import make_reference
from service.domain.status import Audience, EventKind, Status
from service.journey.patrimoine.places import words_of_place
from service.journey.ports import Calendar
from service.models.complaint import Complaint

_CHANNELS = {"extranet": 68, "form": 20, "phone": 6, "email": 4, "counter": 2}


@dataclass(frozen=True)
class Draft:
    """A message about to be sent: when, by whom, in which words."""

    at: datetime
    household: Household
    message: Message


def begin(landlord: Landlord, draft: Draft, reader: Reader, calendar: Calendar, random: Random) -> Story:
    """Return the story of a complaint just submitted, its tracking token still to be given."""
    tenant, text = draft.household.tenant, draft.message.text
    where = place_of(draft.household, random)
    channel = random.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    complaint = Complaint(
        id=new_id(random),
        member_id=landlord.member.id,
        reference=make_reference(random.randrange),
        status=Status.SUBMITTED,
        submitted_at=draft.at,
        text=text,
        channel=channel,
        place_given={"reference": where.reference, "address": asdict(where.address) if where.address else None},
        tenant_reference=tenant.reference,
        tenant_name=tenant.name,
        tenant_email=tenant.email,
        tenant_phone=tenant.phone,
        preferred_channel=tenant.preferred_channel,
        language=tenant.language,
        needs=list(tenant.needs),
        dwelling_id=where.dwelling.id if where.dwelling else None,
        residence_id=where.plot.residence.id if where.plot else None,
        place_words=words_of_place(
            where.plot.residence if where.plot else None, where.dwelling, where.reference, where.address
        ),
        danger="none",
        danger_types=list(reader.danger_types(text)),
        danger_is_judged=False,
        abstained=False,
        alternatives=[],
        words=[],
        category_by_person=False,
        audit_due=False,
        routed_by_person=False,
        hops=0,
        is_paused=False,
        promised_answer_by=usual_promise(draft.at, None, "normal", calendar.is_holiday),
    )
    story = Story(complaint, landlord, calendar, where, draft.message)
    story.record(EventKind.SUBMITTED, draft.at, "tenant", {"channel": channel}, Audience.TENANT)
    return story
