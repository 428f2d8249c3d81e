"""An evaluation as a Markdown page with its charts, each chart a drawing beside the page, with its table under it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from classifier.evaluation import Evaluation, Figures
from classifier.labels import family_of

_BAR_HEIGHT, _BAR_WIDTH, _LABELS = 18, 420, 190
_SIDE = 320
_MARGIN = 36
_STYLE = "font-family: sans-serif; font-size: 12px"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; figures are aligned to the right."""
    align = ["---", *("---:" for _ in head[1:])]
    lines = [head, align, *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines) + "\n"


def bars(values: Mapping[str, float], title: str) -> str:
    """Return an SVG drawing of horizontal bars for values between 0 and 1."""
    height = _BAR_HEIGHT * len(values) + 30
    width = _LABELS + _BAR_WIDTH + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" style="{_STYLE}">',
        f'<title>{title}</title><text x="0" y="14" font-weight="bold">{title}</text>',
    ]
    for place, (name, value) in enumerate(values.items()):
        top = 24 + place * _BAR_HEIGHT
        parts.append(
            f'<text x="{_LABELS - 8}" y="{top + 13}" text-anchor="end">{name}</text>'
            f'<rect x="{_LABELS}" y="{top + 2}" width="{value * _BAR_WIDTH:.0f}" height="{_BAR_HEIGHT - 4}" '
            f'fill="#1f5a96"/><text x="{_LABELS + value * _BAR_WIDTH + 6:.0f}" y="{top + 13}">{value:.2f}</text>'
        )
    return "".join([*parts, "</svg>\n"])


def reliability(points: Sequence[tuple[float, float, int]]) -> str:
    """Return an SVG drawing of the share that is right against the confidence said; the line is perfect honesty."""

    def place(sure: float, right: float) -> tuple[str, str]:
        return f"{_MARGIN + sure * _SIDE:.0f}", f"{_MARGIN + (1 - right) * _SIDE:.0f}"

    most = max((count for _, _, count in points), default=1)
    size = _SIDE + 2 * _MARGIN
    start, end = place(0, 0), place(1, 1)
    dots = [
        f'<circle cx="{x}" cy="{y}" r="{4 + 8 * (count / most) ** 0.5:.1f}" fill="#1f5a96" fill-opacity="0.75"/>'
        for sure, right, count in points
        for x, y in [place(sure, right)]
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" role="img" style="{_STYLE}">'
        "<title>Confidence said and share that is right</title>"
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>'
        f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" stroke="#888" stroke-dasharray="4"/>'
        f"{''.join(dots)}"
        f'<text x="{size / 2:.0f}" y="{size - 8}" text-anchor="middle">confidence said</text>'
        f'<text x="12" y="{size / 2:.0f}" transform="rotate(-90 12 {size / 2:.0f})" text-anchor="middle">'
        "share that is right</text></svg>\n"
    )


def _sentence(figures: Figures) -> str:
    return (
        f"Of {figures['messages']:.0f} messages, {figures['accuracy']:.0%} get the right category and "
        f"{figures['top3']:.0%} have it among three suggestions. {figures['coverage']:.0%} are sorted without a "
        f"person, of which {figures['precision']:.0%} rightly. Of {figures['danger_messages']:.0f} dangers "
        f"{figures['danger_recall']:.0%} are seen; {figures['false_checks']:.0%} of the others are sent to be checked "
        f"and {figures['false_alarms']:.0%} raise an alarm."
    )


def _slices(title: str, parts: Mapping[str, Figures]) -> Iterator[str]:
    if not parts:
        return
    names = list(next(iter(parts.values())))
    yield f"## {title}\n"
    yield table([title.lower(), *names], [[name, *(part[key] for key in names)] for name, part in parts.items()])


def sections(found: Evaluation) -> Iterator[str]:
    """Yield the parts of the page, without its title or charts."""
    yield _sentence(found.figures) + "\n"
    yield table(["figure", "value"], [[name, f"{value:g}"] for name, value in found.figures.items()])
    yield from _slices("By style", found.styles)
    yield from _slices("By length", found.lengths)
    yield "## What is taken for what\n"
    yield table(["true", "said", "times"], found.confusions)


def _by_category(found: Evaluation) -> str:
    rows = sorted(found.categories.items(), key=lambda item: (family_of(item[0]), item[0]))
    names = ("messages", "precision", "recall", "f1")
    return table(["category", *names], [[name, *(row[key] for key in names)] for name, row in rows])


def write_report(path: Path, title: str, found: Evaluation) -> None:
    """Write the page and its two charts, `<stem>-categories.svg` and `<stem>-confidence.svg`, beside one another."""
    f1 = dict(sorted(((name, row["f1"]) for name, row in found.categories.items()), key=lambda item: -item[1]))
    charts = {
        f"{path.stem}-categories.svg": bars(f1, "F1 by category"),
        f"{path.stem}-confidence.svg": reliability(found.calibration),
    }
    for name, drawing in charts.items():
        (path.parent / name).write_text(drawing, encoding="utf-8")
    first, second = charts
    page = [
        f"# {title}\n",
        *sections(found),
        f"## By category\n\n![F1 by category]({first})\n",
        _by_category(found),
        f"## Does it know when it does not know?\n\n![Confidence said and share that is right]({second})\n",
        table(["confidence said", "share right", "messages"], found.calibration),
    ]
    path.write_text("\n".join(page), encoding="utf-8")
