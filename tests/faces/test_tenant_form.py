import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from service.settings import Settings
from tests.world import World

pytestmark = pytest.mark.services

TEXT = "Le radiateur du salon reste froid"


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    """Ask as the owner, whom row-level security does not restrain."""
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def filled(client: FlaskClient, **fields: str) -> dict[str, str]:
    """Open the form as a browser does and fill it in, hidden number and the button that sends at once included."""
    page = client.get("/amont/").text
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce
    return {"nonce": nonce[1], "text": TEXT, "envoyer": "1", **fields}


def test_a_tenant_writes_and_follows_without_javascript(client: FlaskClient, world: World, settings: Settings) -> None:
    form = filled(client, dwelling_reference=world.first.collective, email="locataire@exemple.fr", name="Marie Durand")
    answer = client.post("/amont/", data=form)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    [(reference, channel, email, preferred)] = rows(
        settings, "select reference, channel, tenant_email, preferred_channel from complaints"
    )
    assert (channel, email, preferred) == ("form", "locataire@exemple.fr", "email")
    for words in ("Votre demande est bien reçue", str(reference), "Chaleur Picarde", "jeudi 26 novembre 2026", TEXT):
        assert words in page


def test_an_address_is_kept_as_typed_and_found(client: FlaskClient, world: World, settings: Settings) -> None:
    line, postcode, city = world.first.individual_address
    client.post(
        "/amont/", data=filled(client, address_line=line, postcode=f" {postcode[:2]} {postcode[2:]}", city=city)
    )
    [(given, residence)] = rows(settings, "select place_given, residence_id from complaints")
    assert given == {"reference": None, "address": {"line": line, "postcode": postcode, "city": city}}
    assert residence is not None


