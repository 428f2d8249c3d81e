"""What is asked for beside a password: codes of an application, and a printed list for the day it is lost."""

from datetime import timedelta

import pytest
from flask import Flask

from service.adapters.clock import SetClock
from service.domain.permissions import Act
from service.journey.people.throttling import CODE_ANYWHERE
from service.settings import Settings
from service.staff.routes import BY_ENDPOINT
from service.staff.signing_in.passkeys import SETTING_UP
from tests.signing_in import NETWORK, STAFF, Visitor, as_owner
from tests.world import PASSWORD, READER, World

pytestmark = pytest.mark.services

STEP = timedelta(seconds=30)
PAGE = "/moi/verification"


def people(world: World) -> list[tuple[str, str]]:
    return [(world.first.agent_email, STAFF), (READER, NETWORK)]


def with_code(app: Flask, world: World, clock: SetClock, email: str = "", face: str = STAFF) -> tuple[Visitor, str]:
    """Return somebody before the second step, and the code of this moment, which nobody has used."""
    visitor = Visitor(app, email or world.first.agent_email, face)
    totp, _codes = Visitor(app, visitor.email, face).entered().set_up_code(clock)
    clock.forward(2 * STEP)
    assert visitor.sign_in().location == f"{face}/connexion/code"
    return visitor, totp.at(clock.now())


def test_a_code_lets_in_after_the_password(app: Flask, world: World, clock: SetClock, settings: Settings) -> None:
    for email, face in people(world):
        visitor, code = with_code(app, world, clock, email, face)
        assert not visitor.is_in()
        refused = visitor.step(code=f"{(int(code) + 1) % 10**6:06d}")
        assert refused.status_code == 422
        assert "pas le bon" in refused.text
        assert not visitor.is_in()
        assert visitor.step(code=f" {code[:3]} {code[3:]}").location == f"{face}/"
        assert visitor.is_in()
    means = "select means from staff_sessions where ended_at is null and means <> 'password_totp'"
    assert as_owner(settings, means) == []


def test_the_page_asked_for_is_opened_after_the_second_step(app: Flask, world: World, clock: SetClock) -> None:
    visitor, code = with_code(app, world, clock)
    fields = {"email": visitor.email, "password": PASSWORD, "suite": "/equipe/incidents"}
    visitor.send("/connexion", "/connexion", **fields)
    assert visitor.step(code=code).location == "/equipe/incidents"


def test_a_code_serves_once(app: Flask, world: World, clock: SetClock) -> None:
    visitor, code = with_code(app, world, clock)
    overheard = Visitor(app, visitor.email)
    overheard.sign_in()
    assert visitor.step(code=code).status_code == 303
    assert overheard.step(code=code).status_code == 422
    clock.forward(STEP)
    assert overheard.step(code=code).status_code == 422


def test_the_first_code_of_an_application_does_not_sign_in(app: Flask, world: World, clock: SetClock) -> None:
    totp, _codes = Visitor(app, world.first.agent_email).entered().set_up_code(clock)
    visitor = Visitor(app, world.first.agent_email)
    visitor.sign_in()
    assert visitor.step(code=totp.at(clock.now())).status_code == 422


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (1, 303), (2, 422)])
def test_a_clock_may_be_wrong_by_one_step(app: Flask, world: World, clock: SetClock, steps: int, status: int) -> None:
    totp, _codes = Visitor(app, world.first.agent_email).entered().set_up_code(clock)
    visitor = Visitor(app, world.first.agent_email)
    clock.forward(10 * STEP)
    visitor.sign_in()
    assert visitor.step(code=totp.at(clock.now() + steps * STEP)).status_code == status


