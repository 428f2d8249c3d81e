"""What the form and the page after it promise is what happens: read again first, told by the way that was chosen."""

import re

import pytest
from flask.testing import FlaskClient

from service.adapters.text_model import DownTextModel
from tests.reading import KeywordTextModel
from tests.world import World

pytestmark = pytest.mark.services

ARABIC = "لا يوجد ماء ساخن في شقتي منذ ثلاثة أيام"


def form(client: FlaskClient, words: str, **fields: str) -> dict[str, str]:
    nonce = re.search(r'name="nonce" value="([^"]+)"', client.get("/amont/").text)
    assert nonce
    return {"nonce": nonce[1], "text": words, **fields}


@pytest.mark.usefixtures("world")
def test_a_message_in_another_language_is_read_again_like_any_other(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeywordTextModel, "danger_level", DownTextModel.danger_level)
    assert DownTextModel().danger_level(ARABIC) == "check"
    answer = client.post("/amont/", data=form(client, ARABIC))
    assert answer.location.startswith("/amont/envoi/")


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("email", "vous arrive par e-mail"),
        ("sms", "un SMS vous prévient"),
        ("phone", "nous vous appelons"),
    ],
)
def test_the_page_after_sending_says_how_the_answer_comes(
    client: FlaskClient, world: World, channel: str, said: str
) -> None:
    assert world.first
    contacts = {"name": "Jo", "email": "jo@exemple.fr", "phone": "06 12 34 56 78", "preferred_channel": channel}
    sent = client.post("/amont/", data=form(client, "Le radiateur reste froid", envoyer="1", **contacts))
    assert said in client.get(sent.location).text.replace("\u00a0", " ")


@pytest.mark.usefixtures("world")
def test_where_it_is_and_what_was_answered_are_found_again(client: FlaskClient) -> None:
    begun = client.post("/amont/", data=form(client, "Ascenseur en panne", where="common"))
    sent = client.post(begun.location, data={"questions": "ascenseur", "q-lift_state": "stopped", "envoyer": "1"})
    page = client.get(sent.location).text
    assert "Parties communes" in page
    assert re.search(r"Que fait l.*ascenseur.*Il est arrêté", page)
