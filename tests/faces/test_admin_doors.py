"""The pages of doors: identity provider, keys, arrivals, addresses that are called; each change written down."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from service.adapters.clock import SetClock
from service.adapters.webhooks import RememberingCaller
from service.domain.audit import first_fault
from service.journey.administration import audit, provider_settings
from service.journey.people.accounts import caller_of_key
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint, EndpointSecret
from service.models.introduction import IntroductionKey
from service.models.member import ApiKey, Member
from service.models.oversight import AuditEntry, Proposal
from service.models.people import Staff
from service.models.signing_in import IdentityProvider
from tests.faces.test_provider_sign_in import change, come_back, leave, set_up
from tests.faces.test_staff import Desk
from tests.oidc_hostile import CLIENT_ID, SECRET, Hostile, hostile
from tests.people import desk_of
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

DOORS = "/equipe/administration/connexions"
PROVIDER, KEYS, ARRIVALS, ENDPOINTS = (f"{DOORS}/{one}" for one in ("identite", "cles", "arrivees", "adresses"))
PAGES = (DOORS, PROVIDER, KEYS, ARRIVALS, ENDPOINTS)
VALIDATIONS = "/equipe/administration/validations"
URL = "https://si.exemple.fr/seve"


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return desk_of(app, world.first, "administrator")


def log_of(app: Flask, member: MemberWorld) -> list[tuple[str, str, str]]:
    """Return who did what to what, and see that the chain holds and that it holds no secret."""
    with app.app_context(), member_transaction(member.id) as session:
        found = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
        assert first_fault((audit.link_of(entry), entry.digest) for entry in found) is None
        written = str([(entry.subject, entry.before, entry.after) for entry in found])
        assert not [secret for secret in (SECRET, "whsec_", "seve_", "jeton=") if secret in written]
        return [(entry.actor, entry.action, entry.subject) for entry in found]


def proposals(app: Flask, member: MemberWorld) -> list[Proposal]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Proposal).order_by(Proposal.asked_at)))


def waits(app: Flask, member: MemberWorld) -> list[Proposal]:
    return [one for one in proposals(app, member) if one.decision is None]


def agree(app: Flask, member: MemberWorld) -> None:
    """Let the member's supervisor agree to what waits."""
    other = Desk(app.test_client())
    assert other.sign_in(f"responsable@{member.slug}.example").status_code == 303
    for one in proposals(app, member):
        if one.decision is None:
            assert other.send(VALIDATIONS, f"{VALIDATIONS}/{one.id}/accord").status_code == 303


def shown(page: str) -> str:
    """Return the secret a page shows once."""
    found = re.search(r'role="status">.*?<code class="copied">([^<]+)</code>', page, re.DOTALL)
    assert found, page
    return found[1]


# Who opens them.


@pytest.mark.parametrize("role", ["agent", "supervisor", "reader"])
def test_only_an_administrator_opens_the_doors(app: Flask, world: World, role: str) -> None:
    client = desk_of(app, world.first, role).client
    assert [client.get(url).status_code for url in PAGES] == [403] * len(PAGES)


def test_the_administration_leads_to_every_door(desk: Desk) -> None:
    assert f'href="{DOORS}"' in desk.read("/equipe/administration")
    home = desk.read(DOORS)
    for url in PAGES[1:]:
        assert f'href="{url}"' in home
        assert desk.client.get(url).status_code == 200


# The identity provider.


@pytest.fixture
def provider(clock: SetClock) -> Iterator[Hostile]:
    with hostile(clock) as running:
        yield running


def typed(provider: Hostile, **more: str) -> dict[str, str]:
    return {
        "name": "Mon Bailleur ID", "issuer": provider.issuer, "client_id": CLIENT_ID, "secret": SECRET,
        "domains": "amont.example", "is_active": "on",
    } | more  # fmt: skip


def kept(app: Flask, member: MemberWorld) -> IdentityProvider | None:
    with app.app_context(), member_transaction(member.id) as session:
        return session.scalars(select(IdentityProvider)).first()


