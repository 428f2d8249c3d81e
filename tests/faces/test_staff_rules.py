"""The pages of the routing table, and what a complaint says of the line that fired."""

import re
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.default_rules import default_rules
from service.journey.routing.routing_table import lines_of, version_in_force
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.routing import RoutingVersion
from service.staff.complaint.rules import BY_FAMILY, BY_NOBODY, BY_PERSON, NETWORK
from tests.faces.test_staff import Desk, at_desk, submit
from tests.tables import put_in_force
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HOME = "/equipe/regles"
LIFT = "L'ascenseur est en panne"


def plain(page: str) -> str:
    """Return a page as it reads aloud: without its tags, its spaces in one piece."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def supervisor(app: Flask, member: MemberWorld) -> Desk:
    desk = Desk(app.test_client())
    assert desk.sign_in(f"responsable@{member.slug}.example").status_code == 303
    return desk


def open_draft(desk: Desk) -> str:
    answer = desk.send(HOME, f"{HOME}/brouillon")
    assert answer.status_code == 303
    return str(answer.location)


def new_line(desk: Desk, draft: str) -> str:
    found = re.search(rf'href="({draft}/lignes/[0-9a-f-]+)">Ajouter une règle', desk.read(draft))
    assert found
    return found[1]


def typed(member: MemberWorld, **given: str) -> dict[str, str]:
    whole = {
        "category": "bruit", "team": str(member.teams["technical"]), "target": "team", "needs_place": "on",
        "explanation": "Le service technique écoute.", "position": "1",
    }  # fmt: skip
    return whole | given


def lines_in_force(app: Flask, member: MemberWorld) -> list[str]:
    with app.app_context(), member_transaction(member.id) as session:
        version = version_in_force(session)
        assert version
        return [rule.sentence for rule in lines_of(session, version.id)]


def test_an_agent_reads_the_rules_and_may_not_change_them(app: Flask, world: World) -> None:
    desk = at_desk(app, world.first)
    page = plain(desk.read(HOME))
    assert "Sujet : Chauffage" in page
    assert "Chaleur Picarde, demande suivie par Service technique" in page
    assert "Modifier les règles" not in page
    with app.app_context(), member_transaction(world.first.id) as session:
        version = version_in_force(session)
        assert version
        version_id = version.id
    assert desk.client.get(f"{HOME}/{version_id}").status_code == 200
    refused = {
        path: desk.send("/equipe/", f"{HOME}/{path}").status_code
        for path in (
            "brouillon",
            *(f"{version_id}/{act}" for act in ("reprise", "suite", "publication", "suppression")),
        )
    }
    assert set(refused.values()) == {403}
    assert desk.client.get(f"{HOME}/{version_id}/lignes/{version_id}").status_code == 403


def test_every_page_of_the_staff_leads_to_the_rules(app: Flask, world: World) -> None:
    page = at_desk(app, world.first).read("/equipe/")
    nav = page[page.index('aria-label="Espace équipe"') :]
    assert nav.index('href="/equipe/"') < nav.index(f'href="{HOME}"') < nav.index("</nav>")


def test_a_rule_is_written_simulated_and_published(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    reference = submit(client, member, LIFT)["reference"]
    desk = supervisor(app, member)
    draft = open_draft(desk)
    form = new_line(desk, draft)
    answer = desk.send(
        form, f"{form}/enregistrement",
        **typed(member, category="ascenseur", urgency="normal", residence_id="les tilleuls", heating="collective",
                has_lift="yes", hours="working", insee="80021", explanation="Le service technique répare."),
    )  # fmt: skip
    assert (answer.status_code, answer.location.split("#")[0]) == (303, draft)
    page = plain(desk.read(draft))
    for words in (
        "Sujet : Ascenseur", "Urgence : Normal", "Chauffage collectif", "Avec ascenseur", "Commune : Amiens",
        "Résidence : Les Tilleuls, Amiens", "Pendant les heures d'ouverture", "Service technique",
        "« Le service technique répare. »",
    ):  # fmt: skip
        assert words in page
    assert lines_in_force(app, member)[0] == "Un danger va à l'astreinte."
    simulated = desk.read(f"{draft}/simulation")
    assert "1 demande sur 1 irait ailleurs." in plain(simulated)
    assert reference in simulated
    assert "Équipe de Amiens 1 0 −1" in plain(simulated)
    assert "Service technique 0 1 +1" in plain(simulated)
    assert LIFT not in simulated
    published = desk.send(draft, f"{draft}/publication", note="Le contrat a changé.")
    assert (published.status_code, published.location) == (303, HOME)
    assert lines_in_force(app, member)[0] == "Le service technique répare."
    home = plain(desk.read(HOME))
    assert "Version 2, publiée le mercredi 25 novembre 2026 à 12 h 00 par Rémi Sorel : « Le contrat a changé. »" in home
    again = submit(client, member, LIFT)
    shown = plain(desk.read(f"/equipe/demandes/{again['id']}"))
    assert "Votre règle n° 1, version 2, publiée par Rémi Sorel le mercredi 25 novembre 2026" in shown
    assert "D'autres règles convenaient Équipe de Amiens Votre agence suit la vie de la résidence." in shown


def test_a_line_is_shown_as_it_was_typed_and_changed(app: Flask, world: World) -> None:
    member = world.first
    desk = supervisor(app, member)
    draft = open_draft(desk)
    form = new_line(desk, draft)
    fields = typed(
        member, target=f"organisation:{member.supplier_id}", is_automatic="on", has_lift="no", need="langue",
        nature="relance", family="tranquillite", position="2", residence_id="Les Tilleuls, Amiens",
    )  # fmt: skip
    desk.send(form, f"{form}/enregistrement", **fields)
    page = desk.read(form)
    for field, value in fields.items():
        if field in {"needs_place", "is_automatic"}:
            assert re.search(rf'name="{field}" checked', page), field
        elif field in {"explanation", "position", "residence_id"}:
            assert f'value="{value}"' in page.replace("&#39;", "'"), field
        else:
            select = page[page.index(f'<select id="{field}"') :]
            assert f'value="{value}" selected' in select[: select.index("</select>")], field
    assert not re.search(r'name="forwards_text" checked', page)
    desk.send(form, f"{form}/enregistrement", **typed(member, team="agency", target="trade:waste"))
    page = plain(desk.read(draft))
    assert (
        "l'équipe de l'agence du logement, à qui est proposé : l'organisme sous contrat « Collecte des déchets »"
        in page
    )


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"explanation": " "}, "explanation", "Écrivez au moins un mot."),
        ({"explanation": "a" * 301}, "explanation", "300 caractères au plus"),
        ({"team": ""}, "team", "Choisissez une réponse"),
        ({"team": "ailleurs"}, "team", "Choisissez une réponse"),
        ({"category": "chat"}, "category", "Choisissez une réponse"),
        ({"family": "logement"}, "family", "n'est pas de ce thème"),
        ({"target": "trade:chat"}, "trade", "Choisissez une réponse"),
        ({"target": "ailleurs"}, "target", "Choisissez une réponse"),
        ({"urgency": "danger", "target": "trade:lift"}, "target", "ne dépend jamais d'un contrat"),
        ({"residence_id": "Versailles"}, "residence_id", "Aucune résidence n'a ce nom"),
        ({"position": "premier"}, "position", "Donnez un rang"),
        ({"position": "0"}, "position", "Donnez un rang"),
        ({"insee": "51454"}, "insee", "Choisissez une réponse"),
        ({"has_lift": "peut-être"}, "has_lift", "Choisissez une réponse"),
        ({"agency_id": "ailleurs"}, "agency_id", "Choisissez une réponse"),
    ],
)
def test_what_is_to_mend_is_named_and_what_was_typed_stays(
    app: Flask, world: World, given: dict[str, str], field: str, words: str
) -> None:
    member = world.first
    desk = supervisor(app, member)
    draft = open_draft(desk)
    before = desk.read(draft).count('id="ligne-')
    form = new_line(desk, draft)
    answer = desk.send(form, f"{form}/enregistrement", **typed(member, nature="relance") | given)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert words in page
    assert f'href="#{field}"' in page
    assert 'value="relance" selected' in page
    assert desk.read(draft).count('id="ligne-') == before


def test_an_agency_s_team_needs_the_place(app: Flask, world: World) -> None:
    desk = supervisor(app, world.first)
    form = new_line(desk, open_draft(desk))
    fields = typed(world.first, team="agency")
    del fields["needs_place"]
    answer = desk.send(form, f"{form}/enregistrement", **fields)
    assert answer.status_code == 422
    assert "L'agence dépend du logement" in unescape(answer.text)


def test_lines_are_moved_and_removed_by_buttons(app: Flask, world: World) -> None:
    desk = supervisor(app, world.first)
    draft = open_draft(desk)
    ids = re.findall(r'id="ligne-([0-9a-f-]+)"', desk.read(draft))
    assert desk.send(draft, f"{draft}/lignes/{ids[0]}/descendre").location == f"{draft}#ligne-{ids[0]}"
    desk.send(draft, f"{draft}/lignes/{ids[4]}/monter")
    desk.send(draft, f"{draft}/lignes/{ids[2]}/retrait")
    assert re.findall(r'id="ligne-([0-9a-f-]+)"', desk.read(draft)) == [ids[1], ids[0], ids[4], ids[3]]


def test_lines_that_never_fire_and_subjects_without_a_team_are_told(app: Flask, world: World) -> None:
    member = world.first
    desk = supervisor(app, member)
    draft = open_draft(desk)
    form = new_line(desk, draft)
    desk.send(form, f"{form}/enregistrement", **typed(member, category="chauffage", position="1"))
    page = plain(desk.read(draft))
    assert "la règle n° 1 prend déjà tout ce qu'elle demande" in page
    assert "Remplacée par votre règle n° 1." in page  # the network's on heating
    assert "Bruit de voisinage : aucune équipe n'est chargée de ce sujet" in page
    form = new_line(desk, draft)
    desk.send(form, f"{form}/enregistrement", **typed(member, category="bruit"))
    assert "Bruit de voisinage : aucune équipe" not in plain(desk.read(draft))


def test_the_second_person_sees_whose_draft_it_is_and_may_take_it_over(app: Flask, world: World) -> None:
    member = world.first
    draft = open_draft(supervisor(app, member))
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(RoutingVersion, UUID(draft.rpartition("/")[2])).author_id = member.agent_id
    desk = supervisor(app, member)
    assert "Un brouillon de Ana Vidal attend" in plain(desk.read(HOME))
    page = plain(desk.read(draft))
    assert "Ce brouillon est celui de Ana Vidal" in page
    assert "Ajouter une règle" not in page
    refused = desk.send(draft, f"{draft}/suppression")
    assert refused.status_code == 409
    assert "celui d'un collègue" in unescape(refused.text)
    assert desk.send(draft, f"{draft}/suite").status_code == 303
    assert "Ajouter une règle" in plain(desk.read(draft))


def test_a_draft_is_thrown_away_and_an_old_version_taken_up_again(app: Flask, world: World) -> None:
    member = world.first
    first = lines_in_force(app, member)
    with app.app_context(), member_transaction(member.id) as session:
        version = version_in_force(session)
        assert version
        old = f"{HOME}/{version.id}"
        put_in_force(session, member)
    desk = supervisor(app, member)
    assert "Vous n'avez pas de règle à vous" in plain(desk.read(HOME))
    draft = str(desk.send(old, f"{old}/reprise").location)
    # The version taken up holds while the draft waits, and says so.
    again = desk.send(draft, f"{old}/reprise")
    assert (again.status_code, "Vous avez déjà un brouillon" in again.text) == (409, True)
    desk.send(draft, f"{draft}/publication", note="Retour en arrière")
    assert lines_in_force(app, member) == first
    draft = open_draft(desk)
    assert desk.send(draft, f"{draft}/suppression").location == HOME
    assert desk.client.get(draft).status_code == 404


def test_a_published_version_offers_nothing_to_change(app: Flask, world: World) -> None:
    desk = supervisor(app, world.first)
    draft = open_draft(desk)
    desk.send(draft, f"{draft}/publication", note="Rien de neuf")
    page = plain(desk.read(draft))
    assert "Une version publiée ne change plus." in page
    for words in ("Modifier la règle", "Ajouter une règle", "Publier"):
        assert words not in page
    form = f"{draft}/lignes/{UUID(int=1)}"
    answer = desk.send(HOME, f"{form}/enregistrement", **typed(world.first))
    assert answer.status_code == 409
    assert "elle ne change plus" in unescape(answer.text)


def test_a_note_is_asked_for(app: Flask, world: World) -> None:
    desk = supervisor(app, world.first)
    draft = open_draft(desk)
    answer = desk.send(draft, f"{draft}/publication", note=" ")
    assert answer.status_code == 422
    assert 'id="note-error"' in answer.text


def test_another_member_s_version_does_not_exist(app: Flask, world: World) -> None:
    draft = open_draft(supervisor(app, world.first))
    other = supervisor(app, world.second)
    for path in ("", "/simulation", f"/lignes/{UUID(int=1)}"):
        assert other.client.get(draft + path).status_code == 404
    assert other.send(HOME, f"{draft}/suite").status_code == 404


def test_the_network_s_rules_are_read_in_words(app: Flask, world: World) -> None:
    page = plain(at_desk(app, world.first).read(HOME))
    assert f"Lire les {len(default_rules())} règles du réseau" in page
    assert "Service technique, à qui est proposé" not in page
    assert (
        "l'équipe de l'agence du logement, à qui est proposé : l'organisme sous contrat « Collecte des déchets »"
        in page
    )
    assert "l'équipe tranquillité (vous n'avez pas cette équipe)" in page


def test_a_complaint_says_which_rule_fired(app: Flask, client: FlaskClient, world: World) -> None:
    member = world.first
    desk = at_desk(app, member)

    def read(complaint_id: str) -> str:
        return plain(desk.read(f"/equipe/demandes/{complaint_id}"))

    own = submit(client, member, LIFT)["id"]
    page = read(own)
    assert "Votre règle n° 5, version 1, publiée le" in page
    assert "Une autre règle convenait Service technique Le service technique fait réparer l'ascenseur." in page
    assert f"Décidé par {NETWORK}" in read(submit(client, member, "Le voisin crie")["id"])
    assert f"Décidé par {BY_NOBODY}" in read(submit(client, member, "Un souci")["id"])
    assert f"Décidé par {BY_FAMILY}" in read(submit(client, member, "Il y a un souci dans le hall")["id"])
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Complaint, UUID(own)).routed_by_person = True
    page = read(own)
    assert f"Décidé par {BY_PERSON}" in page
    assert "Une autre règle convenait" not in page


def test_names_are_shown_harmlessly(app: Flask, world: World) -> None:
    desk = supervisor(app, world.first)
    draft = open_draft(desk)
    form = new_line(desk, draft)
    desk.send(form, f"{form}/enregistrement", **typed(world.first, explanation="<script>alert(1)</script>"))
    assert "<script>alert" not in desk.read(draft)
    assert "<script>alert" not in desk.read(form)
