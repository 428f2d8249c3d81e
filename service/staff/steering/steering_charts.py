"""The curves of steering, drawn as those of the network are."""

from dataclasses import replace
from decimal import Decimal

from service.charts import Chart, Scale, Series, draw, draw_weeks, round_top
from service.journey.steering.steering_tables import Curve, value_in_words

_WEEK = 7  # days


def drawn(curve: Curve) -> Chart:
    """Return where the ink of a curve goes; its parts are weeks, or months."""
    hundred = Decimal(100)
    highest = max((value for value in curve.values if value is not None), default=Decimal(0))
    scale = Scale(hundred, "\u202f%") if curve.unit else Scale(round_top(highest))
    series = Series([part.since for part in curve.parts], curve.values, [False] * len(curve.parts))
    last = curve.values[-1]
    label = "" if last is None else value_in_words(last, curve.unit)
    by_week = all(part.days <= _WEEK for part in curve.parts)
    return draw_weeks(series, scale, label) if by_week else replace(draw(series, scale, label), year_before=None)