def set_first(app: Flask, world: World, desk: Desk, provider: Hostile) -> None:
    """Set the first member's provider, as two people do."""
    assert desk.send(PROVIDER, PROVIDER, **typed(provider, reason="Le premier")).status_code == 303
    agree(app, world.first)


def test_the_first_provider_takes_two_where_somebody_else_leads(
    app: Flask, world: World, desk: Desk, provider: Hostile
) -> None:
    assert desk.send(PROVIDER, PROVIDER, **typed(provider)).status_code == 422  # nobody is told why
    assert desk.send(PROVIDER, PROVIDER, **typed(provider, reason="Le premier")).status_code == 303
    assert kept(app, world.first) is None
    agree(app, world.first)
    assert kept(app, world.first)


def test_what_was_proposed_of_another_provider_is_refused(
    app: Flask, world: World, desk: Desk, provider: Hostile, ports: Ports
) -> None:
    set_first(app, world, desk, provider)
    desk.send(PROVIDER, PROVIDER, **typed(provider, secret="", name="Neuf", reason="Plus clair"))
    with app.app_context():
        provider_settings.switch_off(world.first.id, audit.COMMAND, ports)
    agree(app, world.first)
    found = kept(app, world.first)
    assert found
    assert (found.name, found.is_active) == ("Mon Bailleur ID", False)
    assert waits(app, world.first)


def test_the_first_provider_is_set_at_once_by_whoever_leads_alone_and_people_sign_in_there(
    app: Flask, client: FlaskClient, world: World, desk: Desk, provider: Hostile
) -> None:
    change(app, world.first, world.first.supervisor_id, role="agent", password_hash=None)
    change(app, world.first, world.first.agent_id, password_hash=None)  # nobody else has come
    assert desk.send(PROVIDER, PROVIDER, **typed(provider)).status_code == 303
    found = kept(app, world.first)
    assert found
    assert found.sealed_secret
    assert SECRET not in found.sealed_secret
    assert SECRET not in desk.read(PROVIDER)
    assert log_of(app, world.first)[-1] == ("Administrator", "created", "Fournisseur d'identité")
    given = provider.send_back(leave(client))
    assert come_back(client, given).status_code == 303
    assert "Ana Vidal" in desk.read(PROVIDER)
    assert kept(app, world.second) is None


def test_a_change_waits_for_a_second_person(app: Flask, world: World, desk: Desk, provider: Hostile) -> None:
    set_up(app, world.first, "https://avant.exemple.fr")
    change(app, world.first, world.first.agent_id, subject="subject-at-the-one-before")
    unexplained = desk.send(PROVIDER, PROVIDER, **typed(provider))
    assert unexplained.status_code == 422
    assert "Dites pourquoi" in unexplained.text
    assert desk.send(PROVIDER, PROVIDER, **typed(provider, reason="Nouveau contrat")).status_code == 303
    found = kept(app, world.first)
    assert found
    assert found.issuer == "https://avant.exemple.fr"
    (asked,) = proposals(app, world.first)
    assert provider.issuer in asked.subject
    assert SECRET not in str(asked.values)
    assert "attend" in desk.read(PROVIDER)
    desk.send(VALIDATIONS, f"{VALIDATIONS}/{asked.id}/accord")  # not by whoever asked
    assert proposals(app, world.first)[0].decision is None
    agree(app, world.first)
    found = kept(app, world.first)
    assert found
    assert found.issuer == provider.issuer
    # Another provider may call somebody else by the same name.
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(Staff.subject).where(Staff.subject.is_not(None))).all() == []
    assert log_of(app, world.first)[-1] == ("Rémi Sorel", "changed", "Fournisseur d'identité")


