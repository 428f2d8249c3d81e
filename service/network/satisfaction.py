"""What tenants think of how they were answered, on the scale of the national survey."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.bars import Length, draw_columns
from service.charts import Scale
from service.domain.estimates import Estimate, total
from service.domain.feedback import SATISFIED_FROM
from service.domain.figures import Figure
from service.domain.products import SCORES
from service.journey.dates import quarter_in_words
from service.journey.numbers import tenths
from service.journey.trends.published import Published
from service.network.answers import mean_note, notes_of, satisfied
from service.network.comparing import way_of
from service.network.figures import (
    count,
    count_and_margin,
    margin,
    near,
    nice_top,
    percent,
    rate_and_margin,
    share_and_margin,
)
from service.network.sheet import Picture, Section, Table
from service.network.timeline import Line, absences, calendar, draw_quarters, errata_of, same_last_year

_INTRO = (
    "La note va de 0 à 10 et se donne après la fin d'une demande. De 7 à 10, le locataire est compté satisfait : même "
    "échelle et même seuil que l'enquête nationale auprès des locataires Hlm, ce qui permet de rapprocher les deux. "
    "L'enquête interroge un échantillon de tous les locataires ; ici ne répondent que ceux qui ont écrit. Une seule "
    "note par foyer et par trimestre, la dernière. Réseau entier, jamais par bailleur."
)
_TEN, _HUNDRED = Scale(Decimal(10)), Scale(Decimal(100), "\u202f%")


def make_satisfaction(published: Published) -> Section | None:
    """Return notes quarter after quarter; None before the first published one."""
    quarters = calendar(published, "SATIS")
    if not quarters:
        return None
    absent = absences(published, "SATIS")
    means = Line(quarters, [mean_note(published, one) for one in quarters], absent)
    shares = Line(quarters, [satisfied(published, one) for one in quarters], absent)
    notes = notes_of(published, quarters[-1])
    return Section(
        slug="satisfaction",
        title="La satisfaction",
        intro=_INTRO,
        pictures=(
            Picture("note", "Note moyenne, sur 10", draw_quarters(means, _TEN, _last(means)), _read_mean(means)),
            Picture(
                "satisfaits",
                "Part des notes de 7 à 10",
                draw_quarters(
                    _in_hundred(shares), _HUNDRED, "" if not shares.values[-1] else percent(shares.values[-1].value)
                ),
                _read_share(published, shares),
            ),
            _notes(quarters[-1], notes),
        ),
        tables=(_quarters(published, means, shares), _note_table(quarters[-1], notes)),
        errata=errata_of(published, "SATIS"),
    )


def _last(line: Line) -> str:
    return "" if line.values[-1] is None else tenths(line.values[-1].value)


def _in_hundred(line: Line) -> Line:
    values = [one and Estimate(one.value * 100, one.deviation * 100) for one in line.values]
    return Line(line.months, values, line.absent)


def _read_mean(line: Line) -> str:
    now, name = line.values[-1], quarter_in_words(line.months[-1])
    if now is None:
        return f"Au {name}, trop peu de notes pour donner une moyenne."
    return f"Au {name}, la note moyenne est de {tenths(now.value)} sur 10, à {margin(now.margin)} près."


def _read_share(published: Published, line: Line) -> str:
    quarter, now = line.months[-1], line.values[-1]
    if now is None:
        return f"Au {quarter_in_words(quarter)}, trop peu de notes pour donner une part."
    said = f"Au {quarter_in_words(quarter)}, {percent(now.value)} des notes vont de 7 à 10, {near(now)}"
    then = same_last_year(published, "SATIS", quarter)
    before = satisfied(published, then) if then else None
    if before is None:
        return f"{said}."
    return f"{said}, contre {percent(before.value)} un an avant : {way_of(now, before)}."


def _notes(quarter: date, notes: Sequence[Figure]) -> Picture:
    scale = Scale(nice_top(max((one.noisy for one in notes), default=0)))
    lengths = [
        Length(str(score), Decimal(str(one.value)) if one.value is not None else None, count(one))
        for score, one in zip(SCORES, notes, strict=True)
    ]
    most = max(zip(notes, SCORES, strict=True), key=lambda pair: pair[0].noisy)[1]
    return Picture(
        "notes",
        f"Foyers par note, {quarter_in_words(quarter)}",
        draw_columns(lengths, scale),
        f"La note la plus donnée est {most}. Une colonne absente n'est pas significative.",
    )


def _quarters(published: Published, means: Line, shares: Line) -> Table:
    rows = []
    for place, quarter in enumerate(means.months):
        name, why = quarter_in_words(quarter), means.absent.get(quarter)
        if why:
            rows.append((name, *(why,) * 4))
            continue
        notes = notes_of(published, quarter)
        rows.append(
            (
                name,
                count_and_margin(total(notes)),
                count_and_margin(total(notes[SATISFIED_FROM:])),
                share_and_margin(shares.values[place]),
                rate_and_margin(means.values[place]),
            )
        )
    return Table(
        slug="satisfaction",
        caption="Notes données dans le réseau, du trimestre le plus récent au plus ancien",
        heads=("Trimestre", "Foyers ayant répondu", "Dont notes de 7 à 10", "Part de 7 à 10", "Note moyenne"),
        rows=tuple(reversed(rows)),
    )


def _note_table(quarter: date, notes: Sequence[Figure]) -> Table:
    return Table(
        slug="notes",
        caption=f"Foyers par note, {quarter_in_words(quarter)}",
        heads=("Note", "Foyers"),
        rows=tuple((f"{score} sur 10", count_and_margin(one)) for score, one in zip(SCORES, notes, strict=True)),
    )
