"""Files for the readers of the network: the same figures as the page, under the same rule of display."""

from collections.abc import Iterable

from flask import Response, abort, render_template

from service.domain.products import PRODUCTS
from service.journey.trends.published import Published, read_published
from service.network import dictionary, files
from service.network.cuts import Cut, for_readers

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}
EVERYTHING = "tendances"


def give_data(name: str, extension: str) -> Response:
    """Give a table in all its periods, or every table of the two years that are shown."""
    codes = list(PRODUCTS) if name == EVERYTHING else [code for code in PRODUCTS if code == name]
    if not codes or extension not in MEDIA_TYPES:
        abort(404)
    published = read_published()
    return as_file(write(published, for_readers(published, codes), extension), name, extension)


def write(published: Published, cuts: Iterable[Cut], extension: str) -> str:
    """Return a file of figures."""
    if extension == "csv":
        return files.figures_csv(published, cuts)
    return files.as_json({"notes": dictionary.NOTES, "tables": [files.as_table(published, cut) for cut in cuts]})


def as_file(content: str | bytes, name: str, extension: str) -> Response:
    """Return an answer that is kept as a file of that name."""
    media_type = MEDIA_TYPES.get(extension, "application/pdf")
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="seve-{name.lower()}.{extension}"'
    return response


def show_dictionary() -> str:
    """Show what each table and each column means."""
    return render_template(
        "network/dictionary.html", products=PRODUCTS.values(), words=dictionary, describe=dictionary.describe
    )


def give_dictionary(extension: str) -> Response:
    """Give the dictionary as a file."""
    if extension == "json":
        return as_file(files.as_json(dictionary.dictionary()), "dictionnaire", extension)
    if extension == "csv":
        return as_file(files.as_csv(("ou", "code", "sens"), _entries()), "dictionnaire", extension)
    return abort(404)


def _entries() -> Iterable[tuple[str, str, str]]:
    yield from (("tableau", product.code, product.label) for product in PRODUCTS.values())
    yield from (("colonne", name, meaning) for name, meaning in dictionary.COLUMNS.items())
    for dimension, words in dictionary.WORDS.items():
        yield from ((dictionary.DIMENSION_NAMES[dimension], code, label) for code, label in words.items())