def test_the_only_way_takes_two_even_the_first_time(app: Flask, world: World, desk: Desk, provider: Hostile) -> None:
    sent = typed(provider, is_the_only_way="on", reason="Tout le monde y est")
    assert desk.send(PROVIDER, PROVIDER, **sent).status_code == 303
    assert kept(app, world.first) is None
    agree(app, world.first)
    found = kept(app, world.first)
    assert found
    assert found.is_the_only_way
    refused = Desk(app.test_client()).sign_in(world.first.agent_email)
    assert refused.status_code == 403
    assert Desk(app.test_client()).sign_in("administrator@amont.example").status_code == 303


def test_a_secret_is_kept_for_the_issuer_that_gave_it_only(
    app: Flask, world: World, desk: Desk, provider: Hostile
) -> None:
    set_first(app, world, desk, provider)
    elsewhere = typed(provider, secret="", issuer="https://autre.exemple.fr", reason="Un essai")
    refused = desk.send(PROVIDER, PROVIDER, **elsewhere)
    assert refused.status_code == 422
    assert "secret" in refused.text
    before = kept(app, world.first)
    assert (
        desk.send(PROVIDER, PROVIDER, **typed(provider, secret="", name="Neuf", reason="Plus clair")).status_code == 303
    )
    agree(app, world.first)
    after = kept(app, world.first)
    assert before
    assert after
    assert (after.name, after.sealed_secret) == ("Neuf", before.sealed_secret)


def test_a_kept_secret_does_not_follow_a_change_that_came_between(
    app: Flask, world: World, desk: Desk, provider: Hostile, ports: Ports
) -> None:
    set_first(app, world, desk, provider)
    desk.send(PROVIDER, PROVIDER, **typed(provider, secret="", name="Neuf", reason="Plus clair"))
    with app.app_context(), member_transaction(world.first.id) as session:
        other = session.scalars(select(IdentityProvider)).one()
        other.issuer, other.sealed_secret = "https://autre.exemple.fr", ports.sealer.seal("the other's")
    agree(app, world.first)
    found = kept(app, world.first)
    assert found
    assert (found.issuer, found.name) == ("https://autre.exemple.fr", "Mon Bailleur ID")
    assert waits(app, world.first)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"issuer": "http://id.exemple.fr"}, "commencer par https"),
        ({"issuer": "n'importe"}, "Donnez l'émetteur"),
        ({"name": ""}, "au moins un mot"),
        ({"client_id": " "}, "au moins un mot"),
        ({"secret": ""}, "Donnez le secret de client"),
        ({"domains": "ana@exemple.fr"}, "Donnez des domaines"),
        ({"domains": "pris.example"}, "Un autre bailleur"),
        ({"domains": "aval.example"}, "Un autre bailleur"),  # where people of the second member have their addresses
    ],
)
def test_what_is_wrong_in_a_provider_is_said(
    app: Flask, world: World, desk: Desk, provider: Hostile, wrong: dict[str, str], sentence: str
) -> None:
    set_up(app, world.second, provider.issuer, email_domains=["pris.example"])
    refused = desk.send(PROVIDER, PROVIDER, **typed(provider, **wrong))
    assert refused.status_code in {409, 422}
    assert sentence in refused.text.replace("&#39;", "'")
    assert SECRET not in refused.text
    assert kept(app, world.first) is None


def test_a_provider_is_tried_without_being_kept(app: Flask, world: World, desk: Desk, provider: Hostile) -> None:
    good = desk.send(PROVIDER, f"{PROVIDER}/essai", **typed(provider))
    assert good.status_code == 200
    assert "signe avec RS256" in good.text
    provider.says = {"issuer": f"{provider.issuer}/"}
    bad = desk.send(PROVIDER, f"{PROVIDER}/essai", **typed(provider))
    assert bad.status_code == 422
    assert "barre finale comprise" in bad.text
    provider.says, provider.published = {}, []
    assert "Aucune clé" in desk.send(PROVIDER, f"{PROVIDER}/essai", **typed(provider)).text
    private = desk.send(PROVIDER, f"{PROVIDER}/essai", **typed(provider, issuer="https://10.0.0.1"))
    assert "ne répond pas" in private.text
    assert kept(app, world.first) is None


