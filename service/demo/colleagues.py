"""Those of a member who are no part of its history: who administers, who only reads, who is named; and who is away."""

from datetime import date, timedelta
from random import Random

from service.demo.chance import new_id
from service.demo.landlord import Landlord, mailbox
from service.demo.network import read_toml
from service.models.people import Staff

# role, and the kind of the team
ROLES = (("administrator", None), ("reader", None), ("agent", "social"))
AWAY_SINCE, AWAY_FOR = timedelta(days=2), timedelta(days=8)


def join(landlord: Landlord, random: Random, today: date) -> None:
    """Add them. Two people are named to see sensitive cases, and the last of the agents is away for some days."""
    names, known = read_toml("names.toml"), {one.name for one in landlord.staff}
    for role, kind in ROLES:
        name = _new_name(names, known, random)
        known.add(name)
        landlord.colleagues.append(
            Staff(
                id=new_id(random),
                member_id=landlord.member.id,
                email=f"{'.'.join(mailbox(part) for part in name.split(' ', 1))}@{landlord.plan.slug}.example",
                name=name,
                role=role,
                team_id=landlord.desk(kind).id if kind else None,
                is_active=True,
                is_named=kind == "social",
            )
        )
    landlord.supervisor.is_named = True
    away, substitute = landlord.staff[-1], landlord.staff[-2]
    away.absent_from, away.absent_until = today - AWAY_SINCE, today + AWAY_FOR
    away.substitute_id = substitute.id


def _new_name(names: dict[str, list[str]], known: set[str], random: Random) -> str:
    drawn = (f"{random.choice(names['first_names'])} {random.choice(names['last_names'])}" for _ in iter(int, 1))
    return next(name for name in drawn if name not in known)
