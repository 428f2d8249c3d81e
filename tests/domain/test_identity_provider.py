"""What is asked of an identity provider, and what it may say."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.errors import BadInput
from service.domain.identity_provider import (
    LASTS,
    Faulty,
    check_issuer,
    code_of,
    domain_of,
    identity_of,
    is_too_late,
    read_description,
    read_domains,
)

ISSUER = "https://id.exemple.fr"
SAID = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
}


@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/", f"{ISSUER}/realms/un", "http://127.0.0.1:8080"])
def test_an_issuer_is_kept_as_it_is_written(issuer: str) -> None:
    assert check_issuer(f" {issuer} ") == issuer


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "not_an_issuer"),
        ("id.exemple.fr", "not_an_issuer"),
        ("ftp://id.exemple.fr", "not_an_issuer"),
        ("https://nom:mot@id.exemple.fr", "not_an_issuer"),
        (f"{ISSUER}?a=b", "not_an_issuer"),
        (f"{ISSUER}#a", "not_an_issuer"),
        (f"{ISSUER}/.well-known/openid-configuration", "not_an_issuer"),
        (f"{ISSUER}/{'a' * 300}", "not_an_issuer"),
        ("http://id.exemple.fr", "not_https"),
        ("http://localhost.exemple.fr", "not_https"),
    ],
)
def test_what_is_no_issuer_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_issuer(typed)
    assert (refused.value.code, refused.value.field) == (code, "issuer")


def test_domains_are_read_however_they_are_separated() -> None:
    assert read_domains("Exemple.FR, @siege.exemple.fr;exemple.fr\n") == ["exemple.fr", "siege.exemple.fr"]
    assert read_domains(" ") == []


@pytest.mark.parametrize("typed", ["exemple", "ana@exemple.fr", "-a.fr", "a..fr", "exemple.fr/", "é.fr", "1.2.3.4"])
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="not_a_domain"):
        read_domains(typed)


def test_there_are_only_so_many_domains() -> None:
    with pytest.raises(BadInput, match="too_many_domains"):
        read_domains(" ".join(f"d{number}.fr" for number in range(21)))


@pytest.mark.parametrize(
    ("address", "domain"),
    [("Ana@Exemple.FR ", "exemple.fr"), ("exemple.fr", "exemple.fr"), ("a@b@exemple.fr", "exemple.fr"), ("ana@", None),
     ("ana", None), ("", None), ("ana@exemple.fr\x00", None)],
)  # fmt: skip
def test_the_domain_of_an_address(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


def test_what_a_provider_does_not_say_has_its_usual_value() -> None:
    described = read_description(SAID, ISSUER)
    assert (described.algorithms, described.said_by, described.userinfo) == (("RS256",), "client_secret_basic", None)
    assert not described.names_itself


def test_only_the_algorithms_we_take_are_taken() -> None:
    signs = {"id_token_signing_alg_values_supported": ["none", "HS256", "ES256", "RS256", "EdDSA", 7]}
    assert read_description(SAID | signs, ISSUER).algorithms == ("RS256", "ES256")


def test_a_way_to_say_the_secret_that_we_do_not_know_is_none() -> None:
    only = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    assert read_description(SAID | only, ISSUER).said_by is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"issuer": f"{ISSUER}/"}, "issuer"),
        ({"issuer": None}, "issuer"),
        ({"token_endpoint": "http://id.exemple.fr/token"}, "endpoints"),
        ({"jwks_uri": None}, "endpoints"),
        ({"authorization_endpoint": ["a"]}, "endpoints"),
        ({"response_types_supported": ["id_token"]}, "code_flow"),
        ({"id_token_signing_alg_values_supported": ["HS256"]}, "algorithms"),
        ({"id_token_signing_alg_values_supported": None}, "algorithms"),
    ],
)
def test_a_description_that_cannot_be_is_refused(said: dict[str, object], code: str) -> None:
    with pytest.raises(Faulty) as refused:
        read_description(SAID | said, ISSUER)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, "answer"),
        ({"code": ""}, "answer"),
        ({"code": "c", "iss": "https://autre.exemple.fr"}, "answer"),
        ({"code": "c", "iss": ""}, "answer"),
        ({"error": "access_denied", "code": "c"}, "denied"),
        ({"error": "server_error"}, "refused"),
    ],
)
def test_an_answer_without_a_good_code_is_refused(answer: dict[str, str], code: str) -> None:
    with pytest.raises(Faulty) as refused:
        code_of(answer, read_description(SAID, ISSUER))
    assert refused.value.code == code


def test_a_code_is_read() -> None:
    described = read_description(SAID, ISSUER)
    assert code_of({"code": "c"}, described) == code_of({"code": "c", "iss": ISSUER}, described) == "c"


@pytest.mark.parametrize("subject", [None, "", "  ", 7, "a\x00", "a" * 301])
def test_a_token_that_names_nobody_is_refused(subject: object) -> None:
    with pytest.raises(Faulty, match="token"):
        identity_of({"sub": subject, "email": "ana@exemple.fr", "email_verified": True})


@pytest.mark.parametrize("is_verified", [False, None, "true", 1])
def test_only_a_verified_address_counts(is_verified: object) -> None:
    claims = {"sub": "s", "email": "Ana@Exemple.fr", "email_verified": is_verified}
    assert identity_of(claims).email is None
    assert identity_of(claims | {"email_verified": True}).email == "ana@exemple.fr"


@pytest.mark.parametrize(
    ("seconds", "late"), [(-1, True), (0, False), (LASTS.seconds, False), (LASTS.seconds + 1, True)]
)
def test_a_way_back_lasts_so_long(seconds: int, late: bool) -> None:
    started = datetime(2026, 11, 25, tzinfo=UTC)
    assert is_too_late(started, started + timedelta(seconds=seconds)) is late
