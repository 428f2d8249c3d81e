"""The tenant's own word on the subject, weighed with the text model's reading. It lowers no danger and no urgency."""

from dataclasses import replace

from service.domain.reading import Reading

SOMETHING_ELSE = "autre"  # also « je ne sais pas »
# Never on a choice alone, and never asked about: few may read these complaints.
NEVER_ALONE = frozenset({"accompagnement_social"})
FIRST = 3  # subjects a tenant is asked about, and among which a choice settles the model's doubt
FEWEST_WORDS = 3  # below, a message tells nothing yet
MOSTLY_UNKNOWN = 0.6  # share of words the model never met, from which its guesses are worth nothing


def first_subjects(reading: Reading) -> tuple[str, ...]:
    """Return the subjects the model finds likeliest, the likeliest first; none that is never asked about."""
    every = (reading.category, *(code for code, _ in reading.alternatives))
    return tuple(code for code in every if code != SOMETHING_ELSE and code not in NEVER_ALONE)[:FIRST]


def subjects_to_ask(text: str, reading: Reading) -> tuple[str, ...]:
    """Return the subjects to ask a tenant about, the likeliest first; none where a question would only trouble them."""
    is_blind = len(text.split()) < FEWEST_WORDS or reading.unknown_share > MOSTLY_UNKNOWN
    return () if is_blind or reading.category in NEVER_ALONE else first_subjects(reading)


def weigh(reading: Reading, choice: str | None) -> Reading:
    """Return the reading as the tenant's choice leaves it.

    A model that doubts follows a choice among its first; a model that is sure of another subject leaves it to a person,
    as does « something else ».
    """
    if choice is None or (choice == reading.category and not reading.abstained):
        return replace(reading, abstained=True) if choice == SOMETHING_ELSE else reading
    if choice == SOMETHING_ELSE or not reading.abstained:
        return replace(reading, abstained=True, family=None)
    if choice in NEVER_ALONE or choice not in first_subjects(reading):
        return reading
    shares = {reading.category: reading.confidence, **dict(reading.alternatives)}
    confidence = shares.pop(choice)
    return replace(
        reading,
        category=choice,
        confidence=confidence,
        alternatives=tuple(sorted(shares.items(), key=lambda share: -share[1])),
        abstained=False,
        family=None,
    )
