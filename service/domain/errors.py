"""What the domain refuses, by name. Each face turns these into its own words or status codes."""


class Refusal(Exception):
    """A request that cannot be carried out; `field` points at what to mend, `code` names the reason."""

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field


class BadInput(Refusal):
    """Something sent to us is not acceptable as it is."""


class NotFound(Refusal):
    """No such thing for this member: also said of what belongs to another member."""


class Erased(NotFound):
    """It was this member's, and its words and names were erased."""


class NotAllowed(Refusal):
    """The move is not allowed from the present status, or not by this person."""


class ReplayedWithAnotherBody(Refusal):
    """An idempotency key was sent again with a different request."""
