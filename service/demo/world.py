"""The whole demonstration in memory, from a seed: nothing here touches a database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from service.demo.areas import name_areas
from service.demo.chance import new_id, stream
from service.demo.colleagues import join
from service.demo.copying import Row
from service.demo.history import MONTHS, Past, shares_of, tell
from service.demo.landlord import Landlord, set_up, sign_for_residences
from service.demo.network import network
from service.demo.own_rules import write_rules
from service.demo.patrimoine import Plot, Streets, build
from service.demo.stages import say_of_stages
from service.demo.story import Story
from service.journey.submission.submission import PARIS
from service.models.complaint import Event
from service.models.feedback import StageFeedback
from service.models.people import NetworkReader

_EVENING = time(18)
_COMPLAINTS_A_STAGE = 30  # for so many complaints, one opinion on a stage of a tenancy


@dataclass
class World:
    """Members, what they own, what happened to them, and the people of the network."""

    reader: NetworkReader
    operator: NetworkReader
    landlords: list[Landlord]
    plots: list[Plot]
    stories: list[Story]
    stages: list[StageFeedback]

    def rows(self) -> Iterator[Row]:
        """Yield every row, events in the order of time."""
        yield self.reader
        yield self.operator
        for landlord in self.landlords:
            yield landlord.member
            yield from landlord.agencies
            yield from landlord.teams.values()
            yield from landlord.organisations.values()
            yield from landlord.contracts
            yield from landlord.staff
            yield from landlord.colleagues
            yield from landlord.on_call
            yield from landlord.versions
            yield from landlord.rules
        for plot in self.plots:
            yield plot.residence
            yield from plot.dwellings
            yield from plot.addresses
        for story in self.stories:
            yield story.complaint
            yield from story.corrections
            yield from story.feedback
            if story.example:
                yield story.example
        yield from self.stages
        yield from self.events()

    def events(self) -> list[Event]:
        """Return every event in the order of time, so that ids grow with it."""
        return sorted((event for story in self.stories for event in story.events), key=lambda event: event.at)


def evening_of(day: date) -> datetime:
    """Return the moment at which a demonstration made for a given day stands."""
    return datetime.combine(day, _EVENING, PARIS)


def found_network(seed: int) -> tuple[NetworkReader, list[Landlord]]:
    """Return the reader and the members, before anything is built."""
    plan = network()
    reader = NetworkReader(id=new_id(stream(seed, "reader")), email=plan.reader.email, name=plan.reader.name)
    landlords = [set_up(member, stream(seed, "member", member.slug)) for member in plan.members]
    for landlord in landlords:
        write_rules(landlord, stream(seed, "rules", landlord.plan.slug))
    return reader, landlords


def imagine(past: Past, count: int, say: Callable[[str], None]) -> World:
    """Return the world of a seed, `count` complaints in all."""
    reader, landlords = found_network(past.seed)
    plan = network().operator
    ids = stream(past.seed, "operator")
    operator = NetworkReader(id=new_id(ids), email=plan.email, name=plan.name, role="operator")
    world = World(reader, operator, landlords, [], [], [])
    streets = Streets()
    for landlord, share in zip(landlords, shares_of(count, landlords), strict=True):
        join(landlord, stream(past.seed, "colleagues", landlord.plan.slug), past.now.date())
        plots = build(landlord, streets, stream(past.seed, "patrimoine", landlord.plan.slug))
        areas = stream(past.seed, "areas", landlord.plan.slug)
        name_areas(landlord, (plot.residence for plot in plots), areas)
        signing = stream(past.seed, "contracts", landlord.plan.slug)
        sign_for_residences(landlord, (plot.residence for plot in plots), signing)
        stories = tell(past, landlord, plots, share)
        world.plots += plots
        world.stories += stories
        opinions = stream(past.seed, "stages", landlord.plan.slug)
        world.stages += say_of_stages(landlord, past.now, MONTHS, share // _COMPLAINTS_A_STAGE, opinions)
        say(f"{landlord.plan.name} : {landlord.plan.dwellings} logements, {len(stories)} demandes.")
    return world
