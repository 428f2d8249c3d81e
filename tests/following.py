"""A tenant who follows a complaint, and the member's people who answer it."""

import re
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.journey.closing import closing
from service.journey.handling import handling
from service.journey.people.accounts import tracked
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from tests.work import kinds, work_off
from tests.world import MemberWorld

COLD = "Le radiateur est froid"


class Follower:
    """One complaint sent through the hosted form, followed by its link alone."""

    def __init__(self, app: Flask, member: MemberWorld, ports: Ports, text: str = COLD, **fields: str) -> None:
        self.app, self.member, self.ports = app, member, ports
        self.client: FlaskClient = app.test_client()
        sent = {"text": text, "envoyer": "1", "dwelling_reference": member.collective, **fields}
        answer = self.client.post(f"/{member.slug}/", data=sent)
        assert answer.status_code == 303, answer.text
        self.url = answer.location.partition("?")[0]
        self.token = self.url.rpartition("/")[2]
        with app.app_context():
            found = tracked(self.token)
        assert found
        self.id: UUID = found.complaint_id
        self.delivered()

    def delivered(self) -> None:
        """Let the workers bring it to its desk."""
        with self.app.app_context():
            work_off(self.member, self.ports)

    def page(self, query: str = "") -> str:
        """Return the tracking page as a person reads it."""
        answer = self.client.get(f"{self.url}{query}")
        assert answer.status_code == 200, answer.status_code
        return as_read(answer)

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"{self.url}/{path}")

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(f"{self.url}/{path}", data=fields)

    def answered(self, text: str = "Nous passons demain.", by: UUID | None = None) -> None:
        """Let the member's agent, or somebody else, answer."""
        with self.app.app_context():
            staff = by or self.member.agent_id
            handling.answer(self.member.id, self.id, staff, text=text, seen=0, ports=self.ports)

    def closed(self, outcome: str = "solved", sentence: str = "C'est réparé.", by: UUID | None = None) -> None:
        """Let the member's agent, or somebody else, close."""
        with self.app.app_context():
            staff = by or self.member.agent_id
            closing.close(self.member.id, self.id, staff, outcome=outcome, sentence=sentence, ports=self.ports)

    def complaint(self) -> Complaint:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return session.get_one(Complaint, self.id)

    def kinds(self) -> list[str]:
        with self.app.app_context():
            return kinds(self.member, self.id)

    def events(self, kind: str) -> list[Event]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            told = select(Event).where(Event.complaint_id == self.id, Event.kind == kind)
            return list(session.scalars(told.order_by(Event.id)))

    def deliveries(self, purpose: str) -> list[Delivery]:
        self.delivered()
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return list(session.scalars(select(Delivery).where(Delivery.purpose == purpose)))


def as_read(answer: TestResponse) -> str:
    """Return a page without its markup, with ordinary spaces and apostrophes."""
    words = re.sub(r"<[^>]+>", " ", answer.text)
    plain = words.replace("&#39;", "'").replace("&amp;", "&").replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"\s+", " ", plain)
