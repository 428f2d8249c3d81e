"""Sheets of paper, drawn as PDF: what they look like, and the words and boxes that stand on them.

The letters are those that every reader of PDF has: nothing is embedded, and the same parts make the same bytes.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos

from service.network.paper_words import plain

INK, SOFT, SAP, LINE, WASH = (28, 36, 32), (77, 90, 83), (29, 91, 67), (160, 172, 165), (240, 244, 241)
MARGIN, FOOT = 18.0, 22.0  # millimetres
GAP = 4.0
_AROUND = 7.5  # points of what stands at the foot
_LEADING = 0.48  # millimetres of a line for one point of type
WHITE = (255, 255, 255)


@dataclass(frozen=True)
class Style:
    """How large things are: points of type, and how many stand side by side."""

    body: float = 10
    heading: float = 14
    title: float = 24
    small: float = 8.5
    beside: int = 3  # tiles
    pictures: int = 2
    fresh: frozenset[str] = frozenset()  # slugs of the parts that begin a page


@dataclass(frozen=True)
class Cover:
    """What is said of the document: on its first page, at the head and foot of each, and to programs."""

    title: str
    month: str
    audience: str
    source: str  # at the foot of each page
    made_at: datetime  # of what it is drawn from, so that the same figures make the same file


class Paper(FPDF):
    """A document in French on A4, with its head, its foot and its numbered pages."""

    def __init__(self, cover: Cover, style: Style) -> None:
        super().__init__(format="A4")
        self.core_fonts_encoding = "windows-1252"
        self.cover, self.style = cover, style
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(auto=True, margin=FOOT)
        self.set_title(plain(f"{cover.title}, {cover.month}"))
        self.set_subject(plain(cover.audience))
        self.set_author("Sève")
        self.set_creator("Sève")
        self.set_lang("fr")
        self.set_creation_date(cover.made_at)
        self.set_display_mode("fullpage")
        self.ink()
        self.add_page()
        self._open()

    def header(self) -> None:
        """Say on each page but the first what it belongs to."""
        if self.page_no() == 1:
            return
        self.set_y(9)
        self._line(plain("Sève, réseau Canopée"), "L", _AROUND + 1)
        self.set_y(9)
        self._line(plain(f"{self.cover.title}, {self.cover.month}"), "R", _AROUND + 1)
        self._rule(15)
        self.set_y(MARGIN + 2)
        self.ink()

    def footer(self) -> None:
        """Say on each page where the figures come from, and which page it is."""
        self._rule(self.h - 16)
        self.set_xy(self.l_margin, self.h - 15)
        self.ink(_AROUND, colour=SOFT)
        self.multi_cell(self.epw - 24, 3.6, plain(self.cover.source), align="L")
        self.set_y(self.h - 15)
        self._line(f"Page {self.page_no()}/{{nb}}", "R", _AROUND + 1)

    def ink(self, size: float | None = None, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """Choose the type of what is written next."""
        self.set_font("Helvetica", "B" if bold else "", size or self.style.body)
        self.set_text_color(*colour)

    def words(self, text: str, size: float | None = None, *, bold: bool = False, indent: float = 0) -> None:
        """Write a paragraph over the whole width."""
        self.ink(size, bold=bold)
        self.set_x(self.l_margin + indent)
        self.multi_cell(
            self.epw - indent, self.leading(size), plain(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.ln(1.2)

    def leading(self, size: float | None = None) -> float:
        """Return the height of a line, in millimetres."""
        return (size or self.style.body) * _LEADING

    def height_of(self, text: str, width: float, size: float, *, bold: bool = False) -> float:
        """Return the height that words take in a width, in millimetres."""
        if not text:
            return 0
        self.ink(size, bold=bold)
        found = self.multi_cell(
            width, self.leading(size), plain(text), align="L", dry_run=True, output=MethodReturnValue.HEIGHT
        )
        return found if isinstance(found, float) else 0.0

    def put(
        self,
        text: str,
        place: tuple[float, float, float],
        size: float,
        *,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
    ) -> float:
        """Write words at a place (left, top, width) and return where they end."""
        left, top, width = place
        if not text:
            return top
        self.ink(size, bold=bold, colour=colour)
        self.set_xy(left, top)
        self.multi_cell(width, self.leading(size), plain(text), align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
        return float(self.get_y())

    def room_for(self, height: float) -> None:
        """Begin another page where this height is not left on the page."""
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()

    def heading(self, title: str, *, follows: float) -> None:
        """Begin a part: with its entry in the outline, and never alone at the foot of a page."""
        self.ln(3)
        self.room_for(follows)
        self.start_section(re.sub(r"\s+", " ", plain(title)))
        self.ink(self.style.heading, bold=True, colour=SAP)
        self.multi_cell(self.epw, self.leading(self.style.heading), plain(title), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1.5)

    def height_of_box(self, texts: list[str], size: float) -> float:
        """Return the height that paragraphs take in a box, in millimetres."""
        return sum(self.height_of(text, self.epw - 10, size) + 1.5 for text in texts) + 7

    def box(self, texts: list[str], size: float) -> None:
        """Write paragraphs in a box with a strong edge on the left: what is read aloud."""
        inner, padding = self.epw - 10, 3.5
        heights = [self.height_of(text, inner, size) + 1.5 for text in texts]
        self.room_for(sum(heights) + 2 * padding)
        top = float(self.get_y())
        self.set_fill_color(*WASH)
        self.rect(self.l_margin, top, self.epw, sum(heights) + 2 * padding, style="F")
        self.set_fill_color(*SAP)
        self.rect(self.l_margin, top, 1.6, sum(heights) + 2 * padding, style="F")
        place = top + padding
        for text in texts:
            place = self.put(text, (self.l_margin + 6, place, inner), size) + 1.5
        self.set_xy(self.l_margin, place + padding + 3)

    def _open(self) -> None:
        """Draw the head of the first page."""
        self.set_fill_color(*SAP)
        self.rect(0, 0, self.w, 46, style="F")
        width = self.epw
        self.put("Sève, réseau Canopée", (MARGIN, 10, width), self.style.body, bold=True, colour=WHITE)
        after = self.put(self.cover.title, (MARGIN, 16, width), self.style.title, bold=True, colour=WHITE)
        self.put(f"{self.cover.month[:1].upper()}{self.cover.month[1:]}", (MARGIN, after, width), 14, colour=WHITE)
        self.put(self.cover.audience, (MARGIN, 37, width), self.style.body, colour=WHITE)
        self.set_xy(self.l_margin, 50)
        self.ink()

    def _line(self, text: str, align: str, size: float) -> None:
        self.ink(size, colour=SOFT)
        self.cell(0, 4, text, align=align)

    def _rule(self, top: float) -> None:
        self.set_draw_color(*LINE)
        self.set_line_width(0.2)
        self.line(self.l_margin, top, self.w - self.r_margin, top)
