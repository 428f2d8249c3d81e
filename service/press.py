"""What publishing needs, put together for the clock and for commands. Nothing that answers a web request imports it."""

import hashlib
from dataclasses import asdict
from json import dumps
from pathlib import Path

from service.adapters.archive import FileArchive
from service.domain.products import PRODUCTS, RHO_YEAR
from service.journey.ports import Press
from service.settings import Settings

_ROOT = Path(__file__).parent
# What decides of a table: whoever doubts one compares the digest with the repository's.
PROGRAM = (
    "domain/products.py", "journey/sightings.py", "journey/bounding.py", "journey/releasing.py", "adapters/noise.py",
)  # fmt: skip


def make_press(settings: Settings) -> Press:
    """Return what publishing needs, as the settings say."""
    from service.adapters.noise import OpenDpNoise  # noqa: PLC0415  A process that never publishes never loads it.

    noise = OpenDpNoise()
    return Press(
        noise=noise,
        archive=FileArchive(settings.releases_dir),
        secret=settings.trends_secret or f"trends|{settings.secret_key}",
        program={"noise": noise.version, "code": _digest_of_code(), "parameters": _digest_of_parameters()},
    )


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for name in PROGRAM:
        digest.update((_ROOT / name).read_bytes())
    return digest.hexdigest()


def _digest_of_parameters() -> str:
    parameters = [RHO_YEAR, *(asdict(product) for product in PRODUCTS.values())]
    return hashlib.sha256(dumps(parameters, sort_keys=True).encode()).hexdigest()