def test_an_account_is_untied(app: Flask, world: World, desk: Desk, provider: Hostile) -> None:
    set_up(app, world.first, provider.issuer)
    change(app, world.first, world.first.agent_id, subject="old")
    change(app, world.second, world.second.agent_id, subject="theirs")
    desk.send(PROVIDER, f"{PROVIDER}/comptes/{world.first.agent_id}/oubli")
    desk.send(PROVIDER, f"{PROVIDER}/comptes/{world.second.agent_id}/oubli")
    with app.app_context():
        with member_transaction(world.first.id) as session:
            assert session.get_one(Staff, world.first.agent_id).subject is None
        with member_transaction(world.second.id) as session:
            assert session.get_one(Staff, world.second.agent_id).subject == "theirs"
    assert log_of(app, world.first)[-1] == ("Administrator", "changed", "Compte de Ana Vidal")


def test_a_provider_that_locks_people_out_is_switched_off_on_the_machine(app: Flask, world: World) -> None:
    set_up(app, world.first, "https://id.exemple.fr", is_the_only_way=True)
    run = app.test_cli_runner().invoke
    assert "en service, seul moyen" in run(args=["providers", "list"]).output
    assert run(args=["providers", "disable", "amont"]).exit_code == 0
    assert run(args=["providers", "disable", "amont"]).exit_code == 1
    found = kept(app, world.first)
    assert found
    assert not found.is_active
    assert log_of(app, world.first) == [("command", "changed", "Fournisseur d'identité")]
    assert Desk(app.test_client()).sign_in(world.first.agent_email).status_code == 303


def test_secrets_of_providers_are_resealed_those_that_wait_too(
    app: Flask, world: World, desk: Desk, provider: Hostile, ports: Ports
) -> None:
    set_first(app, world, desk, provider)
    desk.send(PROVIDER, PROVIDER, **typed(provider, name="Neuf", reason="Plus clair"))
    assert app.test_cli_runner().invoke(args=["secrets", "reseal"]).output.startswith("Secrets scellés de nouveau : 0.")
    with app.app_context(), member_transaction(world.first.id) as session:
        found = session.scalars(select(IdentityProvider)).one()
        found.sealed_secret = "plain:avant"
        asked = session.scalars(select(Proposal).where(Proposal.decision.is_(None))).one()
        asked.values = asked.values | {"sealed_secret": "plain:neuf"}
    assert "de nouveau : 2." in app.test_cli_runner().invoke(args=["secrets", "reseal"]).output
    found = kept(app, world.first)
    assert found
    assert ports.sealer.unseal(found.sealed_secret or "") == "avant"
    assert ports.sealer.unseal(waits(app, world.first)[0].values["sealed_secret"]) == "neuf"


# Keys of the extranet.


def key_ids(app: Flask, member: MemberWorld) -> dict[str, UUID]:
    with app.app_context(), member_transaction(member.id) as session:
        return {key.name: key.id for key in session.scalars(select(ApiKey).where(ApiKey.revoked_at.is_(None)))}


def make_key(app: Flask, world: World, desk: Desk, name: str) -> str:
    """Let two people make a key; return it."""
    key = shown(desk.send(KEYS, KEYS, name=name, why="Il change").text)
    agree(app, world.first)
    return key


