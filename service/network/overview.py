"""All that the group reads, in the order in which it is read: parts that a page, a paper and a PDF draw from."""

from collections.abc import Mapping, Sequence

from service.journey.trends.decisions import DecisionLine
from service.journey.trends.published import Published
from service.network.brief import make_brief
from service.network.changes import make_changes
from service.network.crossings import make_crossings
from service.network.decided import Decided
from service.network.delays import make_delays
from service.network.places import make_areas, make_stages
from service.network.rising import make_rising
from service.network.satisfaction import make_satisfaction
from service.network.sheet import Section
from service.network.spikes import make_spikes
from service.network.themes import make_subjects, make_themes


def make_overview(
    published: Published,
    decisions: Sequence[DecisionLine] = (),
    labels: Mapping[str, str] | None = None,
    members: Section | None = None,
) -> list[Section]:
    """Return the parts of the latest published month; none before the first. See timeline.as_of for an older one.

    `labels` says how words that the group added to the public list are written, `members` is the part that names those
    who agree to it.
    """
    if not published.months:
        return []
    month, decided = published.months[-1], Decided(decisions)
    parts = (
        make_changes(published, month),
        make_brief(published, month),
        make_themes(published, decided),
        make_subjects(published, month),
        make_spikes(published, month),
        make_rising(published, labels or {}),
        make_satisfaction(published),
        make_stages(published),
        make_areas(published),
        members,
        make_delays(published),
        *make_crossings(published),
        decided.section(),
    )
    return [part for part in parts if part]