def test_a_code_of_the_printed_list_serves_once(app: Flask, world: World, clock: SetClock) -> None:
    for email, face in people(world):
        _totp, codes = Visitor(app, email, face).entered().set_up_code(clock)
        assert len(set(codes)) == 10
        visitor, again = Visitor(app, email, face), Visitor(app, email, face)
        visitor.sign_in()
        assert visitor.step(recovery=codes[3].lower().replace("-", " ")).status_code == 303
        assert "Il en reste 9." in visitor.read("/moi")
        again.sign_in()
        assert again.step(recovery=codes[3]).status_code == 422
        assert again.step(recovery=codes[4]).status_code == 303


def test_new_printed_codes_end_the_old_ones(app: Flask, world: World, clock: SetClock) -> None:
    owner = Visitor(app, world.first.agent_email).entered()
    _totp, codes = owner.set_up_code(clock)
    assert owner.send(PAGE, f"{PAGE}/secours", password="faux").status_code == 422
    assert owner.send(PAGE, f"{PAGE}/secours", password=PASSWORD).status_code == 200
    visitor = Visitor(app, world.first.agent_email)
    visitor.sign_in()
    assert visitor.step(recovery=codes[0]).status_code == 422


def test_between_password_and_code_no_page_opens(app: Flask, world: World, clock: SetClock) -> None:
    visitor, _code = with_code(app, world, clock)
    app.config["WTF_CSRF_ENABLED"] = False  # so that the guard alone stands in the way
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(("staff.", "network.")) or rule.arguments:
            continue
        if rule.endpoint.startswith("staff.") and BY_ENDPOINT[rule.endpoint].is_open:
            continue
        if rule.endpoint in {"network.sign_in", "network.second_step"}:
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            assert visitor.client.open(str(rule), method=method).status_code == 303, rule
            tried += 1
    assert tried > 20
    with visitor.client.session_transaction() as cookie:
        assert "staff" not in cookie


def test_the_second_step_waits_five_minutes(app: Flask, world: World, clock: SetClock) -> None:
    visitor, code = with_code(app, world, clock)
    token = visitor.token("/connexion/code")
    clock.forward(timedelta(minutes=5))
    answer = visitor.client.post("/equipe/connexion/code", data={"csrf_token": token, "code": code})
    assert answer.location == "/equipe/connexion"
    assert "Plus de cinq minutes" in visitor.read("/connexion")
    assert not visitor.is_in()


def test_the_second_step_of_one_face_opens_no_other(app: Flask, world: World, clock: SetClock) -> None:
    visitor, _code = with_code(app, world, clock)
    assert visitor.client.get("/reseau/connexion/code").location == "/reseau/connexion"


def test_codes_cannot_be_gone_through(app: Flask, world: World, clock: SetClock) -> None:
    stranger, code = with_code(app, world, clock)
    stranger.client.delete_cookie("seve_connu")
    owner = Visitor(app, stranger.email)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(CODE_ANYWHERE.allowed):
        assert stranger.step(code=wrong).status_code == 422
    held_back = stranger.step(code=code)
    assert held_back.status_code == 429
    assert not stranger.is_in()
    elsewhere = Visitor(app, stranger.email, network="198.51.100.9")
    elsewhere.sign_in()
    assert elsewhere.step(recovery="2222-2222-2222-2222").status_code == 429
    clock.forward(CODE_ANYWHERE.window)
    owner.sign_in()
    assert owner.step(code=code).status_code == 422  # long over


def test_a_stranger_who_knows_the_password_does_not_keep_the_owner_out(
    app: Flask, world: World, clock: SetClock
) -> None:
    owner = Visitor(app, world.first.agent_email).entered()
    totp, _codes = owner.set_up_code(clock)
    owner.send("/moi", "/deconnexion")
    stranger = Visitor(app, owner.email, network="198.51.100.9")
    stranger.sign_in()
    for _ in range(CODE_ANYWHERE.allowed + 1):
        last = stranger.step(code="000000").status_code
    assert last == 429
    clock.forward(2 * STEP)
    owner.sign_in()
    assert owner.step(code=totp.at(clock.now())).status_code == 303