def test_a_key_is_shown_once_and_opens_when_a_second_person_agrees(app: Flask, world: World, desk: Desk) -> None:
    unexplained = desk.send(KEYS, KEYS, name="extranet 2027")
    assert (unexplained.status_code, "seve_" in unexplained.text) == (422, False)
    assert 'id="why-error"' in unexplained.text
    answer = desk.send(KEYS, KEYS, name=" extranet  2027 ", why="Le nouvel extranet")
    key = shown(answer.text)
    assert "un autre responsable doit accepter" in answer.text
    again = desk.send(KEYS, KEYS, name="extranet 2027", why="Le nouvel extranet")  # pressed twice
    assert (again.status_code, "attend déjà" in again.text) == (409, True)
    with app.app_context():
        assert caller_of_key(key) is None
    assert "attend un autre responsable" in desk.read(KEYS)
    agree(app, world.first)
    sandbox = shown(desk.send(KEYS, KEYS, name="essai", is_sandbox="on").text)
    with app.app_context():
        found, tried = caller_of_key(key), caller_of_key(sandbox)
    assert found
    assert tried
    assert (found.member_id, found.is_sandbox, tried.is_sandbox) == (world.first.id, False, True)
    assert key not in desk.read(KEYS)
    assert "attend un autre responsable" not in desk.read(KEYS)
    again = desk.send(KEYS, KEYS, name="extranet 2027", why="Encore")  # the page asked for again
    assert again.status_code == 409
    assert "seve_" not in again.text
    assert log_of(app, world.first)[-4:] == [
        ("Administrator", "proposed", "Créer la clé d'extranet « extranet 2027 », qui lit et envoie des demandes"),
        ("Rémi Sorel", "agreed", "Créer la clé d'extranet « extranet 2027 », qui lit et envoie des demandes"),
        ("Rémi Sorel", "created", "Clé d'extranet « extranet 2027 »"),
        ("Administrator", "created", "Clé d'extranet « essai »"),
    ]


def test_whoever_leads_alone_makes_a_key_without_a_word(app: Flask, world: World, desk: Desk) -> None:
    change(app, world.first, world.first.supervisor_id, role="agent")
    assert "Pourquoi cette clé" not in desk.read(KEYS)
    key = shown(desk.send(KEYS, KEYS, name="extranet 2027").text)
    with app.app_context():
        assert caller_of_key(key)


def test_a_key_is_revoked_at_once_but_the_last_takes_two(app: Flask, world: World, desk: Desk) -> None:
    make_key(app, world, desk, "neuve")
    desk.send(KEYS, KEYS, name="essai", is_sandbox="on")
    ids = key_ids(app, world.first)
    assert desk.send(KEYS, f"{KEYS}/{ids['neuve']}/revocation").status_code == 303
    assert desk.send(KEYS, f"{KEYS}/{ids['neuve']}/revocation").status_code == 303
    assert desk.send(KEYS, f"{KEYS}/{ids['extranet']}/revocation").status_code == 422
    assert desk.send(KEYS, f"{KEYS}/{ids['extranet']}/revocation", reason="Il ferme").status_code == 303
    assert set(key_ids(app, world.first)) == {"extranet", "essai"}
    agree(app, world.first)
    assert set(key_ids(app, world.first)) == {"essai"}
    with app.app_context():
        assert caller_of_key(world.first.key) is None
        assert caller_of_key(world.second.key)
    assert [entry for entry in log_of(app, world.first) if entry[1] == "revoked"] == [
        ("Administrator", "revoked", "Clé d'extranet « neuve »"),
        ("Rémi Sorel", "revoked", "Clé d'extranet « extranet »"),
    ]


def test_anothers_key_is_not_found(app: Flask, world: World, desk: Desk) -> None:
    theirs = key_ids(app, world.second)["extranet"]
    assert desk.send(KEYS, f"{KEYS}/{theirs}/revocation", reason="Rien").status_code == 404
    assert key_ids(app, world.second)


# Arrivals.


