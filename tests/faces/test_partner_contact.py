"""Whom a company calls: the tenant where there is a number, else those who gave it the complaint, by their name."""

import pytest
from flask import Flask

from service.journey.ports import Ports
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.settings import Settings
from tests.faces.test_partner import Page
from tests.passing import Case, at_supplier
from tests.world import World

pytestmark = pytest.mark.services

NO_NUMBER = "Pas de téléphone : passez par l'agence"


def shared(app: Flask, world: World, ports: Ports, phone: str | None) -> Case:
    case = at_supplier(app, world.first, ports)
    with app.app_context(), member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).tenant_phone = phone
    case.transfer(TransferTarget(organisation_id=case.organisation("Mairie"), with_text=True), "public")
    case.work_off()
    return case


@pytest.mark.parametrize(("phone", "is_said"), [(None, True), ("06 00 00 00 00", False)])
def test_without_a_number_the_company_reads_whom_to_ask(
    app: Flask, world: World, ports: Ports, phone: str | None, is_said: bool
) -> None:
    case = shared(app, world, ports, phone)
    page = Page(case, case.token())
    assert NO_NUMBER not in page.read()
    page.send("accepter")
    assert (NO_NUMBER in page.read()) is is_said


def test_the_mail_names_the_desk_once(app: Flask, world: World, ports: Ports, settings: Settings) -> None:
    at_supplier(app, world.first, ports)
    mails = [one.read_text(encoding="utf-8").replace("=\n", "") for one in settings.mail_dir.glob("*")]
    assert any("Votre contact : " in one for one in mails)
    assert not any("Votre contact : l'=C3=A9quipe" in one or "Votre contact : l'équipe" in one for one in mails)
