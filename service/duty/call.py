"""What somebody on duty may see of the danger they were called for, found by the signed link of the call."""

from dataclasses import dataclass
from datetime import timedelta

from service.domain.closing import PASSED_ON
from service.domain.errors import NotFound
from service.domain.status import Status
from service.journey.danger import sharing
from service.journey.danger.duty import Contact, Pass, find_contact, read_pass
from service.journey.danger.paging import last_page
from service.journey.patrimoine.places import place_in_words
from service.journey.ports import Ports
from service.journey.reading import Sheet, sheet
from service.journey.transactions import member_transaction
from service.models.clock import Page
from service.models.complaint import Complaint

OPEN_FOR = timedelta(days=3)  # once somebody has it; before, a link never ends


@dataclass(frozen=True)
class Call:
    """One call, and how it stands."""

    seal: Pass
    page: Page
    sheet: Sheet
    contact: Contact | None
    is_expired: bool
    others: tuple[tuple[Complaint, str], ...]  # those the same calls stand for, each with its place
    households: int

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has it yet."""
        return self.page.acknowledged_at is None

    @property
    def is_danger(self) -> bool:
        """Whether there is still a danger to care for."""
        complaint = self.sheet.complaint
        return complaint.urgency == "danger" and complaint.status != Status.CLOSED

    @property
    def is_passed_on(self) -> bool:
        """Whether another member has it, and calls its own people."""
        return self.sheet.complaint.outcome == PASSED_ON

    @property
    def name(self) -> str:
        """The name to propose: that of the person called; none for a team, which shares one telephone."""
        return self.contact.name if self.contact and self.contact.is_person else ""


def open_call(token: str, ports: Ports) -> Call:
    """Return the call of a link: the latest of its complaint, for a danger may come back after somebody had it.

    Raises
    ------
    NotFound
        When we did not sign the link, or what it speaks of is gone.

    """
    seal = read_pass(token, ports)
    if seal is None:
        raise NotFound("page")
    with member_transaction(seal.member_id) as session:
        called = session.get(Page, seal.page_id)
        page = last_page(session, called.complaint_id) if called else None
        if page is None:
            raise NotFound("page")
        ended, found = page.acknowledged_at, sheet(session, page.complaint_id)
        others = sharing.shared(session, page)
        return Call(
            seal=seal,
            page=page,
            sheet=found,
            contact=find_contact(session, seal.contact),
            is_expired=ended is not None and ports.clock.now() - ended > OPEN_FOR,
            others=tuple((one, place_in_words(session, one)) for one, _ in others),
            households=len({household for _, household in others}) + 1,
        )
