"""How much of each kind a corpus must hold, so that a model meets strangers prepared."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from classifier.cleaning import clean
from classifier.corpus import Example
from classifier.labels import CALM_REASONS, STYLES, length_of

# Broad categories, and those most easily taken for another, need more.
BROAD = (
    "plomberie", "relation_client", "prestataire", "voisinage", "securite", "bruit", "charges", "loyer",
    "bail_depart", "travaux",
)  # fmt: skip
OPENING_WORDS = 4
STOCK_OPENINGS = ("je me permets", "je vous contacte", "je vous ecris", "bonjour je vous", "bonjour je me permets")
_NAME_STEM = 6  # Letters that tell a category's name in a text.
_TOP_WORDS = 5


@dataclass(frozen=True)
class Quotas:
    """The least and the most of everything; shares are of a category's examples, or of all where it says so."""

    examples: int = 200
    examples_broad: int = 300
    examples_other: int = 400  # Of "autre".
    authors: int = 3
    scenarios: int = 40
    most_per_scenario: int = 5
    implicit: float = 0.30  # Without the category's name or its five commonest own words.
    opening: float = 0.01  # Same first four words, and at least three.
    stock_openings: float = 0.02  # Of all.
    short: float = 0.25  # Of all, under 60 characters.
    very_long: float = 0.10  # Of all, over 500 characters.
    style: float = 0.02  # Of all, each style.
    dangers: int = 600
    danger_types: int = 12
    per_danger_type: int = 30
    calm: int = 1500
    per_calm_reason: int = 60
    filler: int = 500
    near_duplicate: float = 0.85  # Cosine of word TF-IDF.

    def examples_of(self, category: str) -> int:
        """Return the least number of examples of a category."""
        if category == "autre":
            return self.examples_other
        return self.examples_broad if category in BROAD else self.examples


def top_words(documents: Sequence[frozenset[str]], others: Counter[str], total: int) -> list[str]:
    """Return the words that most tell a category from the `total` others, by share times log ratio of shares."""
    mine = Counter(word for words in documents for word in words)
    size = len(documents)

    def weight(word: str) -> float:
        return mine[word] * math.log((mine[word] / size) / ((others[word] + 0.5) / (total + size)))

    return sorted((word for word in mine if len(word) > 3), key=lambda word: (-weight(word), word))[:_TOP_WORDS]  # noqa: PLR2004


def implicit_shares(examples: Sequence[Example]) -> dict[str, float]:
    """Return, per category, the share of texts without its name or its five commonest own words."""
    documents: dict[str, list[frozenset[str]]] = defaultdict(list)
    for example in examples:
        documents[example.category].append(frozenset(clean(example.text).split()))
    everything = Counter(word for texts in documents.values() for words in texts for word in words)
    shares = {}
    for category, texts in documents.items():
        mine = Counter(word for words in texts for word in words)
        others = Counter({word: everything[word] - mine[word] for word in mine})
        told = set(top_words(texts, others, len(examples) - len(texts)))
        stems = tuple(part[:_NAME_STEM] for part in category.split("_") if len(part) > 2)  # noqa: PLR2004
        silent = [not told & words and not any(word.startswith(stems) for word in words) for words in texts]
        shares[category] = sum(silent) / len(silent)
    return shares


def opening(text: str) -> str:
    """Return the first words of a text, or nothing when it has too few to repeat."""
    first = list(islice(clean(text).split(), OPENING_WORDS))
    return " ".join(first) if len(first) == OPENING_WORDS else ""


def _category_faults(category: str, examples: Sequence[Example], quotas: Quotas) -> Iterator[str]:
    least = quotas.examples_of(category)
    if len(examples) < least:
        yield f"{category}: {len(examples)} examples, at least {least} are needed"
    if len({example.author for example in examples}) < quotas.authors:
        yield f"{category}: at least {quotas.authors} authors are needed"
    scenarios = Counter(example.scenario for example in examples)
    if len(scenarios) < quotas.scenarios:
        yield f"{category}: {len(scenarios)} scenarios, at least {quotas.scenarios} are needed"
    for scenario, count in scenarios.items():
        if count > quotas.most_per_scenario:
            yield f"{category}: scenario {scenario} has {count} texts, at most {quotas.most_per_scenario}"
    openings = Counter(opening(example.text) for example in examples)
    most = max(3, int(quotas.opening * len(examples)))
    for words, count in openings.items():
        if words and count > most:
            yield f"{category}: {count} texts open with {words!r}, at most {most}"


def _danger_faults(examples: Sequence[Example], quotas: Quotas) -> Iterator[str]:
    types = Counter(example.danger for example in examples if example.danger)
    reasons = Counter(example.calm for example in examples if example.calm)
    enough = sum(count >= quotas.per_danger_type for count in types.values())
    if types.total() < quotas.dangers:
        yield f"danger: {types.total()} texts, at least {quotas.dangers} are needed"
    if enough < quotas.danger_types:
        yield f"danger: {enough} types have {quotas.per_danger_type} texts, {quotas.danger_types} must"
    if reasons.total() < quotas.calm:
        yield f"calm: {reasons.total()} hard negatives, at least {quotas.calm} are needed"
    for reason in CALM_REASONS:
        if reasons[reason] < quotas.per_calm_reason:
            yield f"calm: {reasons[reason]} texts are {reason}, at least {quotas.per_calm_reason} are needed"


def _share_faults(examples: Sequence[Example], quotas: Quotas) -> Iterator[str]:
    total = len(examples)
    lengths = Counter(length_of(example.text) for example in examples)
    for band, least in (("short", quotas.short), ("very_long", quotas.very_long)):
        if lengths[band] < least * total:
            yield f"{lengths[band] / total:.1%} of the texts are {band}, at least {least:.0%} must be"
    styles = Counter(example.style for example in examples)
    for style in STYLES:
        if styles[style] < quotas.style * total:
            yield f"{styles[style] / total:.1%} of the texts are {style}, at least {quotas.style:.0%} must be"
    stock = sum(clean(example.text).startswith(STOCK_OPENINGS) for example in examples)
    if stock > quotas.stock_openings * total:
        yield f"{stock / total:.1%} of the texts have a stock opening, at most {quotas.stock_openings:.0%}"


def quota_faults(examples: Sequence[Example], filler: Sequence[str], quotas: Quotas) -> list[str]:
    """Return what a corpus lacks or repeats, one sentence each."""
    per_category: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        per_category[example.category].append(example)
    faults = [fault for category in sorted(per_category)
              for fault in _category_faults(category, per_category[category], quotas)]  # fmt: skip
    faults += [
        f"{category}: {share:.0%} of the texts do without its own words, at least {quotas.implicit:.0%} must"
        for category, share in sorted(implicit_shares(examples).items())
        if share < quotas.implicit
    ]
    faults += [*_danger_faults(examples, quotas), *_share_faults(examples, quotas)]
    if len(filler) < quotas.filler:
        faults.append(f"filler: {len(filler)} sentences, at least {quotas.filler} are needed")
    return faults
