"""You said, we did: beside the trend each decision is about, and all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.taxonomy import categories
from service.journey.dates import day_in_words
from service.journey.trends.decisions import DecisionLine
from service.network.sheet import Section, Table


@dataclass(frozen=True)
class Decided:
    """The decisions of the group, the latest first."""

    lines: Sequence[DecisionLine]

    def about(self, *subjects: str) -> tuple[str, ...]:
        """Return the decisions on some themes or subjects, and on the subjects of those themes, in words."""
        return tuple(_in_words(one) for one in self.lines if one.subject in subjects or _family(one) in subjects)

    def section(self) -> Section | None:
        """Return all decisions; None when there is none yet."""
        if not self.lines:
            return None
        return Section(
            slug="decisions",
            title="Vous avez dit, nous avons fait",
            intro="Ce que les locataires ont dit, ce que le groupe a décidé, et ce que les chiffres disent ensuite.",
            tables=(
                Table(
                    slug="decisions",
                    caption="Les décisions, de la plus récente à la plus ancienne",
                    heads=(
                        "Sujet",
                        "Dit par les locataires",
                        "Décidé",
                        "Qui en répond",
                        "Date",
                        "État",
                        "Effet mesuré",
                    ),
                    rows=tuple(_row(one) for one in self.lines),
                    note="Un écart après une décision n'est pas une preuve : la saison ou autre chose a pu jouer.",
                ),
            ),
        )


def _family(one: DecisionLine) -> str | None:
    known = categories().get(one.subject)
    return known.family if known else None


def _row(one: DecisionLine) -> tuple[str, ...]:
    return (one.label, one.said, one.decided, one.owner, day_in_words(one.decided_on), one.state_label, one.effect)


def _in_words(one: DecisionLine) -> str:
    subject = f"{one.label} : " if one.subject in categories() else ""
    return (
        f"{subject}{one.decided} ({one.owner}, {day_in_words(one.decided_on)}, {one.state_label.lower()}). {one.effect}"
    )
