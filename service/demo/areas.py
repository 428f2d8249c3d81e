"""In which type of area each residence stands: that of its commune, or a priority district."""

from collections.abc import Iterable
from random import Random

from service.demo.landlord import Landlord
from service.models.patrimoine import Residence


def name_areas(landlord: Landlord, residences: Iterable[Residence], random: Random) -> None:
    """Give each residence its type of area, drawn by the parts that its commune is configured with."""
    communes = {(one.insee, one.postcode): one for agency in landlord.plan.agencies for one in agency.communes}
    for residence in residences:
        commune = communes[residence.insee, residence.postcode]
        residence.area_type = "qpv" if random.random() < commune.qpv else commune.area