def test_an_application_counts_once_a_code_proved_it(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    visitor.send(PAGE, f"{PAGE}/application")
    assert visitor.send(PAGE, f"{PAGE}/application/code", code="000000").status_code == 422
    assert Visitor(app, visitor.email).sign_in().location == "/equipe/"
    visitor.set_up_code(clock)
    assert 'class="secret"' not in visitor.read(PAGE)
    assert Visitor(app, visitor.email).sign_in().location == "/equipe/connexion/code"


def test_a_second_factor_ends_sessions_opened_without_it(app: Flask, world: World, clock: SetClock) -> None:
    owner, thief = (Visitor(app, world.first.agent_email).entered() for _ in range(2))
    owner.set_up_code(clock)
    assert owner.is_in()
    assert not thief.is_in()


def test_an_open_session_adds_nothing_without_the_password(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    clock.forward(timedelta(minutes=11))
    assert visitor.send(PAGE, f"{PAGE}/application").status_code == 422
    assert visitor.send(PAGE, f"{PAGE}/application", password="faux").status_code == 422
    assert visitor.send(PAGE, f"{PAGE}/application", password=PASSWORD).status_code == 303


def test_removing_asks_for_the_password(app: Flask, world: World, clock: SetClock) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    visitor.set_up_code(clock)
    for password in ("", "faux"):
        assert visitor.send(PAGE, f"{PAGE}/application/retrait", password=password).status_code == 422
    assert visitor.send(PAGE, f"{PAGE}/application/retrait", password=PASSWORD).status_code == 303
    assert Visitor(app, visitor.email).sign_in().location == "/equipe/"


def test_a_member_that_requires_it_opens_nothing_without(
    app: Flask, world: World, settings: Settings, clock: SetClock
) -> None:
    as_owner(settings, "update members set second_factor = 'required' where slug = 'amont'")
    visitor = Visitor(app, world.first.agent_email).entered()
    app.config["WTF_CSRF_ENABLED"] = False
    closed = [route for name, route in BY_ENDPOINT.items() if not route.is_open and route.name not in SETTING_UP]
    for rule in app.url_map.iter_rules():
        if BY_ENDPOINT.get(rule.endpoint) in closed and not rule.arguments:
            for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
                answer = visitor.client.open(str(rule), method=method)
                assert (answer.status_code, answer.location) == (303, f"/equipe{PAGE}"), rule
    app.config["WTF_CSRF_ENABLED"] = True
    assert "Le reste s'ouvre ensuite" in visitor.read(PAGE)
    visitor.set_up_code(clock)
    assert visitor.is_in()
    refused = visitor.send(PAGE, f"{PAGE}/application/retrait", password=PASSWORD)
    assert refused.status_code == 409
    assert Visitor(app, visitor.email).sign_in().location == "/equipe/connexion/code"
    assert Visitor(app, world.second.agent_email).sign_in().location == "/equipe/"


def test_nothing_that_opens_while_setting_up_shows_a_complaint() -> None:
    for name in SETTING_UP:
        route = BY_ENDPOINT[f"staff.{name}"]
        assert route.act == Act.READ
        assert route.path.startswith(("/moi/verification", "/deconnexion"))


def test_no_secret_rests_in_clear(app: Flask, world: World, settings: Settings, clock: SetClock) -> None:
    totp, codes = Visitor(app, world.first.agent_email).entered().set_up_code(clock)
    rows = str(as_owner(settings, "select * from staff")) + str(as_owner(settings, "select * from audit_entries"))
    for secret in (totp.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in rows
    assert "Compte de Ana Vidal" in rows


def test_a_picture_can_be_read_by_an_application_and_so_can_the_words(
    app: Flask, world: World, clock: SetClock
) -> None:
    visitor = Visitor(app, world.first.agent_email).entered()
    visitor.send(PAGE, f"{PAGE}/application")
    page = visitor.read(PAGE)
    assert 'src="data:image/svg+xml' in page
    assert "img-src 'self' data:" in visitor.client.get(f"/equipe{PAGE}").headers["Content-Security-Policy"]
    visitor.set_up_code(clock)
