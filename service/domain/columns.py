"""The columns of a patrimoine file: what they are called, which are needed, which stand in a given header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.domain.addresses import fold


@dataclass(frozen=True)
class Column:
    """One column: its name in the template, the other names it goes by, an invented value."""

    name: str
    others: tuple[str, ...]
    example: str
    is_needed: bool = False


COLUMNS: Mapping[str, Column] = {
    "reference": Column(
        "id_logement",
        ("référence", "réf", "référence logement", "réf logement", "identifiant", "identifiant logement", "id",
         "identifiant interne", "id interne", "code logement", "n° logement", "numéro logement", "code ug"),
        "L0012.034",
        is_needed=True,
    ),
    "rpls_id": Column("id_rpls", ("identifiant rpls", "rpls", "n° rpls", "numéro rpls", "ident_rep"), "0123456789"),
    "residence_code": Column(
        "code_residence", ("id résidence", "résidence code", "code programme", "code groupe", "code ensemble"), "R0012"
    ),
    "residence_name": Column(
        "residence", ("nom résidence", "nom de la résidence", "libellé résidence", "programme", "nom programme",
                      "groupe", "nom groupe", "ensemble"), "Les Tilleuls"
    ),
    "agency": Column(
        "agence", ("nom agence", "agence de gestion", "agence de proximité", "antenne"), "Agence Centre", is_needed=True
    ),
    "number": Column(
        "numero", ("n°", "num", "n° voie", "n° de voie", "num voie", "numéro voie", "numéro de voie", "no voie"), "12"
    ),
    "repetition": Column(
        "indice_repetition", ("indice de répétition", "indice", "rep", "répétition", "ind rep"), "bis"
    ),
    "way": Column("type_voie", ("type de voie", "nature voie", "nature de voie"), "rue"),
    "street": Column("nom_voie", ("nom de voie", "nom de la voie", "voie", "rue", "libellé voie"), "de la République"),
    "line": Column(
        "adresse", ("adresse complète", "adresse 1", "ligne adresse", "adresse ligne 1", "libellé adresse"), ""
    ),
    "building": Column("batiment", ("bât", "immeuble", "bloc"), "C"),
    "stair": Column("escalier", ("esc", "cage", "cage d'escalier", "entrée", "hall"), "2"),
    "floor": Column("etage", ("niveau", "étg"), "3"),
    "door": Column(
        "porte", ("appartement", "appt", "n° appartement", "numéro appartement", "num appartement", "n° porte"), "301"
    ),
    "postcode": Column("code_postal", ("cp", "postal"), "80000", is_needed=True),
    "insee": Column(
        "code_insee", ("insee", "code commune", "depcom", "depcom code", "insee commune", "commune insee"), "80021",
        is_needed=True,
    ),
    "city": Column("commune", ("ville", "nom commune", "libellé commune", "localité"), "Amiens", is_needed=True),
    "heating": Column(
        "chauffage", ("type chauffage", "type de chauffage", "mode chauffage", "mode de chauffage"), "collectif",
        is_needed=True,
    ),
    "lift": Column("ascenseur", ("avec ascenseur", "présence ascenseur"), "oui"),
    "area": Column(
        "zone", ("type de zone", "type zone", "territoire", "type de territoire"),
        "qpv",
    ),
    "caretaker": Column("gardien", ("gardienne", "nom gardien", "nom du gardien", "concierge"), "Mme Exemple"),
    "contracts": Column(
        "contrats", ("contrat", "prestataires", "prestataire"),
        "ascenseur=Verticaline; chauffage_collectif=Thermie",
    ),
    "siren": Column("siren", ("siret", "siren bailleur", "siret bailleur"), "123456789"),
}  # fmt: skip
STREET_COLUMNS = ("street", "line")  # one of the two is needed


def _squeeze(name: str) -> str:
    """Return a name of column without accents, capitals, spaces or signs."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


_FIELDS = {_squeeze(name): key for key, column in COLUMNS.items() for name in (key, column.name, *column.others)}


@dataclass(frozen=True)
class Header:
    """Where each column stands. A field met twice (« porte » and « appartement ») takes its first filled cell."""

    places: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]  # field -> as written in the file
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())

    def has(self, name: str) -> bool:
        """Say whether the file has this column."""
        return name in self.places

    def label(self, name: str) -> str:
        """Return the name of a column as people know it: as in the file, else as in the template."""
        return self.names.get(name, COLUMNS[name].name)


def read_header(cells: Sequence[object]) -> Header:
    """Return where each known column stands, what is unknown and what is missing."""
    places: dict[str, tuple[int, ...]] = {}
    names: dict[str, str] = {}
    unknown = []
    for place, cell in enumerate(cells):
        written = str(cell).strip()
        key = _FIELDS.get(_squeeze(written))
        if key:
            places[key] = (*places.get(key, ()), place)
            names.setdefault(key, written)
        elif written:
            unknown.append(written)
    missing = [column.name for key, column in COLUMNS.items() if column.is_needed and key not in places]
    if not any(key in places for key in STREET_COLUMNS):
        missing.append(" ou ".join(COLUMNS[key].name for key in STREET_COLUMNS))
    return Header(places, names, tuple(unknown), tuple(missing))


def template() -> tuple[list[str], list[str]]:
    """Return the header and one invented line of a file that is accepted as it is."""
    return [column.name for column in COLUMNS.values()], [column.example for column in COLUMNS.values()]
