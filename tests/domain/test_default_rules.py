"""Where the network's lines bring things, labelled by hand from who is responsible for what in social housing."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from service.domain.default_rules import default_id, default_rule, default_rules
from service.domain.desks import Case, Desks, Term, find_route
from service.domain.routing import REASON_UNKNOWN_PLACE, TRADES, Situation, Table, TargetKind
from service.domain.taxonomy import categories

DAY = date(2026, 11, 25)
AGENCY, RESIDENCE, ELSEWHERE = uuid4(), uuid4(), uuid4()
KINDS = (
    "sorting", "technical", "on_call", "peace", "charges", "tenancy", "allocation", "social", "works",
    "client_relations", "agency",
)  # fmt: skip
TEAMS = {kind: uuid4() for kind in KINDS}
NAMES = {team: kind for kind, team in TEAMS.items()}
COMPANIES = {trade: uuid4() for trade in TRADES}
TRADE_OF = {company: trade for trade, company in COMPANIES.items()}
PUBLIC = {"waste", "town_hall", "water"}
ALL, NONE = tuple(TRADES), ()


def desks(*trades: str, only_at: UUID | None = None) -> Desks:
    return Desks(
        sorting_id=TEAMS["sorting"],
        kinds={team: kind for kind, team in TEAMS.items()},
        agency_teams={AGENCY: TEAMS["agency"]},
        organisations={
            company: TargetKind.AUTHORITY if trade in PUBLIC else TargetKind.SUPPLIER
            for trade, company in COMPANIES.items()
        },
        contracts={(trade, only_at): [Term(COMPANIES[trade])] for trade in trades},
        by_kind={kind: team for kind, team in TEAMS.items() if kind != "agency"},
    )


def desk(category: str | None, *, trades: tuple[str, ...] = NONE, only_at: UUID | None = None, **given: object) -> str:
    """Return the desk in one word or two: « technical », « technical + lift », « agency ? waste » when proposed."""
    nowhere = given.pop("nowhere", False)
    place = {} if nowhere else {"agency_id": AGENCY, "residence_id": RESIDENCE, "insee": "80021"}
    facts = {"urgency": "normal", "abstained": False, "place_is_known": not nowhere, "is_working_time": True}
    situation = Situation(category, **(facts | place | given))  # type: ignore[arg-type]
    found = find_route(Table(default_rules()), Case(situation, None, DAY), desks(*trades, only_at=only_at))
    team = NAMES[found.team_id]
    if found.organisation_id:
        return f"{team} + {TRADE_OF[found.organisation_id]}"
    return f"{team} ? {TRADE_OF[found.proposed_id]}" if found.proposed_id else team


COLLECTIVE, INDIVIDUAL = {"heating": "collective"}, {"heating": "individual"}
URGENT, DANGER, LOW = {"urgency": "urgent"}, {"urgency": "danger"}, {"urgency": "faible"}
OFF = {"is_working_time": False}
NOWHERE = {"nowhere": True}


def needs(*codes: str) -> dict[str, object]:
    return {"needs": frozenset(codes)}


LABELLED: list[tuple[str, dict[str, object], tuple[str, ...], str]] = [
    # Heating and hot water: whoever heats the dwelling.
    ("chauffage", COLLECTIVE, ALL, "technical + heating_collective"),
    ("chauffage", COLLECTIVE | URGENT, ALL, "technical + heating_collective"),
    ("chauffage", COLLECTIVE | URGENT | OFF, ALL, "technical + heating_collective"),
    ("chauffage", COLLECTIVE | URGENT | needs("enfant_bas_age"), ALL, "technical + heating_collective"),
    ("chauffage", COLLECTIVE, NONE, "technical"),
    ("chauffage", INDIVIDUAL, ALL, "technical + boiler"),
    ("chauffage", INDIVIDUAL, ("heating_collective",), "technical"),
    ("chauffage", COLLECTIVE, ("boiler",), "technical"),
    ("chauffage", {}, ALL, "technical"),  # nobody wrote down how it is heated
    ("chauffage", NOWHERE, ALL, "sorting"),
    ("chauffage", COLLECTIVE | DANGER, ALL, "on_call"),
    ("eau_chaude", COLLECTIVE | URGENT, ALL, "technical + heating_collective"),
    ("eau_chaude", INDIVIDUAL, ALL, "technical + boiler"),
    ("eau_chaude", INDIVIDUAL | URGENT, NONE, "technical"),
    ("eau_chaude", NOWHERE | URGENT, ALL, "sorting"),
    # Inside the dwelling.
    ("plomberie", {}, ALL, "agency + plumbing"),
    ("plomberie", URGENT, NONE, "agency"),
    ("plomberie", URGENT | OFF, ALL, "agency + plumbing"),
    ("evacuation", URGENT, ALL, "technical + drains"),
    ("evacuation", {}, NONE, "technical"),
    ("degat_eaux", URGENT, ALL, "agency"),
    ("degat_eaux", URGENT | OFF, ALL, "on_call"),
    ("degat_eaux", OFF, ALL, "agency"),  # a file with the insurer can wait until morning
    ("degat_eaux", DANGER, NONE, "on_call"),
    ("electricite", {}, ALL, "technical + electricity"),
    ("electricite", URGENT, NONE, "technical"),
    ("electricite", DANGER, ALL, "on_call"),
    ("menuiserie", {}, NONE, "agency"),
    ("menuiserie", {}, ("joinery",), "agency + joinery"),
    ("serrurerie", URGENT, NONE, "agency"),
    ("serrurerie", URGENT, ALL, "agency + locksmith"),
    ("humidite", {}, ALL, "technical"),
    ("isolation_confort", LOW, ALL, "technical"),
    ("infiltration", {}, NONE, "technical"),
    ("infiltration", URGENT, ("roofing",), "technical + roofing"),
    ("structure_bati", {}, ALL, "technical"),
    ("structure_bati", URGENT, ALL, "technical"),
    ("structure_bati", URGENT | OFF, ALL, "on_call"),
    ("structure_bati", DANGER | NOWHERE, ALL, "on_call"),
    ("ventilation", {}, ALL, "technical + ventilation"),
    ("ventilation", {}, NONE, "technical"),
    ("revetements", LOW, ALL, "agency"),
    ("nuisibles", {}, ALL, "agency + pests"),
    ("nuisibles", {}, NONE, "agency"),
    # Gas is never anybody else's, known or not, calm or not.
    ("gaz_co", LOW, ALL, "on_call"),
    ("gaz_co", URGENT | OFF, NONE, "on_call"),
    ("gaz_co", DANGER | NOWHERE, ALL, "on_call"),
    # The residence.
    ("ascenseur", {"has_lift": True}, ALL, "technical + lift"),
    ("ascenseur", {}, NONE, "technical"),
    ("ascenseur", URGENT | OFF, ALL, "technical + lift"),
    ("ascenseur", URGENT | OFF | needs("mobilite_reduite"), ALL, "on_call"),
    ("ascenseur", URGENT | needs("mobilite_reduite"), ALL, "technical + lift"),
    ("ascenseur", URGENT | OFF | needs("langue", "personne_agee"), ALL, "technical + lift"),
    ("ascenseur", DANGER, ALL, "on_call"),
    ("acces_immeuble", URGENT, ALL, "agency + doors"),
    ("acces_immeuble", {}, NONE, "agency"),
    ("eclairage_commun", {}, ALL, "agency + electricity"),
    ("eclairage_commun", {}, NONE, "agency"),
    ("proprete", {}, ALL, "agency + cleaning"),
    ("proprete", {}, NONE, "agency"),
    ("parties_communes", {}, ALL, "agency"),
    ("dechets", {}, ALL, "agency ? waste"),
    ("dechets", URGENT | OFF, ALL, "agency ? waste"),
    ("dechets", {}, NONE, "agency"),
    ("espaces_exterieurs", {}, ALL, "agency + green_spaces"),
    ("espaces_exterieurs", {}, NONE, "agency"),
    ("stationnement", {}, ALL, "agency"),
    ("tv_internet", {}, ALL, "agency + antenna"),
    ("tv_internet", {}, NONE, "agency"),
    ("securite_incendie", {}, ALL, "technical + fire"),
    ("securite_incendie", {}, NONE, "technical"),
    ("securite_incendie", DANGER, ALL, "on_call"),
    # Living together.
    ("bruit", {}, ALL, "peace"),
    ("bruit", URGENT | OFF, ALL, "peace"),
    ("voisinage", {}, ALL, "peace"),
    ("voisinage", DANGER, ALL, "peace"),
    ("voisinage", DANGER | OFF, ALL, "on_call"),
    ("securite", {}, ALL, "peace"),
    ("securite", URGENT | OFF, ALL, "on_call"),
    ("securite", DANGER | OFF | NOWHERE, ALL, "on_call"),
    ("bruit", NOWHERE, ALL, "sorting"),
    # Paperwork needs no place.
    ("loyer", NOWHERE, ALL, "tenancy"),
    ("charges", NOWHERE, ALL, "charges"),
    ("aides_attestations", {}, ALL, "tenancy"),
    ("bail_depart", NOWHERE | URGENT | OFF, ALL, "tenancy"),
    ("mutation", NOWHERE, ALL, "allocation"),
    ("adaptation", needs("mobilite_reduite"), ALL, "tenancy"),
    ("accompagnement_social", NOWHERE, ALL, "social"),
    ("accompagnement_social", DANGER | OFF, ALL, "social"),  # few may read it; those on duty are called besides
    ("travaux", {}, ALL, "works"),
    ("relation_client", NOWHERE, ALL, "client_relations"),
    ("prestataire", {}, ALL, "technical"),
    ("autre", {}, ALL, "sorting"),
    ("autre", DANGER | NOWHERE, ALL, "on_call"),
]


@pytest.mark.parametrize(("category", "given", "trades", "expected"), LABELLED)
def test_the_right_desk(category: str, given: dict[str, object], trades: tuple[str, ...], expected: str) -> None:
    assert desk(category, trades=trades, **given) == expected


def test_every_category_is_labelled() -> None:
    assert {category for category, *_ in LABELLED} == set(categories())


def test_a_danger_nobody_could_read_goes_to_those_on_duty() -> None:
    assert desk(None, urgency="danger", abstained=True, nowhere=True) == "on_call"


def test_a_contract_counts_where_it_holds() -> None:
    assert desk("ascenseur", trades=("lift",), only_at=RESIDENCE) == "technical + lift"
    assert desk("ascenseur", trades=("lift",), only_at=ELSEWHERE) == "technical"


@pytest.mark.parametrize("category", list(categories()))
def test_no_line_of_the_network_brings_anything_to_an_authority(category: str) -> None:
    for urgency in ("danger", "urgent", "normal", "faible"):
        found = desk(category, trades=ALL, urgency=urgency)
        assert found.rpartition("+ ")[2] not in PUBLIC


def test_a_public_body_under_contract_is_only_proposed() -> None:
    public = replace(desks("pests"), organisations=dict.fromkeys(COMPANIES.values(), TargetKind.AUTHORITY))
    situation = Situation("nuisibles", "normal", abstained=False, place_is_known=True, agency_id=AGENCY)
    found = find_route(Table(default_rules()), Case(situation, None, DAY), public)
    assert (found.target, found.proposed_id) == (TargetKind.TEAM, COMPANIES["pests"])


def test_an_unknown_place_says_why_a_person_sorts() -> None:
    situation = Situation("chauffage", "urgent", abstained=False, place_is_known=False)
    assert find_route(Table(default_rules()), Case(situation, None, DAY), desks()).reason == REASON_UNKNOWN_PLACE


def test_every_line_says_why_in_a_sentence() -> None:
    for line in default_rules():
        for sentence in filter(None, (line.sentence, line.own_sentence)):
            assert sentence.endswith(".")
            assert 30 <= len(sentence) <= 120
        assert bool(line.own_sentence) == bool(line.trade)
        assert line.trade is None or line.trade in TRADES
        assert line.use_agency_team or line.team_kind in KINDS


def test_a_line_is_found_again_by_its_id() -> None:
    assert len({line.id for line in default_rules()}) == len(default_rules())
    # Never to change: complaints of years ago point there.
    assert default_id("lift") == UUID("8b615389-3972-541c-8738-af6cbe6860e4")
    line = default_rule(default_id("lift"))
    assert line
    assert line.category == "ascenseur"
    assert default_rule(uuid4()) is None
