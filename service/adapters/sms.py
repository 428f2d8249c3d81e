"""Text messages: through a gateway that takes JSON, or into a folder that a local page shows."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from service.adapters.outgoing import Outgoing
from service.journey.parcels import Sms
from service.journey.ports import OutsideFailed

TIMEOUT = 10.0  # seconds for everything
ANYWHERE = ("0.0.0.0/0", "::/0")


class HttpSms:
    """Posts {"to", "text", "key"} to the gateway of `url`; what stands before the @ in it is sent as a bearer token.

    The gateway is named by the settings, not typed by a member: it may stand in our own network. It is called directly,
    through no proxy and no redirection: a message and the token go there and nowhere else. It tells one message from
    the same one tried again by `key`, which is also the Idempotency-Key.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise ValueError("SMS_URL : l'adresse doit commencer par https://")
        self._token = unquote(parts.password or parts.username or "")
        self._url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._outgoing = Outgoing(ANYWHERE, TIMEOUT)

    def send(self, sms: Sms) -> None:
        """Post and read a 2xx answer, or raise OutsideFailed with the status and no content."""
        body = json.dumps({"to": sms.to, "text": sms.text, "key": sms.key}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": sms.key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = self._outgoing.post(self._url, body, headers)
        if not answer.is_success:
            raise OutsideFailed(f"sms gateway answered {answer.status}")


class FolderSms:
    """The local twin: one file for each message; sending the same message again replaces it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, sms: Sms) -> None:
        """Write the message."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            words = json.dumps({"to": sms.to, "text": sms.text}, ensure_ascii=False)
            (self._directory / f"{sms.key}.json").write_text(words, encoding="utf-8")
        except (OSError, ValueError) as failure:
            raise OutsideFailed(f"folder {type(failure).__name__}") from failure
