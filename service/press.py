"""What publishing needs, put together for the clock and for commands. Nothing that answers a web request imports it."""

import hashlib
from dataclasses import asdict
from json import dumps
from pathlib import Path

from service.adapters.archive import FileArchive
from service.adapters.noise import OpenDpNoise
from service.domain.products import PRODUCTS, RHO_YEAR
from service.journey.trends.press import Press
from service.settings import Settings

_ROOT = Path(__file__).parent
# What decides of a table: whoever doubts one compares the digest with the repository's.
PROGRAM = (
    "domain/data/taxonomy.tsv", "domain/data/watch_terms.tsv", "domain/taxonomy.py", "domain/addresses.py",
    "domain/products.py", "domain/periods.py", "domain/areas.py", "domain/watch_list.py",
    "journey/trends/public_stock.py", "journey/trends/watching.py", "journey/trends/sightings.py",
    "journey/trends/bounding.py", "journey/trends/trends.py", "adapters/noise.py",
)  # fmt: skip


def make_press(settings: Settings) -> Press:
    """Return what publishing needs, as the settings say."""
    noise, secret = OpenDpNoise(), settings.trends_secret or f"trends|{settings.secret_key}"
    return Press(
        noise=noise,
        archive=FileArchive(settings.releases_dir),
        secret=secret,
        program={
            "noise": noise.version, "code": _digest_of_code(), "parameters": _digest_of_parameters(),
            "naming": _mark_of(secret),
        },
    )  # fmt: skip


def _mark_of(secret: str) -> str:
    """Return what a secret is known again by; slow, so that a weak one is not guessed from what is public."""
    return hashlib.scrypt(secret.encode(), salt=b"trends", n=2**14, r=8, p=1, dklen=8).hex()


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for name in PROGRAM:
        digest.update((_ROOT / name).read_bytes())
    return digest.hexdigest()


def _digest_of_parameters() -> str:
    parameters = [RHO_YEAR, *(asdict(product) for product in PRODUCTS.values())]
    return hashlib.sha256(dumps(parameters, sort_keys=True).encode()).hexdigest()
