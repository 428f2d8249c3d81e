"""The examples as matrices: originals, their noisy and wrapped copies, and the segments of the long ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from classifier.cleaning import clean
from classifier.config import Configuration
from classifier.corpus import Corpus, Example, Phrase
from classifier.danger import DangerFinding, Fired, finding, is_understood, read, signals
from classifier.features import Floats
from classifier.heads import Columns, Labels
from classifier.labels import NATURES, URGENCIES
from classifier.matrix import Counter, Matrix, fit_counter
from classifier.noise import WRAPPABLE, noisy, wrapped
from classifier.segments import segments


@dataclass(frozen=True)
class Texts:
    """Counted texts: n-gram counts, the lexicon's signals, and for each row the number of its example."""

    counts: tuple[Matrix, Matrix]
    signals: Matrix
    owner: Columns

    def take(self, rows: Columns) -> "Texts":
        """Return some rows."""
        return Texts((self.counts[0][rows], self.counts[1][rows]), self.signals[rows], self.owner[rows])

    def of(self, owners: Columns) -> "Texts":
        """Return the rows that belong to some examples."""
        return self.take(np.flatnonzero(np.isin(self.owner, owners)))


@dataclass(frozen=True)
class Dataset:
    """Everything training reads, computed once; labels are those of the originals."""

    examples: Sequence[Example]
    categories: tuple[str, ...]
    labels: Labels
    weights: Floats  # Of each example when it speaks for its category.
    counter: Counter
    findings: Sequence[DangerFinding]  # What the lexicon says of each example.
    understood: Sequence[bool]  # Whether each example is in French.
    originals: Texts
    training: Texts  # Originals first, then their copies.
    pieces: Texts  # Segments of the long originals; without signals.
    phrases: Texts  # Of the glossary, what staff corrected, sentences without a subject; no fold holds them out.
    phrase_labels: Labels
    phrase_weights: Floats


def signal_matrix(fired: Sequence[Fired], names: Sequence[str]) -> Matrix:
    """Return the lexicon's signals of many texts, by the rules that fired in them, as 0 and 1, shape (texts, names)."""
    column = {name: number for number, name in enumerate(names)}
    matrix = sparse.lil_matrix((len(fired), len(names)), dtype=np.float32)
    for row, hits in enumerate(fired):
        for name in signals(hits):
            matrix[row, column[name]] = 1.0
    return matrix.tocsr()


def _labels(rows: Sequence[Example] | Sequence[Phrase], categories: Sequence[str]) -> Labels:
    def columns(codes: Sequence[str], said: list[str | None]) -> Columns:
        place = {code: number for number, code in enumerate(codes)}
        return np.array([-1 if code is None else place[code] for code in said], dtype=np.int64)

    urgency = columns(URGENCIES, [row.urgency for row in rows])
    return Labels(
        columns(categories, [row.category for row in rows]),
        columns(NATURES, [row.nature for row in rows]),
        urgency,
        np.where(urgency < 0, -1, urgency == 0).astype(np.int64),
    )


def _asides(count: int, categories: int) -> Labels:
    """Return the labels of sentences without a subject: a category after the last, no nature, no urgency, no danger."""
    unsaid = np.full(count, -1, dtype=np.int64)
    return Labels(np.full(count, categories, dtype=np.int64), unsaid, unsaid, np.zeros(count, dtype=np.int64))


def _copies(texts: list[str], filler: list[str], configuration: Configuration) -> tuple[list[str], list[int]]:
    """Return the copies to learn from, and for each the number of the text it comes from."""
    draw = np.random.default_rng(configuration.seed)
    everyone = range(len(texts))
    noisy_owners = [number for _ in range(configuration.noisy_copies) for number in everyone]
    chosen = draw.random(len(texts)) < configuration.wrapped_share
    wrapped_owners = [number for number in everyone if filler and chosen[number] and len(texts[number]) < WRAPPABLE]
    copies = [noisy(texts[number], draw) for number in noisy_owners]
    copies += [wrapped(texts[number], filler, draw) for number in wrapped_owners]
    return copies, [*noisy_owners, *wrapped_owners]


def _pieces(texts: list[str], counter: Counter, names: Sequence[str]) -> Texts:
    found = [segments(text) for text in texts]
    owner = np.array([number for number, parts in enumerate(found) for _ in parts], dtype=np.int64)
    flat = [clean(part) for parts in found for part in parts]
    return Texts(counter.counts(flat), sparse.csr_matrix((len(flat), len(names)), dtype=np.float32), owner)


def _texts(cleaned: Sequence[str], fired: Sequence[Fired], counter: Counter, names: Sequence[str]) -> Texts:
    return Texts(counter.counts(cleaned), signal_matrix(fired, names), np.arange(len(cleaned)))


def build(corpus: Corpus, configuration: Configuration, names: Sequence[str]) -> Dataset:
    """Return the dataset of a corpus; the copies are drawn from the configuration's seed."""
    categories = tuple(sorted({example.category for example in corpus.examples}))
    texts = [example.text for example in corpus.examples]
    said = [(phrase, configuration.glossary_weight) for phrase in corpus.glossary]
    said += [(phrase, configuration.correction_weight) for phrase in corpus.corrections]
    said = [(phrase, weight) for phrase, weight in said if phrase.category is None or phrase.category in categories]
    phrases = [phrase for phrase, _ in said]
    wordings = [*(phrase.text for phrase in phrases), *corpus.filler]
    cleaned, cleaned_wordings = [clean(text) for text in texts], [clean(text) for text in wordings]
    counter = fit_counter([*cleaned, *cleaned_wordings], configuration)
    fired = [read(text) for text in texts]
    originals = _texts(cleaned, fired, counter, names)
    copied, owners = _copies(texts, corpus.filler, configuration)
    numbers = np.array(owners, dtype=np.int64)
    # What surrounds a copy says nothing: it has the signals of its original.
    copies = Texts(counter.counts([clean(text) for text in copied]), originals.signals[numbers], numbers)
    return Dataset(
        examples=corpus.examples,
        categories=categories,
        labels=_labels(corpus.examples, categories),
        weights=np.array(
            [configuration.danger_weight if one.danger or one.calm else 1.0 for one in corpus.examples],
            dtype=np.float32,
        ),
        counter=counter,
        findings=[finding(hits) for hits in fired],
        understood=[is_understood(text, hits) for text, hits in zip(texts, fired, strict=True)],
        originals=originals,
        training=stack([originals, copies]),
        pieces=_pieces(texts, counter, names),
        phrases=_texts(cleaned_wordings, [read(text) for text in wordings], counter, names),
        phrase_labels=_labels(phrases, categories).then(_asides(len(corpus.filler), len(categories))),
        phrase_weights=np.array(
            [*(weight for _, weight in said), *[configuration.filler_weight] * len(corpus.filler)], dtype=np.float32
        ),
    )


def stack(parts: Sequence[Texts]) -> Texts:
    """Return texts under one another."""
    return Texts(
        (
            sparse.vstack([part.counts[0] for part in parts], format="csr"),
            sparse.vstack([part.counts[1] for part in parts], format="csr"),
        ),
        sparse.vstack([part.signals for part in parts], format="csr"),
        np.concatenate([part.owner for part in parts]),
    )