def test_an_introduction_key_is_created_and_revoked(app: Flask, world: World, desk: Desk) -> None:
    secret = shown(desk.send(ARRIVALS, ARRIVALS, name="extranet", algorithm="HS256").text)
    assert len(secret) >= 32
    assert secret not in desk.read(ARRIVALS)
    assert desk.send(ARRIVALS, ARRIVALS, name="extranet", algorithm="HS256").status_code == 409
    assert desk.send(ARRIVALS, ARRIVALS, name="autre", algorithm="ES256", public_key="rien").status_code == 422
    pem = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    made = desk.send(ARRIVALS, ARRIVALS, name="autre", algorithm="ES256", public_key=pem)
    assert "Copiez ce secret" not in made.text
    for _ in range(2):
        assert desk.send(ARRIVALS, f"{ARRIVALS}/revocation", name="extranet").status_code == 303
    with app.app_context(), member_transaction(world.first.id) as session:
        states = {key.name: key.revoked_at is not None for key in session.scalars(select(IntroductionKey))}
    assert states == {"extranet": True, "autre": False}
    assert [entry[1:] for entry in log_of(app, world.first)] == [
        ("created", "Clé de présentation « extranet »"),
        ("created", "Clé de présentation « autre »"),
        ("revoked", "Clé de présentation « extranet »"),
    ]


def test_a_site_is_allowed_and_taken_off(app: Flask, world: World, desk: Desk) -> None:
    for _ in range(2):
        sent = desk.send(ARRIVALS, f"{ARRIVALS}/sites", origin="https://Extranet.exemple.fr/")
        assert sent.status_code == 303
    assert desk.send(ARRIVALS, f"{ARRIVALS}/sites", origin="http://extranet.exemple.fr").status_code == 422
    assert desk.send(ARRIVALS, f"{ARRIVALS}/sites", origin="https://a.fr/chemin").status_code == 422
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.get_one(Member, world.first.id).frame_origins == ["https://extranet.exemple.fr"]
        assert session.get_one(Member, world.second.id).frame_origins == []
    for _ in range(2):
        desk.send(ARRIVALS, f"{ARRIVALS}/sites/retrait", known="https://extranet.exemple.fr")
    assert [entry[1:] for entry in log_of(app, world.first)] == [("changed", "Sites qui montrent le formulaire")] * 2


# Addresses that are called.


def endpoints_of(app: Flask, member: MemberWorld) -> list[Endpoint]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Endpoint).order_by(Endpoint.created_at)))


def secrets_of(app: Flask, member: MemberWorld) -> list[EndpointSecret]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(EndpointSecret)))


def test_a_webhook_is_added_tried_renewed_and_switched_off_and_on(
    app: Flask, world: World, desk: Desk, caller: RememberingCaller
) -> None:
    added = desk.send(ENDPOINTS, ENDPOINTS, kind="webhook", address=f"{URL}?jeton=secret")
    assert shown(added.text).startswith("whsec_")
    assert "jeton=secret" not in desk.read(ENDPOINTS)
    assert desk.send(ENDPOINTS, ENDPOINTS, kind="webhook", address=f"{URL}?jeton=secret").status_code == 409
    (one,) = endpoints_of(app, world.first)
    there = f"{ENDPOINTS}/{one.id}"
    assert desk.send(ENDPOINTS, f"{there}/essai").status_code == 303
    assert "L'essai est arrivé." in desk.read(ENDPOINTS).replace("&#39;", "'")
    caller.is_down = True
    desk.send(ENDPOINTS, f"{there}/essai")
    assert "L'essai n'est pas passé" in desk.read(ENDPOINTS).replace("&#39;", "'")
    newest = str(secrets_of(app, world.first)[0].id)
    assert shown(desk.send(ENDPOINTS, f"{there}/secret", overlap="1", newest=newest).text).startswith("whsec_")
    again = desk.send(ENDPOINTS, f"{there}/secret", overlap="1", newest=newest)  # pressed twice
    assert again.status_code == 409
    assert len(secrets_of(app, world.first)) == 2
    assert desk.send(ENDPOINTS, f"{there}/secret", overlap="1000").status_code == 422
    for _ in range(2):
        assert desk.send(ENDPOINTS, f"{there}/arret").status_code == 303
    assert not endpoints_of(app, world.first)[0].is_active
    for _ in range(2):
        assert desk.send(ENDPOINTS, f"{there}/reprise").status_code == 303
    assert endpoints_of(app, world.first)[0].is_active
    assert [entry[1:] for entry in log_of(app, world.first)] == [
        (action, f"Adresse appelée {URL}") for action in ("created", "renewed", "removed", "changed")
    ]


