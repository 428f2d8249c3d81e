"""Installing the demonstration: once, all or nothing; afterwards only its file of accesses is written again."""

import dataclasses
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from service.demo.access import Access, is_demonstration, read_access, renew, write_access
from service.demo.copying import copy_rows
from service.demo.corpus import CORPUS, Reader, read_corpus
from service.demo.history import MONTHS, Past
from service.demo.scenes import play
from service.demo.seasons import months_before
from service.demo.world import World, evening_of, imagine
from service.domain.periods import last_publishable_month, month_start, next_month
from service.journey import steps
from service.journey.classification import quality
from service.journey.clocks import clocks
from service.journey.people.accounts import HASHER
from service.journey.ports import Ports
from service.journey.submission.submission import PARIS
from service.journey.trends import trends
from service.press import make_press
from service.settings import Settings

Say = Callable[[str], None]
_ONE_TEXT_IN = 4  # of the corpus: some five thousand, as many as a member sees none of twice for months


class NotTheDemonstration(Exception):
    """The database holds members of its own: the demonstration leaves them alone."""


@dataclass(frozen=True)
class Order:
    """What is asked for: the seed, how many complaints, and the day it should look like (None: now)."""

    seed: int
    complaints: int
    today: date | None


def install(settings: Settings, ports: Ports, order: Order, say: Say) -> None:
    """Fill an empty database with the demonstration, or write the file of accesses again.

    Needs an application context, to publish the months and sum up the weeks that are over.

    Raises
    ------
    NotTheDemonstration
        When the database has members that are not those of the demonstration.
    CorpusMissing, TextModelDown
        When there are no texts, or no trained model to read them; nothing is written.

    """
    now = evening_of(order.today) if order.today else ports.clock.now().astimezone(PARIS)
    with psycopg.connect(settings.database_owner_url.replace("+psycopg", "", 1)) as connection:
        # Two installations at once: the second waits here, then finds the members of the first.
        connection.execute("lock table members in share row exclusive mode")
        is_new = connection.execute("select 1 from members").fetchone() is None
        if is_new:
            _fill(connection, _world(ports, order, now, say), say)
            set_releases_aside(settings.releases_dir, ports.clock.now(), say)  # before anybody may see a member
        access = _access(connection, settings, ports, now, say, is_new=is_new)
    write_access(settings.demo_file, access)
    say(f"Clés et mots de passe : {settings.demo_file}")
    if is_new:
        play(now, ports)
        _set_clocks(ports, say)
        _publish(now, settings, ports, say)


def _world(ports: Ports, order: Order, now: datetime, say: Say) -> World:
    say("Lecture des textes et du modèle de classement…")
    reader = Reader(ports.text_model)
    corpus = read_corpus(CORPUS).thinned(_ONE_TEXT_IN)
    past = Past(now.replace(microsecond=0), order.seed, corpus, reader, ports.calendar)
    return imagine(past, order.complaints, say)


def _seal(world: World) -> None:
    """Give what must not be guessed from the seed: passwords nobody knows yet, and the tracking tokens."""
    nobody_knows = HASHER.hash(secrets.token_urlsafe(24))
    world.reader.password_hash = world.operator.password_hash = nobody_knows
    for landlord in world.landlords:
        for staff in (*landlord.staff, *landlord.colleagues):
            staff.password_hash = nobody_knows
    for story in world.stories:
        story.complaint.tracking_token = secrets.token_urlsafe(16)


def _fill(connection: psycopg.Connection[Any], world: World, say: Say) -> None:
    say("Écriture dans la base…")
    _seal(world)
    counts = copy_rows(connection, world.rows())
    connection.execute("analyze")
    say(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))


def set_releases_aside(folder: Path, at: datetime, say: Say) -> None:
    """Give another name to what another database published: a new one draws its own months, and keeps them there."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    aside = folder.with_name(f"{folder.name}-{at:%Y%m%d-%H%M%S}")
    folder.rename(aside)
    say(f"Des mois publiés par une autre base étaient dans {folder} : ils sont maintenant dans {aside}.")


def _access(
    connection: psycopg.Connection[Any], settings: Settings, ports: Ports, now: datetime, say: Say, *, is_new: bool
) -> Access:
    """Return what the file will say, keeping the keys and passwords it already has."""
    if not is_new:
        if not is_demonstration(connection):
            raise NotTheDemonstration
        kept = read_access(connection, settings.demo_file)
        if kept:
            say("La démonstration est déjà installée : seule l'adresse est mise à jour.")
            return dataclasses.replace(kept, base_url=settings.base_url)
        say("Le fichier des accès manque ou ne correspond plus : nouvelles clés et nouveaux mots de passe.")
    return renew(connection, settings.base_url, now, ports.sealer.seal)


def _set_clocks(ports: Ports, say: Say) -> None:
    """Write what is due on every complaint that is still open."""
    count = sum(len(clocks.recompute(member_id, ports, write=True)) for member_id in steps.member_ids())
    say(f"Échéances : {count} demandes ouvertes.")


def _publish(now: datetime, settings: Settings, ports: Ports, say: Say) -> None:
    """Publish every whole month of the history that is over, and sum up the model's weeks."""
    today = now.date()
    month = next_month(month_start(months_before(today, MONTHS)))
    last = last_publishable_month(today)
    count, press = 0, make_press(settings)
    while month <= last:
        count += trends.release(month, ports, press)
        month = next_month(month)
    say(f"Tendances : {count} mois publiés.")
    say(f"Modèle de classement : {len(quality.sum_up_due(today))} semaines résumées.")
