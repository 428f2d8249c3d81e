"""Half a million complaints of one member, brought by COPY: what lists, searches and figures are measured on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from service.domain.reference import make_reference
from service.domain.taxonomy import categories

NOW = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)
YEARS = 2
RESIDENCES, PEOPLE, COMPANIES = 400, 60, 12
STREETS = ("rue des Lilas", "allée des Tilleuls", "avenue Jean Jaurès", "rue du Marais", "boulevard Carnot")
FIRST = ("Ana", "Karim", "Jeanne", "Moussa", "Élise", "Paul", "Inès", "Théo", "Fatou", "Hélène", "Louis", "Nadia")
SYLLABLES = (
    "mar",
    "tin",
    "du",
    "rand",
    "le",
    "roux",
    "ben",
    "ali",
    "pe",
    "tit",
    "mo",
    "reau",
    "gar",
    "nier",
    "so",
    "rel",
)
TROUBLES = {
    "ascenseur": "L'ascenseur est encore en panne, je suis au quatrième étage avec une poussette.",
    "chauffage": "Le radiateur du salon reste froid depuis mardi, nous mettons des pulls.",
    "eau_chaude": "Plus d'eau chaude depuis dimanche soir, on est quatre à la maison.",
    "loyer": "Je ne comprends pas la ligne provisions de mon avis d'échéance.",
    "plomberie": "Le robinet de la cuisine goutte jour et nuit.",
    "dechets": "Les poubelles débordent devant l'entrée depuis une semaine.",
    "menuiserie": "Ma porte de chambre ne ferme plus, la poignée tourne dans le vide.",
}
_FILL = (
    "bonjour", "merci", "cordialement", "madame", "monsieur", "toujours", "encore", "depuis", "semaine",
    "appartement", "immeuble", "voisin", "escalier", "urgent", "problème", "réponse", "courrier", "téléphone",
    "gardien", "agence", "visite", "rendez", "technicien", "pièce", "fenêtre", "cuisine", "chambre", "couloir",
    "lumière", "bruit", "nuit", "odeur", "fuite", "plafond", "mur", "peinture", "humidité", "moisissure", "enfant",
    "bébé", "personne", "âgée",
)  # fmt: skip
_OPEN = ("routed", "delivered", "delivered", "handled", "handled", "submitted")
_COLUMNS = (
    "id", "member_id", "reference", "tracking_token", "status", "submitted_at", "text", "channel", "place_given",
    "tenant_reference", "tenant_name", "tenant_email", "tenant_phone", "preferred_channel", "language", "residence_id",
    "place_words", "category", "nature", "urgency", "danger", "danger_types", "danger_is_judged", "confidence",
    "abstained", "alternatives", "words", "model_version", "category_by_person", "audit_due", "target", "team_id",
    "organisation_id", "due_at", "due_clock", "is_paused", "assignee_id", "promised_answer_by", "first_answered_at",
    "closed_at", "outcome", "told_at", "unsolved_at", "is_marked", "incident_id", "contested_at", "review_asked_at",
)  # fmt: skip
_KINDS = ("submitted", "classified", "routed", "delivered", "answered", "closed")


@dataclass(frozen=True)
class Places:
    """What complaints refer to."""

    residences: list[tuple[UUID, str]]
    teams: list[UUID]
    sorting: UUID
    people: list[UUID]
    companies: list[UUID]
    incidents: list[UUID]


def load_complaints(
    connection: psycopg.Connection[Any], member_id: UUID, count: int, *, open_share: float = 0.04, events: bool = True,
    seed: int = 7,
) -> None:  # fmt: skip
    """Write `count` complaints of one member over two years with their events, as the owner of the tables.

    A share `open_share` of them is open, the newest first. The member's own teams and people take part; residences,
    people, companies and incidents are added.
    """
    random = Random(seed)
    places = _places(connection, member_id, random)
    rows = list(_rows(random, member_id, count, open_share, places))
    with connection.cursor() as cursor:
        with cursor.copy(f"copy complaints ({', '.join(_COLUMNS)}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        if events:
            with cursor.copy(
                "copy events (member_id, complaint_id, kind, audience, actor, at, data) from stdin"
            ) as copy:
                for row in rows:
                    for event in _events(random, row):
                        copy.write_row(event)
        _failures(cursor, member_id)
    connection.commit()
    connection.autocommit = True
    connection.execute("vacuum (analyze) complaints, events, deliveries")
    connection.autocommit = False


def _places(connection: psycopg.Connection[Any], member_id: UUID, random: Random) -> Places:
    def ids(query: str) -> list[UUID]:
        return [row[0] for row in connection.execute(query, {"member": member_id, "company": COMPANIES})]

    agency = ids("select id from agencies where member_id = %(member)s limit 1")[0]
    residences = []
    with connection.cursor() as cursor:
        for number in range(RESIDENCES):
            name, city = (
                f"Résidence {_surname(random).title()} {number}",
                random.choice(("Amiens", "Abbeville", "Albert")),
            )
            cursor.execute(
                "insert into residences (id, member_id, name, agency_id, postcode, insee, city, heating, has_lift) "
                "values (gen_random_uuid(), %s, %s, %s, '80000', '80021', %s, 'collective', true) returning id",
                (member_id, name, agency, city),
            )
            found = cursor.fetchone()
            assert found
            residences.append((found[0], f"{name} {number} {random.choice(STREETS)} 80000 {city}"))
    people = [
        *ids("select id from staff where member_id = %(member)s"),
        *ids(
            "insert into staff (id, member_id, email, name, role, is_active) select gen_random_uuid(), %(member)s, "
            "'collegue' || n || '-' || %(member)s || '@poste.example', 'Collègue ' || n, 'agent', true "
            f"from generate_series(1, {PEOPLE}) n returning id"
        ),
    ]
    companies = ids(
        "insert into organisations (id, member_id, name, kind) select gen_random_uuid(), %(member)s, "
        "'Entreprise ' || n, 'supplier' from generate_series(1, %(company)s) n returning id"
    )
    incidents = [
        ids(
            "insert into incidents (id, member_id, residence_id, category, kind, status, title, opened_by, opened_at, "
            f"starts_at) values (gen_random_uuid(), %(member)s, '{residence}', 'ascenseur', 'outage', 'open', "
            "'Ascenseur en panne', 'rules', now(), now()) returning id"
        )[0]
        for residence, _ in residences[:20]
    ]
    teams = ids("select id from teams where member_id = %(member)s and kind <> 'sorting' order by name")
    sorting = ids("select id from teams where member_id = %(member)s and kind = 'sorting'")[0]
    return Places(residences, teams, sorting, people, companies, incidents)


def _surname(random: Random) -> str:
    return "".join(random.choice(SYLLABLES) for _ in range(random.choice((2, 2, 3))))


def _rows(random: Random, member_id: UUID, count: int, open_share: float, places: Places) -> Iterator[tuple[Any, ...]]:
    codes, step = list(categories()), timedelta(days=365 * YEARS) / count
    for number in range(count):
        at = NOW - step * (count - number)
        # The newest are open more often than the others, and some old ones still are.
        is_open = random.random() < (open_share * 0.5 + (open_share * 5 if number > count * 0.9 else 0))
        yield _row(random, member_id, number, at, is_open, codes, places)


def _row(
    random: Random, member_id: UUID, number: int, at: datetime, is_open: bool, codes: list[str], places: Places
) -> tuple[Any, ...]:
    category = random.choice((*TROUBLES, random.choice(codes), random.choice(codes)))
    residence, where = random.choice(places.residences)
    is_sorting = is_open and random.random() < 0.02
    words = TROUBLES.get(category, f"Bonjour, je vous écris au sujet de {category.replace('_', ' ')}.")
    text = f"{words} {' '.join(random.choices(_FILL, k=30))} dossier{number}"
    danger = "danger" if random.random() < 0.01 else "check" if random.random() < 0.01 else "none"
    urgency = "danger" if danger == "danger" else random.choice(("urgent", "normal", "normal", "normal", "faible"))
    due = at + timedelta(days=random.choice((2, 10, 20, 60))) if is_open else None
    is_paused = is_open and random.random() < 0.1
    closed = None if is_open else min(at + timedelta(days=random.randrange(1, 40)), NOW)
    team = places.sorting if is_sorting else places.teams[len(category) % len(places.teams)]
    by_hand = random.random()
    reference, confidence = make_reference(random.randrange), round(random.random() ** 0.3, 3)
    moved = closed or min(at + timedelta(days=random.randrange(0, 40)), NOW)
    return (
        UUID(int=random.getrandbits(128), version=4), member_id, f"{reference}-{number}",
        f"suivi-{member_id}-{number}", random.choice(_OPEN) if is_open else "closed", at, text,
        random.choice(("extranet",) * 14 + ("form",) * 4 + ("phone", "counter")), Jsonb({}), f"LOC-{number % 90000}",
        f"{random.choice(FIRST)} {_surname(random).title()}", f"locataire{number % 90000}@poste.example",
        f"06{number % 90000:08}", "email", "fr", residence, where, category,
        random.choice(("demande",) * 7 + ("relance", "relance", "question", "contestation")), urgency, danger,
        Jsonb([]), danger != "check" or random.random() < 0.9, confidence, confidence < 0.4, Jsonb([]), Jsonb([]),
        "2026-10", by_hand < 0.05, is_open and by_hand > 0.97, "sorting" if is_sorting else "team", team,
        random.choice(places.companies) if random.random() < 0.15 else None, None if is_paused else due,
        "full_answer" if due and not is_paused else None, is_paused,
        random.choice(places.people) if random.random() < (0.5 if is_open else 0.95) else None,
        date(2026, 12, 1), closed, closed, None if is_open else "solved", moved,
        moved if random.random() < 0.01 else None, random.random() < 0.002,
        random.choice(places.incidents) if random.random() < 0.02 else None,
        at if random.random() < 0.004 else None, at if random.random() < 0.002 else None,
    )  # fmt: skip


def _events(random: Random, row: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Return a short history that every page can read."""
    complaint_id, member_id, status, at = row[0], row[1], row[4], row[5]
    data: dict[str, dict[str, Any]] = {
        "submitted": {"channel": "extranet"},
        "classified": {"category": "autre", "urgency": "normal", "confidence": 0.9, "abstained": False,
                       "model_version": "2026-10"},
        "routed": {"team": "Service technique", "reason": "Règle de l'équipe."},
        "delivered": {"team": "Service technique"},
        "answered": {"text": "Nous passons jeudi."},
        "closed": {"outcome": "solved", "sentence": "C'est fait."},
        "tenant_wrote": {"text": "Toujours rien."},
    }  # fmt: skip
    kinds = (
        _KINDS if status == "closed" else (*_KINDS[: random.choice((3, 4, 5))], *random.choice(((), ("tenant_wrote",))))
    )
    for rank, kind in enumerate(kinds):
        when = row[39] if kind == "closed" else at + timedelta(minutes=rank)
        for_tenant = kind in ("submitted", "routed", "answered", "closed", "tenant_wrote")
        actor = {"submitted": "tenant", "tenant_wrote": "tenant", "classified": "model"}.get(kind, "Ana Vidal")
        yield (member_id, complaint_id, kind, "tenant" if for_tenant else "internal", actor, when, Jsonb(data[kind]))


def _failures(cursor: psycopg.Cursor[Any], member_id: UUID) -> None:
    """Let one message in two hundred have been given up."""
    cursor.execute(
        "insert into deliveries (id, member_id, complaint_id, purpose, channel, recipient, with_text, status, "
        "attempts) select gen_random_uuid(), member_id, id, 'received', 'email', 'x@poste.example', false, "
        "'given_up', 7 from complaints where member_id = %s and abs(hashtext(id::text)) %% 200 = 0",
        (member_id,),
    )
