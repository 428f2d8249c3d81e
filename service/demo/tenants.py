"""Who writes, from where: a household for each dwelling, always the same one, and never a real one."""

from dataclasses import dataclass
from random import Random

from service.demo.chance import new_phone, stream
from service.demo.landlord import mailbox
from service.demo.network import read_toml
from service.demo.patrimoine import Home, Plot
from service.domain.routing import NEEDS
from service.journey.patrimoine.places import Address
from service.journey.submission.sent import Tenant

_COMMON = {"acces_immeuble", "eclairage_commun", "proprete", "parties_communes", "securite_incendie", "bruit"}
_TRIES = 60
_HAS_EMAIL, _HAS_PHONE, _HAS_NEED = 0.88, 0.7, 0.12
_KNOWN_WRITER = 0.22  # a household that already wrote
_BY_ADDRESS, _UNKNOWN = 0.09, 0.03  # of the messages; the others give their dwelling's reference
_MISTYPED = 0.6  # of the unknown places


@dataclass(frozen=True)
class Where:
    """The place of a message: as typed, and as found in the patrimoine."""

    plot: Plot | None
    dwelling: Home | None
    reference: str | None
    address: Address | None


@dataclass(frozen=True)
class Household:
    """A dwelling and those who live in it."""

    plot: Plot
    dwelling: Home
    tenant: Tenant


def suits(plot: Plot, category: str) -> bool:
    """Say whether a subject makes sense in a residence."""
    if category == "ascenseur":
        return plot.residence.has_lift
    return category not in _COMMON or plot.shape.code != "houses"


class Neighbours:
    """The households of one member, drawn as if each dwelling were as likely as any other."""

    def __init__(self, plots: list[Plot], seed: int, random: Random) -> None:
        self._plots = plots
        self._weights = [len(plot.dwellings) for plot in plots]
        self._seed = seed
        self._random = random
        self._writers: list[Household] = []
        self._names = read_toml("names.toml")

    def one(self, category: str) -> Household:
        """Return a household that could write about the subject, sometimes one that already wrote."""
        if self._writers and self._random.random() < _KNOWN_WRITER:
            known = self._random.choice(self._writers)
            if suits(known.plot, category):
                return known
        return self.at(self.plot(category))

    def plot(self, category: str) -> Plot:
        """Return a residence where the subject makes sense."""
        for plot in self._random.choices(self._plots, self._weights, k=_TRIES):
            if suits(plot, category):
                return plot
        return next((plot for plot in self._plots if suits(plot, category)), self._plots[0])

    def at(self, plot: Plot) -> Household:
        """Return a household of a residence."""
        return self.household(plot, self._random.choice(plot.dwellings))

    def household(self, plot: Plot, dwelling: Home) -> Household:
        """Return who lives in a dwelling, and remember that they wrote."""
        household = Household(plot, dwelling, self._tenant(dwelling))
        self._writers.append(household)
        return household

    def _tenant(self, dwelling: Home) -> Tenant:
        random = stream(self._seed, "tenant", str(dwelling.id))
        first, last = random.choice(self._names["first_names"]), random.choice(self._names["last_names"])
        number = random.randrange(10, 10_000)
        address = f"{mailbox(first)}.{mailbox(last)}.{number}@{random.choice(self._names['mail_domains'])}"
        email = address if random.random() < _HAS_EMAIL else None
        return Tenant(
            reference=f"LOC-{random.randrange(10**6, 10**7)}",
            name=f"{first} {last}",
            email=email,
            phone=new_phone(random) if random.random() < _HAS_PHONE else None,
            preferred_channel="email" if email else "phone",
            needs=(random.choice(list(NEEDS)),) if random.random() < _HAS_NEED else (),
        )


def place_of(household: Household, random: Random) -> Where:
    """Return the place as the household gives it, found or not as the submission step would."""
    plot, dwelling = household.plot, household.dwelling
    residence = plot.residence
    draw = random.random()
    if draw < _UNKNOWN:
        is_mistyped = random.random() < _MISTYPED
        return Where(None, None, f"{dwelling.reference}?" if is_mistyped else None, None)
    if draw < _UNKNOWN + _BY_ADDRESS:
        at_address = [one for one in plot.dwellings if one.address_key == dwelling.address_key]
        address = Address(dwelling.address_line, residence.postcode, residence.city)
        return Where(plot, dwelling if len(at_address) == 1 else None, None, address)
    return Where(plot, dwelling, dwelling.reference, None)
