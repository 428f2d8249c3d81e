"""Files of figures, for spreadsheets in French and for programs: both hold the same, under the same rule of display."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service.domain.drops import neutral
from service.domain.products import PRODUCTS
from service.journey.trends.published import Published
from service.network import dictionary
from service.network.cuts import Cut
from service.network.lines import Line, lines_of, snapshots_of
from service.network.timeline import period_in_words

_PLACES = 4  # decimals of a deviation


def as_table(published: Published, cut: Cut) -> dict[str, Any]:
    """Return one table as programs read it."""
    product, snapshots = PRODUCTS[cut.code], snapshots_of(published, cut)
    return {
        **dictionary.describe(product, snapshots[0]),
        "period": cut.period.isoformat(),
        "until": dictionary.last_day(cut.period, product.length).isoformat(),
        "period_label": period_in_words(cut.code, cut.period),
        "published_at": snapshots[0].drawn_at.isoformat(timespec="seconds"),
        "snapshots": [
            {"number": one.number, "product": one.product, "sha256": one.sha256, "previous": one.previous}
            for one in snapshots
        ],
        "errata": list(_errata(published, cut)),
        "rows": [_row(cut, line) for line in lines_of(published, cut)],
    }


def _row(cut: Cut, line: Line) -> dict[str, Any]:
    codes = dictionary.codes_in(cut.code, line.part)
    return {
        "scope": line.scope,
        "place": line.place or None,
        "key": line.part,
        "codes": codes,
        "label": _in_words(cut, codes),
        "value": line.figure.value,
        "ns": not line.figure.is_shown,
        "margin": line.figure.margin,
        "sigma": round(line.figure.sigma, _PLACES),
    }


def as_json(body: Mapping[str, Any]) -> str:
    """Return a body as JSON, in one way only."""
    return json.dumps(body, ensure_ascii=False, indent=1)


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as French spreadsheets open it: the sign of UTF-8, semicolons, and nothing that they compute."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return "\ufeff" + text.getvalue()


def figures_csv(published: Published, cuts: Iterable[Cut]) -> str:
    """Return the lines of some tables as one table."""
    return as_csv(tuple(dictionary.COLUMNS), (row for cut in cuts for row in _cells(published, cut)))


def _cells(published: Published, cut: Cut) -> Iterable[Sequence[str]]:
    length = PRODUCTS[cut.code].length
    head = (
        cut.code,
        period_in_words(cut.code, cut.period),
        cut.period.isoformat(),
        dictionary.last_day(cut.period, length).isoformat(),
    )
    digests = " ".join(one.sha256 for one in snapshots_of(published, cut))
    errata = " ".join(_errata(published, cut))
    for line in lines_of(published, cut):
        yield (*head, *_what(cut, line), *_how_many(line), digests, errata)


def _what(cut: Cut, line: Line) -> tuple[str, ...]:
    codes = dictionary.codes_in(cut.code, line.part)
    theme = codes.pop("family", "") or dictionary.family_of_category(codes.get("category"))
    subject = codes.pop("category", "")
    return (
        dictionary.SCOPES[line.scope],
        cut.named.get(line.place) or dictionary.area_in_words(line.place),
        line.part,
        dictionary.in_words("family", theme),
        dictionary.in_words("category", subject),
        _in_words(cut, codes),
    )


def _in_words(cut: Cut, codes: Mapping[str, str]) -> str:
    """Return what people read for some codes; words are written as on the public list."""
    return ", ".join(
        cut.labels.get(code, code) if dimension == "term" else dictionary.in_words(dimension, code)
        for dimension, code in codes.items()
    )


def _how_many(line: Line) -> tuple[str, ...]:
    value = line.figure.value
    return (
        "" if value is None else str(value),
        "oui" if value is None else "non",
        str(line.figure.margin),
        f"{line.figure.sigma:.{_PLACES}f}".replace(".", ","),
    )


def _errata(published: Published, cut: Cut) -> Iterable[str]:
    touched = {(one.product, one.period) for one in snapshots_of(published, cut)}
    return (one.words for one in published.errata if (one.product, one.period) in touched and not one.is_withdrawn)
