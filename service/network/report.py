"""The report of a month and the pack of tenants' councils: to read on a page, to print, to hand over as PDF."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from service.domain.loss import best_guess
from service.domain.products import PRODUCTS, RHO_YEAR
from service.domain.snapshots import Snapshot
from service.journey.dates import day_in_words, month_in_words
from service.journey.submission.submission import PARIS
from service.journey.trends.decisions import read_decisions
from service.journey.trends.published import Published, read_published
from service.network.council import make_council
from service.network.dictionary import NOTES
from service.network.download import as_file
from service.network.paper import Cover, Style
from service.network.paper_parts import draw_paper
from service.network.sheet import Picture, Section
from service.network.timeline import as_of
from service.network.trends import month_asked_for, read_overview

_GUESS = (
    "En un an, tous tableaux réunis, qui saurait tout des autres foyers devinerait {} fois sur 100 si un foyer a "
    "écrit. À pile ou face, on devine 50 fois sur 100."
)
_DIGEST = 16  # signs of it on paper: enough to find the table, and to see that it is another


@dataclass(frozen=True)
class Document:
    """A document made of sections: what it is called, for whom, and how large its letters are."""

    name: str
    paper: str  # the endpoint that gives it as PDF
    title: str
    audience: str
    style: Style
    sections: Callable[[Published], list[Section]]


REPORT = Document(
    "rapport",
    "network.give_report",
    "Tendances du réseau",
    "Rapport mensuel du groupe esprit client, pour les présidentes et les présidents",
    Style(),
    lambda published: [*read_overview(published), _reading(published)],
)
COUNCIL = Document(
    "conseils",
    "network.give_council",
    "Ce que disent les locataires",
    "Pour les conseils de concertation locative et les associations de locataires",
    Style(body=14.5, heading=19, title=26, small=13, beside=2, pictures=1, fresh=frozenset({"fait", "origine"})),
    lambda published: make_council(published, read_decisions(published)),
)


def show_report() -> ResponseReturnValue:
    """Show the report as a page that prints well."""
    return _show(REPORT)


def give_report() -> ResponseReturnValue:
    """Give the report as PDF."""
    return _give(REPORT)


def show_council() -> ResponseReturnValue:
    """Show the pack of tenants' councils as a page that prints well."""
    return _show(COUNCIL)


def give_council() -> ResponseReturnValue:
    """Give the pack of tenants' councils as PDF."""
    return _give(COUNCIL)


def _show(document: Document) -> ResponseReturnValue:
    published = _asked_for()
    if not published.months:
        return render_template("network/nothing.html", published=published), 404
    return render_template(
        "network/report.html",
        document=document,
        month=month_in_words(published.months[-1]),
        asked=request.args.get("mois", ""),
        sections=document.sections(published),
        source=source_of(published),
    )


def _give(document: Document) -> ResponseReturnValue:
    published = _asked_for()
    if not published.months:
        return render_template("network/nothing.html", published=published), 404
    return as_file(draw(document, published), f"{document.name}-{published.months[-1]:%Y-%m}", "pdf")


def draw(document: Document, published: Published) -> bytes:
    """Return a document as PDF: the same published tables make the same bytes."""
    cover = Cover(
        document.title,
        month_in_words(published.months[-1]),
        document.audience,
        source_of(published),
        _last(published).drawn_at,
    )
    return draw_paper(cover, document.sections(published), drawing, document.style)


def source_of(published: Published) -> str:
    """Return where the figures come from, in one line: the day they were published and the end of the chain."""
    last = _last(published)
    day = day_in_words(last.drawn_at.astimezone(PARIS).date())
    return (
        f"Source : Sève, tableaux publiés le {day}, empreinte {last.sha256[:_DIGEST]}. "
        "« n.s. » : pas significatif, ce n'est pas zéro."
    )


def _last(published: Published) -> Snapshot:
    return max(
        (one for periods in published.snapshots.values() for one in periods.values()), key=lambda one: one.number
    )


def _reading(published: Published) -> Section:
    """Return the last part of the report: how to read it, and what it is drawn from."""
    last = _last(published)
    return Section(
        "lecture",
        "Comment lire ces chiffres",
        "Ils viennent de tableaux publiés une fois, chacun enchaîné au précédent. Rien n'est recalculé.",
        sentences=(
            *NOTES,
            f"Le poids de chaque foyer est borné. {_GUESS.format(round(best_guess(RHO_YEAR) * 100))}",
            f"Le dernier porte le numéro {last.number} (« {PRODUCTS[last.product].label} »), empreinte {last.sha256}.",
        ),
    )


def _asked_for() -> Published:
    """Return what was published by the month that is asked for, or by the latest."""
    published = read_published()
    return as_of(published, month_asked_for(published)) if published.months else published


def drawing(picture: Picture) -> str:
    """Return the drawing of the page: one description of a chart, on paper as on a screen."""
    module = current_app.jinja_env.get_template("chart.html").module
    return str(module.draw(picture.chart, picture.slug, picture.title, picture.reading))  # type: ignore[attr-defined]
