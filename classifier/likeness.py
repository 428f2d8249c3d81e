"""Texts that say the same thing in almost the same words."""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.cleaning import clean

_FEWEST_WORDS = 5  # Two texts shorter than that are alike by necessity.
_BLOCK = 1000


def alike(texts: Sequence[str], least: float, against: Sequence[str] | None = None) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of places whose word TF-IDF vectors have a cosine of at least `least`.

    Without `against`, pairs are within `texts`, the smaller place first; with it, the second place is in `against`.
    """
    cleaned = [clean(text) for text in texts]
    others = cleaned if against is None else [clean(text) for text in against]
    vectors = TfidfVectorizer(analyzer=str.split, dtype=np.float32).fit([*cleaned, *others])
    left, right = vectors.transform(cleaned), vectors.transform(others).T.tocsc()
    long_left = np.array([len(text.split()) >= _FEWEST_WORDS for text in cleaned])
    long_right = np.array([len(text.split()) >= _FEWEST_WORDS for text in others])
    for start in range(0, len(cleaned), _BLOCK):
        near = (left[start : start + _BLOCK] @ right).tocoo()
        rows = near.row + start
        apart = np.ones(len(rows), dtype=bool) if against is not None else rows < near.col
        kept = np.flatnonzero(apart & (near.data >= least) & long_left[rows] & long_right[near.col])
        for place in kept:
            yield int(rows[place]), int(near.col[place]), float(near.data[place])
