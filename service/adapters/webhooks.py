"""Signed calls to members' own systems, as in the Standard Webhooks specification."""

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from service.adapters.outgoing import Outgoing
from service.journey.parcels import Call
from service.journey.ports import OutsideFailed


class HttpCaller:
    """Posts the call over HTTP."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def call(self, call: Call) -> None:
        """Post and read a 2xx answer, or raise OutsideFailed with the status and no content."""
        answer = self._outgoing.post(call.url, call.body.encode(), _headers(call))
        if not answer.is_success:
            raise OutsideFailed(f"webhook answered {answer.status}")


def _headers(call: Call) -> dict[str, str]:
    """Return the headers: one identifier for all tries, one signature for each secret that is live."""
    try:
        signatures = [Webhook(secret).sign(call.key, call.at, call.body) for secret in call.secrets]
    except (ValueError, EmptyWebhookSecretError):
        raise OutsideFailed("seal broken: a secret is not one") from None
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": call.key,
        "webhook-id": call.key,
        "webhook-timestamp": str(int(call.at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


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
