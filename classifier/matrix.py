"""The training side of the features: scikit-learn counts the n-grams once, each fold weighs its own rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from classifier.config import Configuration
from classifier.features import Block, Floats, Vocabulary

Matrix = Any  # scipy.sparse.csr_matrix, which carries no types.
_TOKEN = r"\S+"  # noqa: S105 - Texts come cleaned: a token is what stands between blanks.


@dataclass(frozen=True)
class Counter:
    """The two fitted vocabularies: how to count the n-grams of cleaned texts."""

    word: Any
    char: Any
    char_weight: float

    def counts(self, cleaned: Sequence[str]) -> tuple[Matrix, Matrix]:
        """Return the counts of word and character n-grams, one row per text."""
        return self.word.transform(cleaned), self.char.transform(cleaned)


@dataclass(frozen=True)
class Weighting:
    """The idf of every column of one block, zero where no training row has the n-gram."""

    word_idf: Floats
    char_idf: Floats
    char_weight: float

    def apply(self, counts: tuple[Matrix, Matrix]) -> Matrix:
        """Return the weighted matrix: words then characters, each block of length one times its weight."""
        return sparse.hstack(
            [_weigh(counts[0], self.word_idf), self.char_weight * _weigh(counts[1], self.char_idf)], format="csr"
        )


def fit_counter(cleaned: Sequence[str], configuration: Configuration) -> Counter:
    """Learn the n-grams that stand in enough texts."""
    common: dict[str, Any] = {"lowercase": False, "dtype": np.float32}
    word = CountVectorizer(
        token_pattern=_TOKEN,
        ngram_range=configuration.word_ngrams,
        min_df=configuration.word_min_documents,
        **common,
    )
    char = CountVectorizer(
        analyzer="char_wb",
        ngram_range=configuration.char_ngrams,
        min_df=configuration.char_min_documents,
        **common,
    )
    return Counter(word.fit(cleaned), char.fit(cleaned), configuration.char_weight)


def _idf(counts: Matrix) -> Floats:
    total = counts.shape[0]
    documents = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: NDArray[np.float64] = np.log((1 + total) / (1 + documents)) + 1
    return np.where(documents > 0, idf, 0.0).astype(np.float32)


def _weigh(counts: Matrix, idf: Floats) -> Matrix:
    weighed = counts.astype(np.float32, copy=True)
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    return normalize(weighed, copy=False) if weighed.shape[0] else weighed


def fit_weighting(counts: tuple[Matrix, Matrix], char_weight: float) -> Weighting:
    """Learn the idf of both blocks on training rows."""
    return Weighting(_idf(counts[0]), _idf(counts[1]), char_weight)


def vocabulary(counter: Counter, weighting: Weighting, configuration: Configuration) -> Vocabulary:
    """Return what the prediction side needs: n-grams, columns and idf."""
    word_index = {ngram: int(column) for ngram, column in counter.word.vocabulary_.items()}
    first = len(word_index)
    char_index = {ngram: int(column) + first for ngram, column in counter.char.vocabulary_.items()}
    return Vocabulary(
        Block(word_index, weighting.word_idf, 0, 1.0),
        Block(char_index, weighting.char_idf, first, weighting.char_weight),
        configuration.word_ngrams,
        configuration.char_ngrams,
    )
