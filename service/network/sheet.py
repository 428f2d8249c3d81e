"""What the network reads, in parts that a page, a printed report, a PDF and a file all draw from."""

from dataclasses import dataclass, field

from service.charts import Chart

NOT_SHOWN = "n.s."  # not significant: small, or drowned in the noise; never zero, never blank

_SENTENCE = 30  # signs, from which a cell is one


@dataclass(frozen=True)
class Tile:
    """One figure to remember."""

    label: str
    value: str  # as read, or NOT_SHOWN
    unit: str = ""
    detail: str = ""  # numerator, denominator and margin in words
    before: str = ""  # the same month last year in words
    help: str = ""


@dataclass(frozen=True)
class Picture:
    """One chart with its title and what it says in one sentence."""

    slug: str
    title: str
    chart: Chart
    reading: str
    decisions: tuple[str, ...] = ()  # what the members decided on its subject


@dataclass(frozen=True)
class Table:
    """The figures behind a picture, as people read them; the first cell of a row is its head."""

    slug: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def has_words(self, place: int) -> bool:
        """Say whether a column is read and not compared: it holds sentences, or hardly a digit."""
        said = [row[place] for row in self.rows if row[place] and row[place] != NOT_SHOWN]
        with_digits = [cell for cell in said if any(sign.isdigit() for sign in cell)]
        return any(len(cell) > _SENTENCE for cell in said) or len(with_digits) * 2 < len(said)


@dataclass(frozen=True)
class Section:
    """One part of the page: what it says first, then what shows it."""

    slug: str
    title: str
    intro: str = ""
    sentences: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    errata: tuple[str, ...] = field(default=())
