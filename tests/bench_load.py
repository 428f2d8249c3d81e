"""How long a complaint takes from its submission to the inbox of its desk, every process at work."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.live import Live, live

NEIGHBOURS = 300
TROUBLE = "L'ascenseur est encore en panne, je suis au quatrième avec une poussette."
OTHERS = (
    "Le radiateur du salon reste froid depuis mardi, on met des pulls.",
    "Je ne comprends pas la ligne provisions de mon avis d'échéance.",
    "Le robinet de la cuisine goutte jour et nuit.",
    "Les poubelles débordent devant l'entrée depuis une semaine.",
    "Ma porte de chambre ne ferme plus, la poignée tourne dans le vide.",
)


def bench(model: Path) -> None:
    """Print what 300 neighbours and 300 others cost when all of them write at once."""
    with tempfile.TemporaryDirectory() as name, live(Path(name), model) as running, ThreadPoolExecutor(8) as pool:
        _settle_in(running)
        start = time.perf_counter()
        took = sorted(pool.map(lambda number: _submit(running, number), range(2 * NEIGHBOURS)))
        accepted = time.perf_counter() - start
        waiting = "select count(*) from complaints where status in ('submitted', 'classified', 'routed')"
        running.wait_for(lambda: running.numbers(waiting) == (0,), 300)
        print(f"{'complaints accepted a second, 8 at once':<44} {len(took) / accepted:8.0f}")
        print(f"{'answer to the extranet (ms)':<44} {statistics.median(took):8.0f} {took[int(len(took) * 0.99)]:8.0f}")
        for label, kind in (("submission to desk chosen (ms)", "routed"), ("submission to inbox (ms)", "delivered")):
            print(f"{label:<44} {_between(running, kind, 0.5):8.0f} {_between(running, kind, 0.99):8.0f}")
        start = time.perf_counter()
        # Calls to those on duty go on until somebody answers: what is due later is not waited for.
        left = "select count(*) from outbox where done_at is null and run_after < now() + interval '2 minutes'"
        running.wait_for(lambda: running.numbers(left) == (0,), 300)
        print(f"{'all mails gone, after that (s)':<44} {time.perf_counter() - start:8.1f}")
        _say_incident(running)


def _submit(running: Live, number: int) -> float:
    """Send one complaint and return how long the answer took, in milliseconds."""
    member = running.world.first
    body = {
        "text": TROUBLE if number % 2 else f"{OTHERS[number % len(OTHERS)]} Message {number}.",
        "dwelling": {"reference": f"voisin-{number}" if number % 2 else member.individual},
        "tenant": {"email": f"locataire{number}@poste.example", "reference": f"bail-{number}"},
    }
    start = time.perf_counter()
    status, _ = running.post("/api/v1/complaints", body, member.bearer)
    assert status == 201, status
    return (time.perf_counter() - start) * 1000


def _settle_in(running: Live) -> None:
    """Give each neighbour a dwelling in the residence of the lift."""
    engine = create_engine(running.postgres.owner_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into dwellings (id, member_id, reference, residence_id, address_line, address_key, building, "
                "floor, door) select gen_random_uuid(), member_id, 'voisin-' || number, residence_id, address_line, "
                "address_key, building, number / 40, number::text from dwellings, generate_series(1, :count, 2) number "
                "where reference = :reference"
            ),
            {"count": 2 * NEIGHBOURS, "reference": running.world.first.collective},
        )
    engine.dispose()


def _say_incident(running: Live) -> None:
    """Print whether the neighbours made one incident, all of them counted and nobody else."""
    elsewhere = "residence_id <> (select residence_id from dwellings where reference = 'voisin-1')"
    for label, query in (
        ("incidents (1)", "select count(*) from incidents"),
        (f"households counted ({NEIGHBOURS})", "select coalesce(sum(households), 0) from incidents"),
        (
            "incidents about anything else (0)",
            f"select count(*) from incidents where category <> 'ascenseur' or {elsewhere}",
        ),
        (
            "complaints not about a lift, linked (0)",
            "select count(*) from complaints where incident_id is not null and category <> 'ascenseur'",
        ),
        ("dangers heard where there is none (0)", "select count(*) from complaints where urgency = 'danger'"),
    ):
        print(f"{label:<44} {running.numbers(query)[0]:8}")


def _between(running: Live, kind: str, share: float) -> float:
    """Return a quantile of the time from submission to an event, in milliseconds."""
    (found,) = running.numbers(
        f"select percentile_cont({share}) within group (order by extract(epoch from e.at - c.submitted_at) * 1000) "
        f"from events e join complaints c on c.id = e.complaint_id where e.kind = '{kind}'"
    )
    return float(found)
