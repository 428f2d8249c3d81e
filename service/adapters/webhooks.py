"""Signed calls to members' own systems, as in the Standard Webhooks specification."""

import urllib.error
import urllib.request
from http.client import HTTPException

from standardwebhooks.webhooks import Webhook

from service.journey.parcels import Call
from service.journey.ports import OutsideFailed

TIMEOUT = 10  # seconds


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A signed call goes where the member said, and nowhere else."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Refuse to follow."""


class HttpCaller:
    """Posts the call over HTTP."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(_NoRedirect())

    def call(self, call: Call) -> None:
        """Post and read a 2xx answer, or raise OutsideFailed with the status and no content."""
        if not call.url.startswith(("https://", "http://")):
            raise OutsideFailed("webhook address is not http")
        try:
            request = urllib.request.Request(  # noqa: S310  The scheme was checked above.
                call.url,
                data=call.body.encode(),
                headers={
                    "Content-Type": "application/json",
                    "webhook-id": call.key,
                    "webhook-timestamp": str(int(call.at.timestamp())),
                    "webhook-signature": " ".join(
                        Webhook(secret).sign(call.key, call.at, call.body) for secret in call.secrets
                    ),
                },
            )
            # urllib raises for every status that is not 2xx.
            self._opener.open(request, timeout=TIMEOUT).close()
        except urllib.error.HTTPError as refusal:
            refusal.close()
            raise OutsideFailed(f"webhook answered {refusal.code}") from None
        except (OSError, HTTPException, ValueError) as failure:
            raise OutsideFailed(f"webhook {type(failure).__name__}") from None


class RememberingCaller:
    """The local twin: keeps the calls; told to fail, it fails."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.is_down = False

    def call(self, call: Call) -> None:
        """Keep the call."""
        if self.is_down:
            raise OutsideFailed("webhook switched off")
        self.calls.append(call)
