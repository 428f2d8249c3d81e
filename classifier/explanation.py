"""Which words of a message told: the exact contributions of the linear model, split over the words they came from."""

from collections import Counter

from classifier.cleaning import Word
from classifier.features import Floats, Row, Vocabulary, char_ngrams, word_ngrams

_MOST_WORDS = 6
_LEAST_PULL = 0.15  # Of the strongest word's: what pulls less tells nothing to a reader.
_LONGEST = 40  # Letters: a longer run is no word.
_SHORTEST = 2  # Letters: a lone letter or sign explains nothing to a reader.


def _token_columns(tokens: list[str], vocabulary: Vocabulary) -> list[list[int]]:
    """Return, for each token, the columns it takes part in, once per occurrence."""
    word_index, char_index = vocabulary.word.index, vocabulary.char.index
    columns = [
        [char_index[piece] for piece in char_ngrams(token, *vocabulary.char_sizes) if piece in char_index]
        for token in tokens
    ]
    smallest, largest = vocabulary.word_sizes
    for size in range(smallest, largest + 1):
        for start, ngram in enumerate(word_ngrams(tokens, size, size)):
            if ngram in word_index:
                for position in range(start, start + size):
                    columns[position].append(word_index[ngram])
    return columns


def token_contributions(tokens: list[str], row: Row, direction: Floats, vocabulary: Vocabulary) -> list[float]:
    """Return what each token adds to row @ direction; the sum over tokens is exactly that product."""
    columns = _token_columns(tokens, vocabulary)
    shares = Counter(column for found in columns for column in found)
    value = {
        int(column): float(weight) * float(direction[column]) / shares[int(column)]
        for column, weight in zip(row.columns, row.weights, strict=True)
    }
    return [sum(value[column] for column in found) for found in columns]


def telling_words(message: list[Word], row: Row, direction: Floats, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return up to six words, as spelled, that pull most along `direction`, shape (columns,); strongest first."""
    tokens = [token for word in message for token in word.tokens]
    parts = iter(token_contributions(tokens, row, direction, vocabulary))
    pull: dict[str, float] = {}
    spelled: dict[str, str] = {}
    for word in message:
        key = " ".join(word.tokens)
        spelled.setdefault(key, word.spelling)
        pull[key] = pull.get(key, 0.0) + sum(next(parts) for _ in word.tokens)
    least = _LEAST_PULL * max(pull.values(), default=0.0)
    told = [key for key in pull if pull[key] > 0 and pull[key] >= least and len(spelled[key]) >= _SHORTEST]
    best = sorted(told, key=lambda key: -pull[key])
    return tuple(spelled[key][:_LONGEST] for key in best[:_MOST_WORDS])
