"""What a corpus is made of, in tables people read at a glance."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from classifier.corpus import Example
from classifier.labels import CALM_REASONS, LENGTHS, NATURES, STYLES, URGENCIES, WRITTEN_DANGERS, length_of
from classifier.quotas import implicit_shares

_BAR = 30


def _bars(title: str, counts: Counter[str], order: Sequence[str], total: int) -> Iterator[str]:
    yield f"\n{title}"
    widest = max(counts.values(), default=1)
    for name in order:
        bar = "█" * round(_BAR * counts[name] / widest)
        yield f"  {name:<24} {counts[name]:>6} {counts[name] / max(total, 1):>6.1%} {bar}"


def _categories(examples: Sequence[Example]) -> Iterator[str]:
    per_category: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        per_category[example.category].append(example)
    implicit = implicit_shares(examples)
    yield f"{'category':<24} {'texts':>6} {'authors':>8} {'scenarios':>10} {'subjects':>9} {'implicit':>9}"
    for category, rows in sorted(per_category.items()):
        authors, scenarios = len({row.author for row in rows}), len({row.scenario for row in rows})
        subjects = len({row.subject for row in rows})
        yield f"{category:<24} {len(rows):>6} {authors:>8} {scenarios:>10} {subjects:>9} {implicit[category]:>9.0%}"


def stats(examples: Sequence[Example], filler: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the tables: by category, then by every axis the quotas look at."""
    total = len(examples)
    yield from _categories(examples)
    yield f"{'all':<24} {total:>6}   and {len(filler)} sentences without a subject"
    lengths = Counter(length_of(example.text) for example in examples)
    yield from _bars("length", lengths, list(LENGTHS), total)
    yield from _bars("style", Counter(example.style for example in examples), STYLES, total)
    yield from _bars("nature", Counter(example.nature for example in examples), NATURES, total)
    yield from _bars("urgency", Counter(example.urgency for example in examples), URGENCIES, total)
    dangers = Counter(example.danger for example in examples if example.danger)
    yield from _bars("danger", dangers, WRITTEN_DANGERS, total)
    calm = Counter(example.calm for example in examples if example.calm)
    yield from _bars("words of danger without danger", calm, CALM_REASONS, total)
    authors = Counter(example.author for example in examples)
    yield from _bars("author", authors, sorted(authors), total)
