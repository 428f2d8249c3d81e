"""What a message must be to be accepted."""

from service.domain.errors import BadInput

MAX_TEXT = 10_000  # characters
MAX_REASON = 300  # characters
CHANNELS = ("extranet", "form", "phone", "paper", "counter", "email")
PREFERRED_CHANNELS = ("email", "sms", "phone", "post")


def is_storable(value: str) -> bool:
    """Say whether PostgreSQL can keep this text as typed: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def check_text(text: str, field: str = "text", longest: int = MAX_TEXT) -> str:
    """Return the message as typed.

    Raises
    ------
    BadInput
        `blank`, `too_long` (over `longest` characters) or `unstorable`, on the field.

    """
    if not is_storable(text):
        raise BadInput("unstorable", field)
    if not text.strip():
        raise BadInput("blank", field)
    if len(text) > longest:
        raise BadInput("too_long", field)
    return text
