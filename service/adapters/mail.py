"""E-mail: through SMTP, or into a folder that a local page shows."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formataddr, formatdate, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from service.journey.parcels import Mail
from service.journey.ports import OutsideFailed

TIMEOUT = 10  # seconds for each word of the SMTP conversation, some eight of them


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it travels: two parts, one stable Message-ID for each key."""
    _, address = parseaddr(sender)
    message = EmailMessage()
    message["From"] = formataddr((mail.sender_name, address))
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = formatdate()
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Message-ID"] = f"<{mail.key}@{address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Id"] = f"<{mail.list_name}.{address.partition('@')[2]}>"
        if mail.unsubscribe.startswith("https://"):  # one click is for secure addresses only (RFC 8058)
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


class SmtpMailer:
    """Speaks SMTP to the server of `url`: smtp:// (STARTTLS when offered) or smtps://."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Hand the mail over, or raise OutsideFailed with the server's code and no content."""
        try:
            # An address that cannot be written in a header is refused here too.
            message = compose(mail, self._sender)
            with self._connection() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            code = getattr(failure, "smtp_code", "")
            raise OutsideFailed(f"smtp {type(failure).__name__} {code}".strip()) from failure

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        host, port = self._url.hostname or "localhost", self._url.port or 0
        trust = ssl.create_default_context()
        if self._url.scheme == "smtps":
            with smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=trust) as server:
                self._sign_in(server)
                yield server
            return
        with smtplib.SMTP(host, port, timeout=TIMEOUT) as server:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trust)
            elif self._url.username and host not in ("localhost", "127.0.0.1"):
                raise OutsideFailed("smtp server offers no TLS: the password was not sent")
            self._sign_in(server)
            yield server

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))


class FolderMailer:
    """The local twin: one .eml file for each mail; sending the same mail again replaces it."""

    def __init__(self, directory: Path, sender: str) -> None:
        self._directory = directory
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write the mail."""
        try:
            data = compose(mail, self._sender).as_bytes()
            self._directory.mkdir(parents=True, exist_ok=True)
            (self._directory / f"{mail.key}.eml").write_bytes(data)
        except (OSError, ValueError) as failure:
            raise OutsideFailed(f"folder {type(failure).__name__}") from failure
