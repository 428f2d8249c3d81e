"""Reading one cell of a patrimoine file. What a spreadsheet spoilt is mended where certain, refused elsewhere."""

import re
from datetime import date, time, timedelta

from service.domain.addresses import fold

MAX_CELL = 500  # characters
_SHOWN = 60  # characters of a refused value
_LARGEST = 10**15  # beyond, Excel has lost digits
_CODE_SIGNS = 5
# The trades of contracts, by the name rules look for, with the names people write.
TRADES = {
    "heating_collective": ("chauffage_collectif", "chaufferie", "chauffage"),
    "boiler": ("chaudiere", "chaudieres", "chauffage_individuel"),
    "lift": ("ascenseur", "ascenseurs"),
    "plumbing": ("plomberie", "robinetterie"),
    "drains": ("canalisations", "evacuation", "assainissement", "curage"),
    "electricity": ("electricite",),
    "ventilation": ("ventilation", "vmc"),
    "pests": ("nuisibles", "desinsectisation"),
    "doors": ("portes", "acces", "interphone", "porte_automatique"),
    "cleaning": ("nettoyage", "proprete", "menage"),
    "antenna": ("antenne", "television"),
    "fire": ("securite_incendie", "incendie"),
    "waste": ("dechets", "ordures"),
    "town_hall": ("mairie", "police_municipale"),
    "water": ("eau",),
}
_TRADES = {name: code for code, names in TRADES.items() for name in (code, *names)}
_YES, _NO = {"oui", "o", "1", "vrai", "true", "x", "avec"}, {"non", "n", "0", "faux", "false", "sans"}
_HEATINGS = (
    ("coll", "collective"), ("urbain", "collective"), ("chauffage urbain", "collective"), ("reseau", "collective"),
    ("ind", "individual"), ("c", "collective"), ("i", "individual"),
)  # fmt: skip
# The types of area of domain.areas, with the words people write, folded.
_AREAS = {
    "qpv": ("qpv", "en qpv", "qp", "quartier prioritaire", "quartier prioritaire de la ville", "politique de la ville"),
    "urbain": ("urbain", "urbaine", "ville", "hors qpv", "urbain hors qpv", "centre ville", "centre-ville", "centre"),
    "periurbain": ("periurbain", "periurbaine", "peri-urbain", "peri urbain", "peripherie", "couronne", "banlieue"),
    "rural": ("rural", "rurale", "campagne", "bourg", "village"),
}
_AREA_OF = {name: area for area, names in _AREAS.items() for name in names}
_GROUND = {"rdc", "rc", "rez de chaussee", "rez-de-chaussee", "rdj", "rez de jardin"}
_POWER = re.compile(r"\d([.,]\d+)?e\+?\d+", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(\d+)[.,]0+")
_MONTH = re.compile(r"(?:\d{1,4}[-/ ])?(?:janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)\w*\.?[-/ ]?\d{0,4}")
_TEXT_FORMAT = "Mettez la colonne au format texte dans le tableur, puis retapez la valeur."


class Unreadable(Exception):
    """A cell that cannot be read; the message is the reason."""


def shown(cell: object) -> str:
    """Return a cell as it is shown beside a refusal."""
    value = f"{cell:%d/%m/%Y}" if isinstance(cell, date) else " ".join(str(cell).split())
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"


def as_text(cell: object) -> str:
    """Return a cell as text, whole numbers without their decimal point."""
    if isinstance(cell, date | time | timedelta):
        raise Unreadable(f"Le tableur a changé cette valeur en date ou en heure. {_TEXT_FORMAT}")
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        if cell != int(cell) or abs(cell) >= _LARGEST:
            raise Unreadable(f"Le tableur a changé cette valeur en nombre. {_TEXT_FORMAT}")
        return str(int(cell))
    value = " ".join(str(cell).split())
    if len(value) > MAX_CELL:
        raise Unreadable(f"Ce texte est trop long : {MAX_CELL} signes au plus.")
    if not value.isprintable():
        raise Unreadable("Ce texte contient un signe illisible.")
    return value


def as_reference(cell: object) -> str:
    """Return a reference; a number that a spreadsheet rewrote is no longer one."""
    value = as_text(cell)
    if _POWER.fullmatch(value) or _POINT_ZERO.fullmatch(value):
        raise Unreadable(f"Le tableur a changé cette référence en nombre. {_TEXT_FORMAT}")
    return value


def as_short(cell: object) -> str:
    """Return a building, a stair or a door. « 1-2 » turned into the first of February cannot be undone."""
    value = as_text(cell)
    if _MONTH.fullmatch(fold(value)):
        raise Unreadable(f"Le tableur a changé cette valeur en date. {_TEXT_FORMAT}")
    return _without_decimals(value)


def _without_decimals(value: str) -> str:
    whole = _POINT_ZERO.fullmatch(value)
    return whole[1] if whole else value


def _code(cell: object) -> str:
    """Return a code of five signs; where only the leading zero is lost, it is given back."""
    value = _without_decimals(as_text(cell).replace(" ", "")).upper()
    return value.zfill(_CODE_SIGNS) if value.isdigit() and len(value) == _CODE_SIGNS - 1 else value


def as_postcode(cell: object) -> str:
    """Return a postcode of five digits, as text."""
    value = _code(cell)
    if not re.fullmatch(r"(?!00)[0-9]{5}", value):
        raise Unreadable("Un code postal a cinq chiffres, par exemple 80000 ou 02100.")
    return value


def as_insee(cell: object) -> str:
    """Return the code of a commune, five signs, as text."""
    value = _code(cell)
    if not re.fullmatch(r"(?!00)(?:[0-9]{2}|2[AB])[0-9]{3}", value):
        raise Unreadable("Un code INSEE de commune a cinq signes, par exemple 80021, 02691 ou 2A004.")
    return value


def as_rpls(cell: object) -> str:
    """Return the ten signs of the national register."""
    value = _without_decimals(as_text(cell)).upper()
    if not re.fullmatch(r"[0-9A-Z]{10}", value):
        raise Unreadable("Un identifiant RPLS a dix signes.")
    return value


def as_siren(cell: object) -> str:
    """Return a SIREN or a SIRET."""
    value = as_text(cell).replace(" ", "")
    if not re.fullmatch(r"[0-9]{9}(?:[0-9]{5})?", value):
        raise Unreadable("Un SIREN a neuf chiffres, un SIRET quatorze.")
    return value


def as_floor(cell: object) -> int:
    """Return a floor as a number, 0 for the ground."""
    value = fold(as_short(cell))
    if value in _GROUND:
        return 0
    found = re.fullmatch(r"(-?[0-9]{1,2})\s*(?:e|er|eme|nd)?(?:\s*etage)?", value)
    if not found:
        raise Unreadable("Un étage est un nombre, ou RDC pour le rez-de-chaussée.")
    return int(found[1])


def as_heating(cell: object) -> str:
    """Return collective or individual."""
    value = fold(as_text(cell))
    for start, heating in _HEATINGS:
        if value == start or (len(start) > 1 and value.startswith(start)):
            return heating
    raise Unreadable("Écrivez « collectif » ou « individuel ».")


def as_area(cell: object) -> str:
    """Return the code of a type of area."""
    area = _AREA_OF.get(fold(as_text(cell)))
    if area is None:
        raise Unreadable("Écrivez « qpv », « urbain », « périurbain » ou « rural », ou laissez la case vide.")
    return area


def as_yes_or_no(cell: object) -> bool:
    """Return what « oui » and « non » say."""
    value = fold(as_text(cell))
    if value not in _YES | _NO:
        raise Unreadable("Écrivez « oui » ou « non ».")
    return value in _YES


def as_contracts(cell: object) -> tuple[tuple[str, str], ...]:
    """Return trades and organisations of « ascenseur=Verticaline; chauffage_collectif=Thermie »."""
    found = []
    for part in re.split(r"[;|]", as_text(cell)):
        if not part.strip():
            continue
        trade, is_pair, organisation = part.partition("=")
        code = _TRADES.get(re.sub(r"[^a-z0-9]+", "_", fold(trade).strip()))
        if not is_pair or not organisation.strip():
            raise Unreadable("Écrivez « métier=entreprise », et un point-virgule entre deux contrats.")
        if code is None:
            known = ", ".join(names[0] for names in TRADES.values())
            raise Unreadable(f"Métier inconnu : « {trade.strip()} ». Métiers connus : {known}.")
        found.append((code, organisation.strip()))
    return tuple(found)
