"""What whoever has a link may see of an address or a number: enough to know one's own, too little to write to it."""

from service.domain.news import Way

_SHOWN_DIGITS = 2


def masked_email(address: str | None) -> str:
    """Return the first sign and the domain; empty when there is no address."""
    name, _at, domain = (address or "").partition("@")
    return f"{name[:1]}…@{domain}" if domain else ""


def masked_phone(number: str | None) -> str:
    """Return the last figures; empty when there is no number."""
    figures = [sign for sign in number or "" if sign.isdigit()]
    return f"… {''.join(figures[-_SHOWN_DIGITS:])}" if figures else ""


def masked_recipient(way: str, recipient: str) -> str:
    """Return what may be seen of where a message went; of a postal address, nothing."""
    if way == Way.EMAIL:
        return masked_email(recipient)
    return masked_phone(recipient) if way in (Way.SMS, Way.PHONE) else ""
