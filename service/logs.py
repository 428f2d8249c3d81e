"""What is written in logs: names of events, ids, and where an error happened; never what it was about.

The message of an error may quote a tenant's words (PostgreSQL's "Failing row contains …" does), so a log keeps the type
of an error and the lines it went through, and leaves its message out.
"""

import logging
import traceback
from types import TracebackType

from sqlalchemy.exc import DBAPIError


class WithoutMessages(logging.Formatter):
    """Formats an error as its type, its SQL state if it has one, and the lines it went through."""

    def formatException(  # noqa: N802  The standard library's name.
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Return the error without its message, and without the messages of its causes."""
        kind, error, lines = ei
        if kind is None:
            return ""
        state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
        return "".join([*traceback.format_tb(lines), kind.__name__, f" {state}" if state else ""])


def configure_logging() -> None:
    """Send every log of the process to standard error, one shape for all."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutMessages("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
