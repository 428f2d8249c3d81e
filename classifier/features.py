"""From cleaned text to TF-IDF weights, the same figures as scikit-learn's vectorisers without their overhead."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def word_ngrams(tokens: list[str], smallest: int, largest: int) -> list[str]:
    """Return the n-grams of tokens, joined by a space, of every length from smallest to largest."""
    return [
        " ".join(tokens[start : start + size])
        for size in range(smallest, largest + 1)
        for start in range(len(tokens) - size + 1)
    ]


def char_ngrams(token: str, smallest: int, largest: int) -> list[str]:
    """Return the character n-grams of one token between its two blanks; a token shorter than n counts once."""
    padded = f" {token} "
    found = []
    for size in range(smallest, largest + 1):
        if size >= len(padded):
            found.append(padded)
            break
        found.extend(padded[start : start + size] for start in range(len(padded) - size + 1))
    return found


@dataclass(frozen=True)
class Row:
    """One text as a sparse row: column numbers, their weights, and how many word tokens are known."""

    columns: NDArray[np.int64]
    weights: Floats
    known_words: int


@dataclass(frozen=True)
class Block:
    """One vocabulary (words or characters): n-gram to column, idf per n-gram, and the weight of the block."""

    index: dict[str, int]
    idf: Floats  # Shape (len(index),), aligned on column - first.
    first: int
    weight: float

    def weigh(self, ngrams: Iterable[str]) -> tuple[list[int], list[float]]:
        """Return columns and L2-normalised sublinear TF-IDF weights of the n-grams that are known."""
        counts = Counter(self.index[ngram] for ngram in ngrams if ngram in self.index)
        columns = list(counts)
        raw = [(1.0 + math.log(counts[column])) * float(self.idf[column - self.first]) for column in columns]
        length = math.sqrt(sum(value * value for value in raw)) or 1.0
        return columns, [self.weight * value / length for value in raw]


@dataclass(frozen=True)
class Vocabulary:
    """The two blocks side by side: columns of words first, columns of characters after."""

    word: Block
    char: Block
    word_sizes: tuple[int, int]
    char_sizes: tuple[int, int]

    @property
    def width(self) -> int:
        """The number of columns of both blocks."""
        return len(self.word.index) + len(self.char.index)

    def row(self, tokens: list[str]) -> Row:
        """Return the row of one text given as tokens."""
        word_columns, word_weights = self.word.weigh(word_ngrams(tokens, *self.word_sizes))
        pieces = (piece for token in tokens for piece in char_ngrams(token, *self.char_sizes))
        char_columns, char_weights = self.char.weigh(pieces)
        known = sum(token in self.word.index and len(token) > 1 for token in tokens)
        return Row(
            np.array(word_columns + char_columns, dtype=np.int64),
            np.array(word_weights + char_weights, dtype=np.float32),
            known,
        )
