"""What the API answers: one schema for each thing that is written."""

from marshmallow import Schema, fields

from service.domain.questions import KINDS, WHERE
from service.domain.status import Status
from service.domain.taxonomy import categories, natures, urgencies

RESERVED = (
    "true for a sensitive complaint that another key, or nobody's, sent: classification, routed_to, incident, "
    "tracking_url, text, place and details are null, timeline is empty. Absent otherwise."
)


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

    id = fields.String(metadata={"format": "uuid"})
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
    tracking_url = fields.String(allow_none=True, metadata={"description": "null when reserved."})
    sandbox = fields.Boolean(metadata={"description": "true for a sandbox key, absent for a real one."})
    reserved = fields.Boolean(metadata={"description": RESERVED})


class AnswerOut(Schema):
    """One answer, in French as asked and as answered."""

    question = fields.String()
    answer = fields.String()


class DetailsOut(Schema):
    """What was told besides the message."""

    where = fields.String(metadata={"enum": list(WHERE)})
    answers = fields.List(fields.Nested(AnswerOut))


class GuessOut(Schema):
    """One thing a message may be about."""

    category = fields.String(metadata={"enum": list(categories())})
    category_label = fields.String()
    confidence = fields.Float(allow_none=True)


class OptionOut(Schema):
    """One answer that may be chosen."""

    code = fields.String()
    label = fields.String()


class QuestionOut(Schema):
    """One question to ask; none of them needs an answer."""

    code = fields.String()
    label = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    hint = fields.String()
    options = fields.List(fields.Nested(OptionOut))


class SuggestionsOut(Schema):
    """What may be said of a message before it is sent."""

    suggestions = fields.List(fields.Nested(GuessOut))
    questions = fields.List(fields.Nested(QuestionOut))
    known = fields.List(fields.Nested(IncidentOut))
    routed_to = fields.Nested(RoutedToOut, allow_none=True)
    promised_answer_by = fields.String(metadata={"format": "date"})
    safety_advice = fields.List(fields.Nested(SafetyAdviceOut))


class FileOut(Schema):
    """A file as it is kept: made anew, with nothing but what is seen."""

    media_type = fields.String(metadata={"enum": ["image/jpeg", "image/png", "application/pdf"]})
    sha256 = fields.String()
    width = fields.Integer(metadata={"description": "Pixels; of the first page."})
    height = fields.Integer()
    pages = fields.Integer()
    sandbox = fields.Boolean()


class EventOut(Schema):
    """One thing that happened."""

    kind = fields.String()
    at = fields.String(metadata={"format": "date-time"})
    actor = fields.String()
    audience = fields.String(metadata={"enum": ["tenant", "internal"]})
    data = fields.Dict()


class ComplaintWithTimelineOut(ComplaintOut):
    """A complaint, its text and its history."""

    text = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    details = fields.Nested(DetailsOut, allow_none=True)
    timeline = fields.List(fields.Nested(EventOut))


class PageOut(Schema):
    """One page of complaints, the newest first."""

    complaints = fields.List(fields.Nested(ComplaintOut))
    next_cursor = fields.String(allow_none=True)
