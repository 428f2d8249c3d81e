"""The messages of the API: one schema each, unknown fields refused."""

from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from service.domain.routing import NEEDS
from service.domain.status import Status
from service.domain.submission import CHANNELS, MAX_TEXT, PREFERRED_CHANNELS, is_storable
from service.domain.taxonomy import categories, natures, urgencies

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


class ProblemErrorOut(Schema):
    """One thing to mend."""

    pointer = fields.String(metadata={"example": "#/text"})
    code = fields.String(metadata={"example": "blank"})
    detail = fields.String()
    detail_en = fields.String()


class ProblemOut(Schema):
    """A refusal, as RFC 9457 writes it, in French and in English."""

    type = fields.String()
    status = fields.Integer()
    title = fields.String()
    title_en = fields.String()
    detail = fields.String()
    detail_en = fields.String()
    errors = fields.List(fields.Nested(ProblemErrorOut))


class AlternativeOut(Schema):
    """Another category the model thought of."""

    category = fields.String()
    confidence = fields.Float()


class ClassificationOut(Schema):
    """What the message is about."""

    category = fields.String(metadata={"enum": list(categories())})
    category_label = fields.String()
    secondary = fields.String(allow_none=True)
    nature = fields.String(allow_none=True, metadata={"enum": [*natures(), None]})
    urgency = fields.String(metadata={"enum": list(urgencies())})
    confidence = fields.Float(allow_none=True)
    abstained = fields.Boolean()
    alternatives = fields.List(fields.Nested(AlternativeOut))
    model_version = fields.String(allow_none=True)
    decided_by = fields.String(metadata={"enum": ["model", "person"]})


class RoutedToOut(Schema):
    """The desk that answers."""

    organisation = fields.String()
    team = fields.String()
    kind = fields.String(metadata={"enum": ["team", "supplier", "authority", "sorting"]})
    reason = fields.String()


class SafetyAdviceOut(Schema):
    """What to do at once."""

    title = fields.String()
    text = fields.String()
    phone = fields.String()


class IncidentOut(Schema):
    """A problem known in the residence, that several households report or that was announced."""

    title = fields.String(metadata={"example": "Ascenseur en panne"})
    neighbours = fields.Integer(allow_none=True, metadata={"description": "Households; null below three."})
    next_news_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class ComplaintOut(Schema):
    """A complaint as its member sees it."""

    id = fields.String(metadata={"format": "uuid"})
    reference = fields.String(metadata={"example": "K7M4-AXH2"})
    status = fields.String(metadata={"enum": [status.value for status in Status]})
    submitted_at = fields.String(metadata={"format": "date-time"})
    classification = fields.Nested(ClassificationOut, allow_none=True)
    routed_to = fields.Nested(RoutedToOut, allow_none=True)
    promised_answer_by = fields.String(metadata={"format": "date"})
    incident = fields.Nested(IncidentOut, allow_none=True)
    safety_advice = fields.List(fields.Nested(SafetyAdviceOut))
    tracking_url = fields.String()


class EventOut(Schema):
    """One thing that happened."""

    kind = fields.String()
    at = fields.String(metadata={"format": "date-time"})
    actor = fields.String()
    audience = fields.String(metadata={"enum": ["tenant", "internal"]})
    data = fields.Dict()


class ComplaintWithTimelineOut(ComplaintOut):
    """A complaint, its text and its history."""

    text = fields.String()
    place = fields.String()
    timeline = fields.List(fields.Nested(EventOut))


_YEARS = validate.Range(date(2000, 1, 1), date(2100, 12, 31), error="out_of_range")


class ListQuery(Strict):
    """How a list is narrowed and paged."""

    status = fields.String(load_default=None, validate=_one_of(list(Status)))
    category = fields.String(load_default=None, validate=_one_of(categories()))
    since = fields.Date(load_default=None, validate=_YEARS)
    until = fields.Date(load_default=None, validate=_YEARS)
    cursor = fields.String(load_default=None, validate=_short())


class PageOut(Schema):
    """One page of complaints, the newest first."""

    complaints = fields.List(fields.Nested(ComplaintOut))
    next_cursor = fields.String(allow_none=True)
