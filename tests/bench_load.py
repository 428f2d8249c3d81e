"""How long a complaint takes from its submission to the inbox of its desk, every process at work."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.live import Live, live

NEIGHBOURS = 300
TROUBLE = "L'ascenseur est encore bloqué au rez-de-chaussée, je suis au quatrième avec une poussette."
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
        running.wait_for(lambda: running.numbers("select count(*) from outbox where done_at is null") == (0,), 300)
        print(f"{'all mails gone, after that (s)':<44} {time.perf_counter() - start:8.1f}")


def _submit(running: Live, number: int) -> float:
    """Send one complaint and return how long the answer took, in milliseconds."""
    member = running.world.first
    body = {
        "text": TROUBLE if number % 2 else f"{OTHERS[number % len(OTHERS)]} Message {number}.",
        "dwelling": {"reference": member.collective if number % 2 else member.individual},
        "tenant": {"email": f"locataire{number}@poste.example", "reference": f"bail-{number}"},
    }
    start = time.perf_counter()
    status, _ = running.post("/api/v1/complaints", body, member.bearer)
    assert status == 201, status
    return (time.perf_counter() - start) * 1000


def _between(running: Live, kind: str, share: float) -> float:
    """Return a quantile of the time from submission to an event, in milliseconds."""
    (found,) = running.numbers(
        f"select percentile_cont({share}) within group (order by extract(epoch from e.at - c.submitted_at) * 1000) "
        f"from events e join complaints c on c.id = e.complaint_id where e.kind = '{kind}'"
    )
    return float(found)
