import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from service.domain.errors import BadInput
from service.journey.administration.themes import Unreadable, check_theme
from service.journey.transactions import member_transaction
from service.models.member import Member
from service.settings import Settings
from tests.world import World

pytestmark = pytest.mark.services


def colour_of(app: Flask, world: World, slug: str) -> str:
    member = world.first if slug == world.first.slug else world.second
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Member, member.id).colour


def test_a_readable_colour_is_kept_for_that_member_alone(app: Flask, world: World) -> None:
    done = app.test_cli_runner().invoke(args=["themes", "set", "amont", "--colour", "#00558C"])
    assert done.exit_code == 0, done.output
    assert "#00558c, 7,84 pour 1 avec le blanc" in done.output
    assert (colour_of(app, world, "amont"), colour_of(app, world, "aval")) == ("#00558c", "#1d5b43")


def test_too_light_a_colour_is_refused_with_its_ratio_and_a_darker_one(app: Flask, world: World) -> None:
    refused = app.test_cli_runner().invoke(args=["themes", "set", "amont", "--colour", "#f2b705"])
    assert refused.exit_code == 1
    assert "texte blanc sur cette couleur : 1,81 pour 1, il faut au moins 4,50 pour 1" in refused.output
    nearest = refused.output.partition("La plus proche qui convient : ")[2][:7]
    assert colour_of(app, world, "amont") == "#1d5b43"
    assert app.test_cli_runner().invoke(args=["themes", "set", "amont", "--colour", nearest]).exit_code == 0
    assert colour_of(app, world, "amont") == nearest


def test_what_is_not_a_colour_is_refused(app: Flask, world: World) -> None:
    assert world
    refused = app.test_cli_runner().invoke(args=["themes", "set", "amont", "--colour", "vert"])
    assert (refused.exit_code, "Écrivez la couleur comme #1d5b43" in refused.output) == (1, True)
    with pytest.raises(BadInput):
        check_theme("#fff")


def test_a_refusal_says_where_it_fails() -> None:
    with pytest.raises(Unreadable) as refusal:
        check_theme("#777777")
    assert [fault.what for fault in refusal.value.faults] == ["texte blanc sur cette couleur"]
    assert refusal.value.nearest == "#767676"


def test_all_colours_are_listed_with_their_contrast(app: Flask, world: World) -> None:
    assert world
    told = app.test_cli_runner().invoke(args=["themes", "list"]).output
    assert "amont : #1d5b43, 7,98 pour 1 avec le blanc, lisible" in told


def test_the_database_refuses_what_is_no_colour(world: World, settings: Settings) -> None:
    assert world
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("update members set colour = 'red; } body { display: none'"))
    engine.dispose()


def test_the_application_changes_the_colour_of_no_other_member(app: Flask, world: World) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        done = session.execute(text("update members set colour = '#000000' where id = :id"), {"id": world.second.id})
        assert done.rowcount == 0  # type: ignore[attr-defined]
    assert colour_of(app, world, "aval") == "#1d5b43"