def test_an_address_that_is_given_words_takes_two(app: Flask, world: World, desk: Desk, ports: Ports) -> None:
    sent = {
        "kind": "open311", "address": "https://ville.exemple.fr/", "owner": f"organisation:{world.first.supplier_id}",
        "key": "la clé de la ville", "services": "chauffage = 12\n\nascenseur=7", "jurisdiction": "ville.exemple.fr",
    }  # fmt: skip
    assert desk.send(ENDPOINTS, ENDPOINTS, **sent).status_code == 422
    assert desk.send(ENDPOINTS, ENDPOINTS, **sent, reason="Convention signée").status_code == 303
    assert endpoints_of(app, world.first) == []
    assert "la clé de la ville" not in str(proposals(app, world.first)[0].values)
    agree(app, world.first)
    (one,) = endpoints_of(app, world.first)
    assert one.organisation_id == world.first.supplier_id
    assert one.options == {"services": {"chauffage": "12", "ascenseur": "7"}, "jurisdiction_id": "ville.exemple.fr"}
    assert ports.sealer.unseal(secrets_of(app, world.first)[0].sealed) == "la clé de la ville"
    # Once switched off, it takes two again.
    desk.send(ENDPOINTS, f"{ENDPOINTS}/{one.id}/arret")
    assert desk.send(ENDPOINTS, f"{ENDPOINTS}/{one.id}/reprise").status_code == 422
    assert desk.send(ENDPOINTS, f"{ENDPOINTS}/{one.id}/reprise", reason="Elle est réparée").status_code == 303
    assert not endpoints_of(app, world.first)[0].is_active
    agree(app, world.first)
    assert endpoints_of(app, world.first)[0].is_active


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"address": "ftp://si.exemple.fr"}, "commencer par https"),
        ({"address": "https://nom:mot@si.exemple.fr"}, "mot de passe"),
        ({"kind": "pigeon"}, "dans la liste"),
        ({"owner": "team:n'importe"}, "dans la liste"),
        ({"owner": "autre:00000000-0000-0000-0000-000000000001"}, "dans la liste"),
        ({"owner": "team:00000000-0000-0000-0000-000000000001"}, "dans la liste"),
        ({"kind": "open311", "services": "licorne = 12"}, "un code par ligne"),
        ({"kind": "folder", "address": "../ailleurs"}, "minuscules"),
    ],
)
def test_what_is_wrong_in_an_address_is_said(
    app: Flask, world: World, desk: Desk, wrong: dict[str, str], sentence: str
) -> None:
    refused = desk.send(ENDPOINTS, ENDPOINTS, **({"kind": "webhook", "address": URL, "reason": "Un essai"} | wrong))
    assert refused.status_code == 422
    assert sentence in refused.text.replace("&#39;", "'")
    assert (endpoints_of(app, world.first), proposals(app, world.first)) == ([], [])


def test_anothers_team_and_address_are_not_there(app: Flask, world: World, desk: Desk) -> None:
    theirs = world.second.teams["technical"]
    assert desk.send(ENDPOINTS, ENDPOINTS, kind="webhook", address=URL, owner=f"team:{theirs}").status_code == 422
    other = desk_of(app, world.second, "administrator")
    other.send(ENDPOINTS, ENDPOINTS, kind="webhook", address=URL)
    (one,) = endpoints_of(app, world.second)
    for act in ("essai", "secret", "arret", "reprise"):
        assert desk.send(ENDPOINTS, f"{ENDPOINTS}/{one.id}/{act}", overlap="0").status_code == 404, act
    assert URL not in desk.read(ENDPOINTS)
    assert endpoints_of(app, world.second)[0].is_active
