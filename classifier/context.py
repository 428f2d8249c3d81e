"""What a message cannot say by itself and whoever asks may know; None where nobody knows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """The circumstances of one message, as far as they are known."""

    cold_season: bool | None = None  # The heating season, or frost outside.
    fragile_occupant: bool | None = None  # A baby, a pregnant woman, someone old, ill or disabled lives there.
    only_toilet: bool | None = None  # The dwelling has no other.
    upper_floor: bool | None = None  # Out of reach without a lift for who cannot climb.
