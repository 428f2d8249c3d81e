"""What is sent to the API: one schema for each message, unknown fields refused."""

from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from service.domain.questions import WHERE
from service.domain.routing import NEEDS
from service.domain.status import Status
from service.domain.submission import CHANNELS, MAX_TEXT, PREFERRED_CHANNELS, is_storable
from service.domain.taxonomy import categories

SHORT = 300  # characters of a name, a reference, an address


def _storable(value: str) -> None:
    if not is_storable(value):
        raise ValidationError("unstorable")


def _short() -> list[Any]:
    return [_storable, validate.Length(max=SHORT, error="too_long")]


def _one_of(choices: Any) -> validate.OneOf:
    return validate.OneOf(list(choices), error="unknown_value")


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ValidationError("blank")


class Strict(Schema):
    """A message in which unknown fields are refused."""

    class Meta:
        """What marshmallow does with a field it does not know."""

        unknown = RAISE


class AddressIn(Strict):
    """An address as typed."""

    line = fields.String(required=True, validate=[*_short(), _not_blank], metadata={"example": "12 bis rue du Marais"})
    # Both may be in `line` already: people type an address in one go.
    postcode = fields.String(load_default="", validate=_short(), metadata={"example": "80000"})
    city = fields.String(load_default="", validate=_short(), metadata={"example": "Amiens"})


class DwellingIn(Strict):
    """Where: a reference of the member's patrimoine, or an address."""

    reference = fields.String(load_default=None, allow_none=True, validate=_short())
    address = fields.Nested(AddressIn, load_default=None, allow_none=True)

    @validates_schema
    def says_where(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Refuse a place that names neither."""
        if not (data.get("reference") or "").strip() and not data.get("address"):
            raise ValidationError("no_place")


class TenantIn(Strict):
    """Who writes, as far as they say."""

    reference = fields.String(load_default=None, allow_none=True, validate=_short())
    name = fields.String(load_default=None, allow_none=True, validate=_short())
    email = fields.Email(load_default=None, allow_none=True, validate=_short())
    phone = fields.String(load_default=None, allow_none=True, validate=_short())
    preferred_channel = fields.String(load_default="email", validate=_one_of(PREFERRED_CHANNELS))
    language = fields.String(
        load_default="fr", validate=validate.Regexp(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", error="unknown_value")
    )
    needs = fields.List(
        fields.String(validate=_one_of(NEEDS)),
        load_default=list,
        validate=validate.Length(max=len(NEEDS), error="too_long"),
        metadata={"description": "What the household needs for the answer to suit it. Nothing about health."},
    )


class AnswersIn(fields.Dict):
    """Answers by the code of their question; what is no text is named by its code."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[Any, Any]:
        answers: dict[Any, Any] = super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        wrong = {code: ["wrong_type"] for code, answer in answers.items() if not isinstance(answer, str)}
        if wrong:
            raise ValidationError(wrong)
        return answers


class DetailsIn(Strict):
    """What is told besides the message: where it is, and answers to the questions that `suggestions` gives."""

    where = fields.String(load_default=None, allow_none=True, validate=_one_of(WHERE))
    answers = AnswersIn(
        load_default=dict,
        metadata={"description": "Code of the question: code of the option, or a text.", "example": {"since": "days"}},
    )


class ComplaintIn(Strict):
    """A tenant's message."""

    text = fields.String(
        required=True,
        validate=[_storable, _not_blank, validate.Length(max=MAX_TEXT, error="too_long")],
        metadata={"example": "Bonjour, plus d'eau chaude depuis dimanche soir, on est quatre."},
    )
    channel = fields.String(load_default="extranet", validate=_one_of(CHANNELS))
    dwelling = fields.Nested(DwellingIn, load_default=None, allow_none=True)
    tenant = fields.Nested(TenantIn, load_default=None, allow_none=True)
    category = fields.String(load_default=None, allow_none=True, validate=_one_of(categories()))
    details = fields.Nested(DetailsIn, load_default=None, allow_none=True)
    incident = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "A known incident the tenant recognised. One that is over, or elsewhere, is left aside."
        },
    )
    return_url = fields.String(
        load_default=None,
        allow_none=True,
        validate=_short(),
        metadata={"description": "Where the tenant may be led back to: https, at one of your declared origins."},
    )


class SuggestionsIn(Strict):
    """A message that is being written."""

    text = fields.String(
        required=True, validate=[_storable, _not_blank, validate.Length(max=MAX_TEXT, error="too_long")]
    )
    dwelling = fields.Nested(DwellingIn, load_default=None, allow_none=True)
    category = fields.String(load_default=None, allow_none=True, validate=_one_of(categories()))


_YEARS = validate.Range(date(2000, 1, 1), date(2100, 12, 31), error="out_of_range")


class ListQuery(Strict):
    """How a list is narrowed and paged."""

    status = fields.String(load_default=None, validate=_one_of(list(Status)))
    category = fields.String(load_default=None, validate=_one_of(categories()))
    since = fields.Date(load_default=None, validate=_YEARS)
    until = fields.Date(load_default=None, validate=_YEARS)
    cursor = fields.String(load_default=None, validate=_short())
