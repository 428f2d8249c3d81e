"""Who may do what: a role is a set of acts. A person has one role everywhere in the member, and more in some teams."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID


class Act(StrEnum):
    """What an address of the staff face asks for."""

    READ = "read"  # complaints and all that is about them
    HANDLE = "handle"  # assign, answer, sort, pass on, close
    SUPERVISE = "supervise"  # rules, incidents, templates, what is shared, others' work
    STEER = "steer"  # figures of one's own member, and their exports
    ADMINISTER = "administer"  # people, doors, settings, and what is written of those who look


class Role(StrEnum):
    """What a person is, in the member or in one team."""

    READER = "reader"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


RIGHTS: Mapping[Role, frozenset[Act]] = {
    Role.READER: frozenset({Act.READ, Act.STEER}),
    Role.AGENT: frozenset({Act.READ, Act.HANDLE}),
    Role.SUPERVISOR: frozenset({Act.READ, Act.HANDLE, Act.SUPERVISE, Act.STEER}),
    Role.ADMINISTRATOR: frozenset(Act),
}
LEADERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)  # to whom goes what needs somebody to decide


def may(role: str, act: Act) -> bool:
    """Say whether a role allows an act, everywhere in the member."""
    return act in RIGHTS[Role(role)]


def may_in_team(role: str, in_teams: Mapping[UUID, str], team_id: UUID | None, act: Act) -> bool:
    """Say whether somebody may do an act on what a team holds: by their role everywhere, or by the one they have there.

    `in_teams` gives that role for each team where there is one.
    """
    there = in_teams.get(team_id) if team_id else None
    return may(role, act) or (there is not None and may(there, act))
