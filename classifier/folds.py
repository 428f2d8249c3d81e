"""Which examples are held out together: never two texts of one scenario apart, nor two of one author."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.corpus import Example


def _spread(sizes: dict[str, int], clashes: dict[str, set[str]], count: int) -> dict[str, int]:
    """Give each group a fold: the largest first, where it clashes least, then where there is most room."""
    place: dict[str, int] = {}
    load = [0] * count
    for group in sorted(sizes, key=lambda name: (-sizes[name], name)):
        friends = clashes.get(group, set())
        conflicts = [sum(place.get(other) == fold for other in friends) for fold in range(count)]
        best = min(range(count), key=lambda fold: (conflicts[fold], load[fold], fold))
        place[group] = best
        load[best] += sizes[group]
    return place


def author_folds(examples: Sequence[Example], count: int) -> NDArray[np.int64]:
    """Return a fold number per example; an author is whole in one fold, authors of one category in different ones."""
    sizes: dict[str, int] = defaultdict(int)
    writers: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        sizes[example.author] += 1
        writers[example.category].add(example.author)
    clashes: dict[str, set[str]] = defaultdict(set)
    for together in writers.values():
        for author in together:
            clashes[author] |= together - {author}
    place = _spread(sizes, clashes, count)
    return np.array([place[example.author] for example in examples], dtype=np.int64)


def scenario_folds(examples: Sequence[Example], count: int) -> NDArray[np.int64]:
    """Return a fold number per example; a scenario is whole in one fold, categories are spread over all."""
    per_category: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for example in examples:
        per_category[example.category][example.scenario] += 1
    place: dict[tuple[str, str], int] = {}
    for category, sizes in per_category.items():
        for scenario, fold in _spread(dict(sizes), {}, count).items():
            place[category, scenario] = fold
    return np.array([place[example.category, example.scenario] for example in examples], dtype=np.int64)
