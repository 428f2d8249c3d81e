"""Open data: what every member agreed to open, for whoever wants it. Nobody signs in, no member is named."""

from flask import Blueprint, Flask, Response, abort, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from service.domain.products import PRODUCTS
from service.journey.trends.published import Published, read_published
from service.network import dictionary
from service.network.api import with_etag
from service.network.cuts import Cut, for_everybody
from service.network.download import MEDIA_TYPES, as_file, write
from service.network.timeline import period_in_words

_KEPT = "public, max-age=3600"  # seconds; a table never changes, what is opened may

blueprint = Blueprint("open_data", __name__, url_prefix="/donnees-ouvertes", template_folder="templates")


def register(app: Flask, _csrf: CSRFProtect) -> None:
    """Attach the face: it has no form."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Show what is open and what it means, or say that nothing is."""
    published, cuts = _open()
    if not cuts:
        return render_template("network/not_open.html", published=published), 404
    opened = [(product, _periods(cuts, product.code)) for product in PRODUCTS.values()]
    page = render_template(
        "network/open_data.html",
        opened=[one for one in opened if one[1]],
        words=dictionary,
        describe=dictionary.describe,
    )
    return with_etag(Response(page), _KEPT)


@blueprint.get("/tendances.<extension>")
def give_data(extension: str) -> ResponseReturnValue:
    """Give everything that is open in one file, without a sign of what is not."""
    if extension not in MEDIA_TYPES:
        abort(404)
    published, cuts = _open()
    if not cuts:
        return render_template("network/not_open.html", published=published), 404
    return with_etag(as_file(write(published, cuts, extension), "donnees-ouvertes", extension), _KEPT)


def _open() -> tuple[Published, list[Cut]]:
    published = read_published()
    return published, for_everybody(published)


def _periods(cuts: list[Cut], code: str) -> str:
    """Return the open periods of a product in words."""
    found = [period_in_words(code, cut.period) for cut in cuts if cut.code == code]
    return f"de {found[0]} à {found[-1]}" if len(found) > 1 else "".join(found)