def test_only_the_message_is_asked_for(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    answer = client.post("/amont/", data=filled(client), follow_redirects=True)
    assert "Notez cette référence" in answer.text
    assert rows(settings, "select place_given, needs, details, chosen_category, tenant_email from complaints") == [
        ({"reference": None, "address": None}, [], {}, None, None)
    ]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "  \r\n ", "Écrivez votre message"),
        ("text", "a" * 10_001, "Votre message est trop long"),
        ("text", "a\x00b", "un signe illisible"),
        ("name", "a" * 301, "trop long"),
        ("city", "a\x00b", "illisible"),
        ("postcode", "8010", "cinq chiffres"),
        ("email", "marie@", "adresse e-mail n'est pas complète".replace("'", "&#39;")),
        ("phone", "06 12", "numéro n'est pas complet".replace("'", "&#39;")),
        ("preferred_channel", "email", "écrivez votre adresse e-mail"),
        ("preferred_channel", "sms", "écrivez votre numéro"),
        ("preferred_channel", "post", "votre adresse ou votre référence"),
        ("preferred_channel", "pigeon", "Choisissez une des quatre"),
    ],
)
def test_an_error_is_named_and_nothing_typed_is_lost(
    client: FlaskClient, world: World, settings: Settings, field: str, value: str, words: str
) -> None:
    assert world
    answer = client.post("/amont/", data=filled(client) | {"name": "Marie & Léa"} | {field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'class="errors" role="alert".*href="#\w+"', answer.text, re.DOTALL)
    assert f'id="{re.search(r"errors.*?href=.#(.+?).>", answer.text, re.DOTALL)[1]}"' in answer.text  # type: ignore[index]
    if field != "name":
        assert 'value="Marie &amp; Léa"' in answer.text
    if field != "text":
        assert f">{TEXT}</textarea>" in answer.text
    assert rows(settings, "select 1 from complaints") == []


def test_line_ends_count_once(client: FlaskClient, world: World, settings: Settings) -> None:
    """Browsers send CR LF for one stroke of the Enter key."""
    assert world
    typed = "\n".join(["a" * 99] * 100)
    assert client.post("/amont/", data=filled(client, text=typed.replace("\n", "\r\n"))).status_code == 303
    assert rows(settings, "select text from complaints") == [(typed,)]


def test_sending_twice_makes_one_complaint(client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    form = filled(client)
    first, again = client.post("/amont/", data=form), client.post("/amont/", data=form)
    assert first.location == again.location
    assert len(rows(settings, "select 1 from complaints")) == 1


def test_a_double_click_makes_one_complaint(app: Flask, client: FlaskClient, world: World, settings: Settings) -> None:
    assert world
    form = filled(client)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/amont/", data=form).location, range(4)))
    assert len(set(answers)) == 1
    assert len(rows(settings, "select 1 from complaints")) == 1


def test_going_back_and_writing_something_else_is_explained_then_accepted(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    assert world
    form = filled(client, email="locataire@exemple.fr")
    tracking = client.post("/amont/", data=form).location.partition("?")[0]
    other = client.post("/amont/", data=form | {"text": "Et les poubelles débordent"})
    assert other.status_code == 409
    assert f'href="{tracking}"' in other.text
    assert ">Et les poubelles débordent</textarea>" in other.text
    fresh = re.search(r'name="nonce" value="([^"]+)"', other.text)
    assert fresh
    again = client.post("/amont/", data=form | {"text": "Et les poubelles débordent", "nonce": fresh[1]})
    assert again.status_code == 303
    assert len(rows(settings, "select 1 from complaints")) == 2


def test_a_copied_page_never_shows_another_persons_complaint(client: FlaskClient, world: World) -> None:
    assert world
    form = filled(client, email="premiere@exemple.fr")
    tracking = client.post("/amont/", data=form).location.partition("?")[0]
    other = client.post("/amont/", data=form | {"text": "Autre chose", "email": "seconde@exemple.fr"})
    assert other.status_code == 409
    assert tracking not in other.text
    assert "premiere@exemple.fr" not in other.text


@pytest.mark.parametrize("nonce", ["", "1", "é" * 30, "a" * 5000])
def test_a_hidden_number_that_is_not_ours_is_replaced(
    client: FlaskClient, world: World, settings: Settings, nonce: str
) -> None:
    assert world
    for words in ("Un radiateur", "Un ascenseur"):
        assert client.post("/amont/", data={"nonce": nonce, "text": words, "envoyer": "1"}).status_code == 303
    assert len(rows(settings, "select 1 from complaints")) == 2


def test_the_form_may_be_found_again_by_going_back_and_what_was_typed_may_not(
    client: FlaskClient, world: World
) -> None:
    assert world
    page = client.get("/amont/")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert 'action="/amont/?envoi=1"' in page.text, "a browser forgets the page at the address that was posted to"
    assert client.post("/amont/", data={"text": ""}).headers["Cache-Control"] == "no-store"


def test_a_program_that_fills_everything_stores_nothing_and_a_person_can_go_on(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    assert world
    form = filled(client, subject="acheter")
    answer = client.post("/amont/", data=form)
    assert answer.status_code == 422
    assert f">{TEXT}</textarea>" in answer.text
    assert "acheter" not in answer.text
    assert rows(settings, "select 1 from complaints") == []
    assert client.post("/amont/", data=form | {"subject": ""}).status_code == 303


def test_danger_is_answered_above_everything(client: FlaskClient, world: World) -> None:
    assert world
    page = client.post("/amont/", data=filled(client, text="ça sent le gaz dans l'entrée"), follow_redirects=True).text
    places = [page.index(words) for words in ("Odeur de gaz", "Numéros d'urgence", "Votre demande est bien reçue")]
    assert places == sorted(places)
    assert 'href="tel:0800473333"' in page


def test_danger_is_answered_while_typing_and_nothing_is_stored(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    assert world
    answer = client.post("/amont/securite", data={"text": "ça sent le gaz <script>"})
    assert "Odeur de gaz" in answer.text
    assert "script" not in answer.text
    assert client.post("/amont/securite", data={"text": "merci"}).text == ""
    assert client.get("/amont/securite?text=gaz").status_code in (404, 405)
    assert rows(settings, "select 1 from complaints") == []


def test_danger_is_answered_on_a_page_with_errors_too(client: FlaskClient, world: World) -> None:
    assert world
    answer = client.post("/amont/", data=filled(client, text="ça sent le gaz " + "a" * 10_000))
    assert answer.status_code == 422
    assert "Odeur de gaz" in answer.text


def test_an_unknown_landlord_has_no_form(client: FlaskClient, world: World) -> None:
    assert world
    for method in (client.get, client.post):
        assert method("/inconnu/").status_code == 404
    assert client.post("/inconnu/securite").status_code == 404
    assert client.get("/inconnu/couleurs.css").status_code == 404
