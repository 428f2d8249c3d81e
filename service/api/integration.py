"""The page for whoever runs a member's extranet: three doors, and the very files that the tests run."""

from functools import cache
from pathlib import Path

from flask import abort, current_app, render_template
from sqlalchemy import select

from service.domain.introductions import ALGORITHMS
from service.journey.transactions import shared_transaction
from service.models.member import Member

FOLDER = Path(__file__).parent.parent.parent / "examples"
LANGUAGES = (("curl", "sh"), ("Python", "py"), ("PHP", "php"), ("JavaScript (Node)", "mjs"))
UNNAMED = "mon-bailleur"  # until a member is named


def show_guide(slug: str | None = None) -> str:
    """Show the guide, filled with a member's short name. It is public: no secret stands on it."""
    if slug is not None:
        with shared_transaction() as session:
            session.scalars(select(Member.id).where(Member.slug == slug)).first() or abort(404)
    base_url: str = current_app.extensions["seve"].settings.base_url
    return render_template(
        "api/integration.html",
        base_url=base_url,
        slug=slug or UNNAMED,
        named=slug is not None,
        languages=LANGUAGES,
        algorithms=ALGORITHMS,
        example=lambda name: filled(name, base_url, slug or UNNAMED),
    )


def filled(name: str, base_url: str, slug: str) -> str:
    """Return an example as it is shown: a page of HTML has no environment to read its addresses from."""
    text = _example(name)
    if not name.endswith(".html"):
        return text
    return text.replace("SEVE_URL", base_url).replace("SEVE_BAILLEUR", slug)


@cache
def _example(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8").rstrip("\n")
