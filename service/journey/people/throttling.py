"""Counting what is tried too often, in the database: however many processes answer, they count together.

What is kept is a keyed digest of what is counted, and when: neither an address nor a network can be read from it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, text

from service.journey.ports import Ports
from service.journey.transactions import shared_transaction
from service.models.signing_in import SignInAttempt

_LONGEST = 320  # characters of an address
_LOCK = text("select pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True)
class Limit:
    """So many attempts in so much time; longer than a day is forgotten (see journey.pruning)."""

    name: str
    allowed: int
    window: timedelta


_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

# A password, for one account. Somebody who tries from everywhere at once slows down strangers only: a browser that has
# been let in before is counted by itself, so that nobody can keep a person out of their own account.
PASSWORD_HERE = Limit("password_here", 5, _QUARTER)
PASSWORD_ANYWHERE = Limit("password_anywhere", 30, _HOUR)
PASSWORD_KNOWN = Limit("password_known", 10, _QUARTER)
PASSWORD_AGAIN = Limit("password_again", 5, _QUARTER)  # asked for once more inside
# A code of six figures, which a machine could go through.
CODE_ANYWHERE = Limit("code_anywhere", 5, _QUARTER)
CODE_IN_A_DAY = Limit("code_in_a_day", 20, _DAY)
CODE_KNOWN = Limit("code_known", 10, _QUARTER)
# From one place, whatever the accounts: one password tried on many of them.
FROM_NETWORK = Limit("from_network", 50, _QUARTER)
# Mails that somebody else could have sent to a person.
FORGOTTEN = Limit("forgotten", 3, _HOUR)
FORGOTTEN_FROM_NETWORK = Limit("forgotten_from_network", 20, _HOUR)
# What may serve one single time, as the answer of a key to a challenge.
ONCE = Limit("once", 1, timedelta(minutes=30))

Counted = tuple[Limit, str]  # the limit, and what is counted under it


@dataclass(frozen=True)
class Taken:
    """Attempts that were counted."""

    ids: Sequence[int]


def take(ports: Ports, *counted: Counted) -> Taken | None:
    """Take one attempt of each; None, and none taken, when one of them has none left for now.

    Taken before it is judged: many sent at once are counted too.
    """
    now = ports.clock.now()
    keys = {_key(ports, one): one[0] for one in counted}
    with shared_transaction() as session:
        for key in sorted(keys):
            session.execute(_LOCK, {"key": key})
        for key, limit in keys.items():
            recent = select(func.count()).where(SignInAttempt.key == key, SignInAttempt.at > now - limit.window)
            if session.scalars(recent).one() >= limit.allowed:
                return None
        rows = [SignInAttempt(key=key, at=now) for key in keys]
        session.add_all(rows)
        session.flush()
        return Taken([row.id for row in rows])


def give_back(taken: Taken) -> None:
    """Give back what was taken: it was a good attempt, and says nothing of the others."""
    with shared_transaction() as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(taken.ids)))


def forget(ports: Ports, *counted: Counted) -> None:
    """Give all attempts of these back."""
    with shared_transaction() as session:
        session.execute(delete(SignInAttempt).where(SignInAttempt.key.in_([_key(ports, one) for one in counted])))


def digest(ports: Ports, *parts: str) -> str:
    """Return a digest that only we can make, and nobody can read back."""
    said = "\0".join(("throttling", *(part[:_LONGEST] for part in parts)))
    return hmac.new(ports.secret_key.encode(), said.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _key(ports: Ports, counted: Counted) -> str:
    limit, what = counted
    return digest(ports, limit.name, what)
