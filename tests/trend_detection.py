"""How often a real rise is said, and how often one that is none, with the rules that the page of trends uses."""

from collections.abc import Iterator

import numpy as np

from service.demo.seasons import SEASONS
from service.domain.emerging import emerging
from service.domain.expected import YEARLY, find_spikes
from service.domain.figures import Figure
from service.domain.products import PRODUCTS
from service.domain.usual import History
from service.journey.trends.press import Noise
from tests.standard_network import BURST_SUBJECTS, SEED, Standard, planted, terms
from tests.trend_utility import Goal, Table, drawn_again

_DRAWS = 4
_SEASON = YEARLY["month"]
_FROM = 14  # months of history before a rise is judged: a year, and two to see how it moves
_TOGETHER = "two subjects"
_USUAL = (150, 280)  # households a month
Counts = dict[str, list[int]]  # subject -> month after month, bounded and without noise


def detections(network: Standard, tables: list[Table], noise: Noise) -> list[Goal]:
    """Return the goals about rises of subjects and of words."""
    rng = np.random.default_rng(SEED)
    counts = _subjects(tables)
    steady = [name for name in counts if name not in SEASONS and name not in BURST_SUBJECTS]
    false, judged = _false_alarms(counts, noise)
    usual = [name for name in steady if _USUAL[0] <= float(np.mean(counts[name])) < _USUAL[1]]
    seen = [_is_seen(counts, name, 0.4, noise, rng) for _ in range(3 * _DRAWS) for name in usual]
    large = _two_together(counts, steady)
    above = [_is_seen(counts | large, _TOGETHER, 0.2, noise, rng, months=1) for _ in range(6 * _DRAWS)]
    return [
        Goal("subject of about 200 households, +40 %: seen within two months", 100 * float(np.mean(seen)),
             80, is_least=True, unit=" %"),
        Goal("subject of 600 households and more, +20 %: seen at once", 100 * float(np.mean(above)), 90,
             is_least=True, unit=" %"),
        Goal("false alarms in 1,000 months of a subject", 1000 * false / judged, 1),
        *_words(network, tables, noise),
    ]  # fmt: skip


def _subjects(tables: list[Table]) -> Counts:
    rows: Counts = {}
    for snapshot, counts in tables:
        if snapshot.product == "C1":
            for key, count in zip(snapshot.keys, counts, strict=True):
                rows.setdefault(key, []).append(count)
    return rows


def _two_together(counts: Counts, steady: list[str]) -> Counts:
    """Return one steady series of some 700 households: no single subject of the standard network is so large."""
    largest = sorted(steady, key=lambda name: -sum(counts[name]))[:2]
    return {_TOGETHER: [sum(month) for month in zip(*(counts[name] for name in largest), strict=True)]}


def _noisy(counts: Counts, noise: Noise) -> dict[str, list[float]]:
    product, names = PRODUCTS["C1"], list(counts)
    months = [
        noise.draw([counts[name][month] for name in names], product.sigma, product.most, product.rho)
        for month in range(len(counts[names[0]]))
    ]
    return {name: [float(month[place]) for month in months] for place, name in enumerate(names)}


def _spikes(series: dict[str, list[float]], month: int) -> set[str]:
    upto: dict[str, History] = {name: tuple(row[: month + 1]) for name, row in series.items()}
    return {spike.name for spike in find_spikes(upto, PRODUCTS["C1"].sigma, _SEASON)}


def _false_alarms(counts: Counts, noise: Noise) -> tuple[int, int]:
    """Return how often a rise was said of the subjects that have no outages, and how often it could have been."""
    false = judged = 0
    for _ in range(3 * _DRAWS):
        series = _noisy(counts, noise)
        for month in range(_FROM, len(next(iter(counts.values())))):
            false += len(_spikes(series, month) - set(BURST_SUBJECTS))
            judged += len(series) - len(BURST_SUBJECTS)
    return false, judged


def _is_seen(counts: Counts, name: str, rise: float, noise: Noise, rng: np.random.Generator, months: int = 2) -> bool:
    """Say whether a rise that begins in a month of the second year, and lasts, is said within so many months."""
    begin = int(rng.integers(_FROM, len(counts[name]) - 1))
    more = [
        count + (int(rng.poisson(rise * count)) if month >= begin else 0) for month, count in enumerate(counts[name])
    ]
    series = _noisy(counts | {name: more}, noise)
    return any(name in _spikes(series, month) for month in range(begin, begin + months))


def _words(network: Standard, tables: list[Table], noise: Noise) -> Iterator[Goal]:
    listed, rises, found, false, months = terms(), 0, 0, 0, 0
    words = [one for one in tables if one[0].product == "TERMS"]
    for _ in range(_DRAWS):
        drawn = drawn_again(words, noise)
        history: list[dict[str, Figure]] = [drawn.table("TERMS", period) for period in drawn.periods("TERMS")]
        for month, rising in network.rising.items():
            said = {rise.term for rise in emerging(history[: month + 1])}
            wanted = {listed[place] for place in rising}
            rises, found = rises + len(wanted), found + len(said & wanted)
            false, months = false + len(said - wanted), months + 1
    assert rises, planted()
    yield Goal("TERMS: words that rise from 20 to 60 households, seen", found / rises, 0.75, is_least=True)
    yield Goal("TERMS: words said to rise that do not, a month", false / months, 1.5)
