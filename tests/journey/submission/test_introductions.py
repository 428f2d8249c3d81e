"""Whom a member's extranet introduces: once, in time, by its own key; everybody else is refused by a name."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from flask import Flask
from sqlalchemy import create_engine, text

from service.adapters.clock import SetClock
from service.domain.errors import BadInput, NotAllowed
from service.domain.introductions import Introduced, NotIntroduced
from service.journey.ports import Ports
from service.journey.submission import introduction_keys, introductions
from service.journey.transactions import shared_transaction
from service.models.member import Member
from service.settings import Settings
from tests.tokens import KEY, claims_of, share_secret, sign
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services
Welcome = Callable[[str], introductions.Welcomed]


@pytest.fixture
def secret(app: Flask, world: World, ports: Ports) -> str:
    return share_secret(app, world.first, ports)


@pytest.fixture
def welcome(app: Flask, world: World, ports: Ports) -> Welcome:
    """Bring a token to the first member."""
    return lambda token: _welcome(app, world.first, token, ports)


def _welcome(app: Flask, member: MemberWorld, token: str, ports: Ports) -> introductions.Welcomed:
    with app.app_context():
        with shared_transaction() as session:
            found = session.get_one(Member, member.id)
        return introductions.welcome(found, token, ports)


def refusal(welcome: Welcome, token: str) -> str:
    with pytest.raises(NotIntroduced) as refused:
        welcome(token)
    return refused.value.code


def opened(app: Flask, member_id: UUID, secret: str, ports: Ports) -> Introduced | None:
    with app.app_context():
        return introductions.open_introduction(member_id, secret, ports)


def pem(key: Any) -> str:
    made: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return made.decode()


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def forge(header: dict[str, Any], claims: dict[str, Any], secret: bytes = b"") -> str:
    """Write a token by hand: libraries refuse to make what attackers make."""
    said = f"{part(header)}.{part(claims)}"
    mark = hmac.new(secret, said.encode(), hashlib.sha256).digest() if secret else b""
    return f"{said}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def test_a_tenant_is_introduced_with_everything_the_extranet_says(
    app: Flask, world: World, ports: Ports, secret: str, welcome: Welcome
) -> None:
    welcomed = welcome(sign(secret, claims_of(world.first, ports, unknown_claim=[1])))
    assert opened(app, world.first.id, welcomed.secret, ports) == Introduced(
        "BAIL-77", world.first.collective, "Amina Diallo", "amina@example.org", "06 12 34 56 78", "fr",
        "https://extranet.example/accueil",
    )  # fmt: skip


def test_an_introduction_opens_for_its_member_only_and_not_for_ever(
    app: Flask, world: World, ports: Ports, clock: SetClock, secret: str, welcome: Welcome
) -> None:
    welcomed = welcome(sign(secret, claims_of(world.first, ports)))
    assert opened(app, world.second.id, welcomed.secret, ports) is None
    assert opened(app, world.first.id, "made-up", ports) is None
    clock.forward(timedelta(hours=2, seconds=1))
    assert opened(app, world.first.id, welcomed.secret, ports) is None


def test_nothing_of_it_rests_in_clear(
    world: World, ports: Ports, settings: Settings, secret: str, welcome: Welcome
) -> None:
    welcomed = welcome(sign(secret, claims_of(world.first, ports)))
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        kept = str(connection.execute(text("select * from introductions")).all())
        kept += str(connection.execute(text("select * from introduction_keys")).all())
    engine.dispose()
    for word in ("Diallo", "amina", "BAIL-77", welcomed.secret, secret):
        assert word not in kept


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "aval"}, "wrong_issuer"),
        ({"iss": None}, "wrong_issuer"),
        ({"aud": None}, "wrong_audience"),
        ({"aud": "http://localhost/aval"}, "wrong_audience"),
        ({"aud": "http://localhost/amont/"}, "wrong_audience"),
        ({"aud": ["http://localhost/amont", "http://localhost/aval"]}, "wrong_audience"),
        ({"jti": None}, "bad_claim"),
        ({"jti": ""}, "bad_claim"),
        ({"jti": 12}, "bad_claim"),
        ({"jti": "j" * 301}, "bad_claim"),
        ({"iat": None}, "bad_claim"),
        ({"exp": None}, "bad_claim"),
        ({"iat": "1764068400"}, "bad_claim"),
        ({"iat": True}, "bad_claim"),
        ({"exp": 10**400}, "bad_claim"),
        ({"exp": 1}, "expired"),
        ({"name": 12}, "bad_claim"),
        ({"name": ["Amina"]}, "bad_claim"),
        ({"name": "n" * 301}, "bad_claim"),
        ({"name": "Amina\r\nBcc: x@example.org"}, "bad_claim"),
        ({"email": "nul \x00"}, "bad_claim"),
        ({"dwelling": {"reference": "x"}}, "bad_claim"),
    ],
)
def test_a_signed_token_that_says_something_wrong_is_refused(
    world: World, ports: Ports, secret: str, welcome: Welcome, change: dict[str, Any], code: str
) -> None:
    assert refusal(welcome, sign(secret, claims_of(world.first, ports, **change))) == code


def test_a_token_lives_five_minutes_whatever_it_says(
    world: World, ports: Ports, clock: SetClock, secret: str, welcome: Welcome
) -> None:
    start = clock.now()
    years = claims_of(world.first, ports, exp=int((start + timedelta(days=3650)).timestamp()))
    clock.forward(timedelta(minutes=5, seconds=29))
    welcome(sign(secret, years | {"jti": "just in time"}))
    clock.forward(timedelta(seconds=1))
    assert refusal(welcome, sign(secret, years | {"jti": "too late"})) == "expired"


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_of_the_future_is_refused_but_clocks_may_differ_a_little(
    world: World, ports: Ports, secret: str, welcome: Welcome, claim: str
) -> None:
    now = int(ports.clock.now().timestamp())
    welcome(sign(secret, claims_of(world.first, ports, jti="near", exp=now + 200, **{claim: now + 30})))
    assert (
        refusal(welcome, sign(secret, claims_of(world.first, ports, exp=now + 200, **{claim: now + 31}))) == "not_yet"
    )


def test_a_token_is_used_once(world: World, ports: Ports, secret: str, welcome: Welcome) -> None:
    token = sign(secret, claims_of(world.first, ports))
    welcome(token)
    assert refusal(welcome, token) == "replayed"
    # The mark is the token's name, not its writing: signed anew, it is the same one.
    assert refusal(welcome, sign(secret, claims_of(world.first, ports, name="Bob"))) == "replayed"


def test_a_token_used_many_times_at_once_introduces_once(
    world: World, ports: Ports, secret: str, welcome: Welcome
) -> None:
    token = sign(secret, claims_of(world.first, ports))

    def bring(_: int) -> bool:
        try:
            welcome(token)
        except NotIntroduced:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(bring, range(16))) == 1


def test_a_token_of_one_member_is_nothing_at_anothers(app: Flask, world: World, ports: Ports, secret: str) -> None:
    token = sign(secret, claims_of(world.first, ports))
    with pytest.raises(NotIntroduced) as refused:
        _welcome(app, world.second, token, ports)
    assert refused.value.code == "unknown_key"
    # Even where both named their keys alike, and the token says it is for the other.
    share_secret(app, world.second, ports)
    aimed = sign(secret, claims_of(world.second, ports))
    with pytest.raises(NotIntroduced) as refused:
        _welcome(app, world.second, aimed, ports)
    assert refused.value.code == "bad_signature"


def test_a_revoked_key_signs_no_more(app: Flask, world: World, ports: Ports, secret: str, welcome: Welcome) -> None:
    with app.app_context():
        introduction_keys.revoke(world.first.id, KEY, ports)
    assert refusal(welcome, sign(secret, claims_of(world.first, ports))) == "unknown_key"


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_that_nobody_signed_is_refused(
    world: World, ports: Ports, secret: str, welcome: Welcome, name: str
) -> None:
    assert secret
    token = forge({"alg": name, "kid": KEY, "typ": "JWT"}, claims_of(world.first, ports))
    assert refusal(welcome, token) in {"bad_header", "unreadable"}


@pytest.mark.parametrize(
    "cut", ["", ".", "..", "a.b.c", "é.é.é", "x" * 4097, "e30.e30.", "null.null.null", "\x00.\x00.\x00"]
)
def test_what_is_no_token_is_refused_by_name(welcome: Welcome, cut: str) -> None:
    assert refusal(welcome, cut) in {"unreadable", "too_long", "bad_header"}


def test_a_token_nested_a_thousand_deep_is_refused(welcome: Welcome, secret: str) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 2900).decode().rstrip("=")
    assert refusal(welcome, f"{deep}.e30.") == "unreadable"
    head = part({"alg": "HS256", "kid": KEY})
    said = f"{head}.{deep}"
    mark = base64.urlsafe_b64encode(hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()).decode()
    assert refusal(welcome, f"{said}.{mark.rstrip('=')}") == "bad_signature"


@pytest.mark.parametrize(
    "more",
    [{"jwk": {"kty": "oct", "k": "AAAA"}}, {"x5u": "https://evil.example/k"}, {"jku": "https://evil.example"},
     {"crit": ["exp"]}, {"b64": False}, {"typ": "JWE"}, {"cty": "JWT"}],
)  # fmt: skip
def test_a_header_that_asks_for_more_is_refused(
    world: World, ports: Ports, secret: str, welcome: Welcome, more: dict[str, Any]
) -> None:
    header = {"alg": "HS256", "kid": KEY, "typ": "JWT"} | more
    token = forge(header, claims_of(world.first, ports), secret.encode())
    assert refusal(welcome, token) in {"bad_header", "unreadable"}


@pytest.mark.parametrize(
    "kid", [None, "", 12, ["extranet"], {"$ne": ""}, "autre", "' or '1'='1", "../../etc/passwd", "k" * 301, "nul\x00"]
)
def test_a_key_we_do_not_know_signs_nothing(
    world: World, ports: Ports, secret: str, welcome: Welcome, kid: object
) -> None:
    header = {"alg": "HS256", "typ": "JWT"} | ({"kid": kid} if kid is not None else {})
    token = forge(header, claims_of(world.first, ports), secret.encode())
    assert refusal(welcome, token) in {"bad_header", "unknown_key", "unreadable"}


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        ("RS256", lambda: rsa.generate_private_key(65537, 2048)),
        ("ES256", lambda: ec.generate_private_key(ec.SECP256R1())),
        ("EdDSA", ed25519.Ed25519PrivateKey.generate),
    ],
)
def test_a_member_may_keep_its_private_key_to_itself(
    app: Flask, world: World, ports: Ports, welcome: Welcome, algorithm: str, make: Callable[[], Any]
) -> None:
    key = make()
    with app.app_context():
        assert introduction_keys.create(world.first.id, "paire", algorithm, pem(key), ports) is None
    good = sign(key, claims_of(world.first, ports), kid="paire", algorithm=algorithm)
    # The public key is known to everybody: it must not serve as a shared secret.
    confused = forge({"alg": "HS256", "kid": "paire"}, claims_of(world.first, ports, jti="x"), pem(key).encode())
    assert refusal(welcome, confused) == "bad_signature"
    stranger = sign(make(), claims_of(world.first, ports, jti="y"), kid="paire", algorithm=algorithm)
    assert refusal(welcome, stranger) == "bad_signature"
    assert welcome(good).secret


def test_a_key_accepts_its_own_algorithm_only(world: World, ports: Ports, secret: str, welcome: Welcome) -> None:
    other = sign(ec.generate_private_key(ec.SECP256R1()), claims_of(world.first, ports), algorithm="ES256")
    assert refusal(welcome, other) == "bad_signature"
    longer = sign(secret * 2, claims_of(world.first, ports), algorithm="HS512")
    assert refusal(welcome, longer) == "bad_header"


def test_a_changed_claim_breaks_the_signature(world: World, ports: Ports, secret: str, welcome: Welcome) -> None:
    head, _, mark = sign(secret, claims_of(world.first, ports)).split(".")
    changed = f"{head}.{part(claims_of(world.first, ports, sub='BAIL-78'))}.{mark}"
    assert refusal(welcome, changed) == "bad_signature"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://extranet.example/", "//extranet.example", "https://moi@extranet.example/",
     "data:text/html,x", "https://", "https://exa mple.org", "ftp://x.example/", "https://a.example\\@b.example"],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_dropped(
    app: Flask, world: World, ports: Ports, secret: str, welcome: Welcome, address: str
) -> None:
    welcomed = welcome(sign(secret, claims_of(world.first, ports, return_url=address)))
    person = opened(app, world.first.id, welcomed.secret, ports)
    assert person is not None
    assert person.return_url is None


def test_an_address_that_would_write_a_header_is_refused(
    world: World, ports: Ports, secret: str, welcome: Welcome
) -> None:
    with pytest.raises(NotIntroduced) as refused:
        welcome(sign(secret, claims_of(world.first, ports, return_url="https://extranet.example/\r\nX: y")))
    assert (refused.value.code, refused.value.return_url) == ("bad_claim", None)


def test_tenants_are_led_back_to_the_members_own_pages_only(
    app: Flask, world: World, ports: Ports, settings: Settings, secret: str, welcome: Welcome
) -> None:
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update members set frame_origins = '[\"https://extranet.example\"]'"))
    engine.dispose()
    own = welcome(sign(secret, claims_of(world.first, ports, jti="1", return_url="https://extranet.example/moi?a=1")))
    foreign = welcome(sign(secret, claims_of(world.first, ports, jti="2", return_url="https://autre.example/")))
    found = [opened(app, world.first.id, one.secret, ports) for one in (own, foreign)]
    assert [one.return_url for one in found if one] == ["https://extranet.example/moi?a=1", None]


def test_a_refusal_knows_the_way_back_only_when_the_member_signed_it(
    world: World, ports: Ports, secret: str, welcome: Welcome
) -> None:
    for key, back in ((secret, "https://extranet.example/accueil"), ("another secret " * 3, None)):
        with pytest.raises(NotIntroduced) as refused:
            welcome(sign(key, claims_of(world.first, ports, exp=1)))
        assert refused.value.return_url == back


def test_introductions_that_are_over_are_forgotten(
    app: Flask, world: World, ports: Ports, clock: SetClock, secret: str, welcome: Welcome
) -> None:
    token = sign(secret, claims_of(world.first, ports))
    welcome(token)
    with app.app_context():
        assert introductions.prune(world.first.id, ports) == 0
        clock.forward(timedelta(hours=2))
        assert introductions.prune(world.first.id, ports) == 1
    assert refusal(welcome, token) == "expired"


def test_an_introduction_sealed_under_a_lost_key_introduces_nobody(
    app: Flask, world: World, ports: Ports, settings: Settings, secret: str, welcome: Welcome
) -> None:
    welcomed = welcome(sign(secret, claims_of(world.first, ports)))
    engine = create_engine(settings.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("update introductions set sealed = 'lost'"))
    engine.dispose()
    assert opened(app, world.first.id, welcomed.secret, ports) is None


def test_a_key_must_be_of_its_algorithm_and_long_enough(app: Flask, world: World, ports: Ports) -> None:
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505  Refused for that.
    p384 = ec.generate_private_key(ec.SECP384R1())
    wrong = [("RS256", pem(short)), ("ES256", pem(p384)), ("EdDSA", pem(p384)), ("RS256", None), ("HS256", pem(p384)),
             ("ES256", "not a key")]  # fmt: skip
    with app.app_context():
        for algorithm, key in wrong:
            with pytest.raises(BadInput):
                introduction_keys.create(world.first.id, "clé", algorithm, key, ports)
        secret = introduction_keys.create(world.first.id, "clé", "HS256", None, ports)
        assert len((secret or "").encode()) >= 32
        with pytest.raises(NotAllowed):
            introduction_keys.create(world.first.id, "clé", "HS256", None, ports)
