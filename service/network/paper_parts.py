"""The parts of what the network reads, on paper: tiles, charts and tables, one after the other."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

from fpdf.enums import Align, TableBordersLayout, VAlign
from fpdf.fonts import FontFace

from service.charts import WIDTH
from service.network.paper import GAP, INK, LINE, SAP, SOFT, WASH, WHITE, Cover, Paper, Style
from service.network.paper_words import plain
from service.network.sheet import NOT_SHOWN, Picture, Section, Table, Tile

DrawChart = Callable[[Picture], str]  # the drawing of a page, as SVG

_PADDING = 3.0
_NOT_DRAWN = re.compile(r"<(title|desc)\b[^>]*>.*?</\1>", re.DOTALL)
_HALO = re.compile(r'(<text\b[^>]*?) stroke="[^"]*"([^>]*>)')  # paper needs none, and would lose the letters under it
_MANY, _WIDE = 6, 9  # columns from which letters get smaller
_AIR, _SMALL = (0.8, 0.55, 0.35), 8.5  # millimetres above and below a row of letters of so many points
_SCARCE = 70.0  # millimetres left, below which a table that fits a page begins a new one
_HEAD = 45.0  # millimetres that the head of a part and its first lines take
_FEWEST = 35.0  # millimetres that a caption, the heads and a few rows take
_BESIDE = 1.7  # millimetres on each side of the words of a cell
_LONGEST_WORD = 0.3  # of the width of the page: a longer one is cut
_FIGURE = 14  # signs: what is not longer stays whole
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Block:
    """Words that stand in one place, one under the other."""

    lines: tuple[tuple[str, float, bool, tuple[int, int, int]], ...]  # words, size, bold, colour

    def height(self, paper: Paper, width: float) -> float:
        return sum(paper.height_of(text, width, size, bold=bold) for text, size, bold, _ in self.lines)

    def put(self, paper: Paper, left: float, top: float, width: float) -> None:
        for text, size, bold, colour in self.lines:
            top = paper.put(text, (left, top, width), size, bold=bold, colour=colour)


def draw_paper(cover: Cover, sections: Sequence[Section], draw: DrawChart, style: Style | None = None) -> bytes:
    """Return the PDF of some sections. The same sections and the same cover make the same bytes."""
    paper = Paper(cover, style or Style())
    for section in sections:
        if section.slug in paper.style.fresh:
            paper.add_page()
        _section(paper, section, draw)
    return bytes(paper.output())


def _section(paper: Paper, section: Section, draw: DrawChart) -> None:
    paper.heading(section.title, follows=_HEAD + _first_drawn(paper, section) + _boxed(paper, section))
    if section.intro:
        paper.words(section.intro)
    if section.sentences:
        paper.box(list(section.sentences), paper.style.body + 1.5)
    for erratum in section.errata:
        paper.words(f"Correction : {erratum}", bold=True)
    paper.ln(1)
    for tiles in _rows(section.tiles, paper.style.beside):
        _tiles(paper, tiles)
    for pictures in _rows(section.pictures, paper.style.pictures):
        _pictures(paper, pictures, draw)
    for table in section.tables:
        _table(paper, table)


def _first_drawn(paper: Paper, section: Section) -> float:
    """Return the height of the charts that come right after the head of a part: it stays with them."""
    if section.sentences or section.tiles or section.errata:
        return 0.0
    width = _columns(paper, paper.style.pictures)[0]
    return max((width * one.chart.height / WIDTH for one in section.pictures[: paper.style.pictures]), default=0.0)


def _boxed(paper: Paper, section: Section) -> float:
    """Return the height of the box under the head of a part, for a head does not stay alone."""
    if not section.sentences:
        return 0.0
    return paper.height_of_box(list(section.sentences), paper.style.body + 1.5)


def _rows(things: Sequence[_T], beside: int) -> Iterator[Sequence[_T]]:
    return (things[first : first + beside] for first in range(0, len(things), beside))


def _columns(paper: Paper, count: int) -> tuple[float, list[float]]:
    """Return the width of so many columns and where each begins."""
    width = (paper.epw - GAP * (count - 1)) / count
    return width, [paper.l_margin + place * (width + GAP) for place in range(count)]


def _tiles(paper: Paper, tiles: Sequence[Tile]) -> None:
    width, lefts = _columns(paper, paper.style.beside)
    inner = width - 2 * _PADDING
    blocks = [_tile(paper.style, tile) for tile in tiles]
    height = max(block.height(paper, inner) for block in blocks) + 2 * _PADDING
    paper.room_for(height + GAP)
    top = float(paper.get_y())
    paper.set_draw_color(*LINE)
    paper.set_line_width(0.3)
    for left, block in zip(lefts, blocks, strict=False):
        paper.rect(left, top, width, height)
        block.put(paper, left + _PADDING, top + _PADDING, inner)
    paper.set_xy(paper.l_margin, top + height + GAP)


def _tile(style: Style, tile: Tile) -> _Block:
    is_hidden = tile.value == NOT_SHOWN
    unit = "" if is_hidden else tile.unit
    return _Block(
        (
            (tile.label, style.body, True, INK),
            (tile.value, style.body + (2 if is_hidden else 7), True, SOFT if is_hidden else SAP),
            (unit, style.small, False, INK),
            (tile.detail, style.small, False, INK),
            (tile.before, style.small, False, INK),
            (tile.help, style.small, False, SOFT),
        )
    )


def _pictures(paper: Paper, pictures: Sequence[Picture], draw: DrawChart) -> None:
    width, lefts = _columns(paper, paper.style.pictures)
    heights = [width * one.chart.height / WIDTH for one in pictures]
    drawn = max(heights)
    heads = [_Block(((one.title, paper.style.body, True, INK),)) for one in pictures]
    feet = [_foot(paper.style, one) for one in pictures]
    head = max(block.height(paper, width) for block in heads)
    said_in = paper.epw if len(pictures) == 1 else width
    foot = max(block.height(paper, said_in) for block in feet)
    paper.room_for(head + drawn + foot + GAP)
    top = float(paper.get_y())
    for left, title, picture, height, reading in zip(lefts, heads, pictures, heights, feet, strict=False):
        title.put(paper, left, top, width)
        said = plain(f"{picture.title}. {picture.reading}")
        paper.image(BytesIO(_svg(draw(picture))), left, top + head, width, height, alt_text=said)
        reading.put(paper, left, top + head + height, said_in)
    paper.set_xy(paper.l_margin, top + head + drawn + foot + GAP)


def _foot(style: Style, picture: Picture) -> _Block:
    decided = [(f"Décidé : {words}", style.small, False, SOFT) for words in picture.decisions]
    return _Block(((picture.reading, style.small, False, INK), *decided))


def _svg(drawing: str) -> bytes:
    """Return the drawing of a page as a file of its own, without what only pages know."""
    bare = _HALO.sub(r'\1 stroke="none"\2', _NOT_DRAWN.sub("", drawing)).replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1
    )
    return plain(bare).encode()


def _table(paper: Paper, table: Table) -> None:
    count = len(table.heads)
    size = paper.style.small - (0.5 if count > _MANY else 0) - (1 if count > _WIDE else 0)
    widths, leading = _widths(paper, table, size), size * 0.45
    padding = _padding(paper, len(table.rows) + 3, leading)
    paper.words(table.caption, paper.style.body, bold=True)
    if table.note:  # before the figures, so that it is never alone on the next page
        paper.words(table.note, paper.style.small)
    paper.ink(size)
    paper.set_draw_color(*LINE)
    paper.set_fill_color(*WHITE)
    with paper.table(
        col_widths=widths,
        text_align=_alignments(table),
        v_align=VAlign.T,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", color=INK, fill_color=WASH),
        line_height=leading,
        padding=(padding, 1.4),
    ) as made:
        for row in (table.heads, *table.rows):
            made.row([plain(cell) for cell in row])
    paper.ln(3.5)


def _alignments(table: Table) -> list[Align]:
    """Return figures on the right, so that they compare, and words on the left."""
    return [Align.L if place == 0 or table.has_words(place) else Align.R for place in range(len(table.heads))]


def _padding(paper: Paper, lines: int, leading: float) -> float:
    """Return the air above and below each row: less where that keeps a table on one page, with its caption."""
    airs = [air * paper.style.small / _SMALL for air in _AIR]
    paper.room_for(_FEWEST)
    left = paper.page_break_trigger - paper.get_y() - 2 * paper.leading()
    for padding in airs:
        if lines * (leading + 2 * padding) <= left:
            return padding
    if left < _SCARCE and lines * (leading + 2 * airs[0]) <= paper.eph - 2 * _FEWEST:
        paper.add_page()
    return airs[0]


def _widths(paper: Paper, table: Table, size: float) -> tuple[float, ...]:
    """Return the width of each column in millimetres: each word has room, sentences share what is left."""
    paper.ink(size, bold=True)
    columns = [[plain(cell) for cell in column] for column in zip(table.heads, *table.rows, strict=True)]
    most = paper.epw * _LONGEST_WORD
    least = [
        min(most, max(paper.get_string_width(word) for cell in one for word in _words(cell))) + 2 * _BESIDE
        for one in columns
    ]
    wanted = [max(map(paper.get_string_width, one)) + 2 * _BESIDE for one in columns]
    spare = paper.epw - sum(least)
    if spare < 0:
        return tuple(width * paper.epw / sum(least) for width in least)
    more = [min(want, paper.epw) - width for want, width in zip(wanted, least, strict=True)]
    if sum(more) > spare:
        return tuple(width + one * spare / sum(more) for width, one in zip(least, more, strict=True))
    return tuple(width + one + (spare - sum(more)) / len(least) for width, one in zip(least, more, strict=True))


def _words(cell: str) -> list[str]:
    return cell.split(" ") if len(cell) > _FIGURE else [cell]
