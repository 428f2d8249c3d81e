"""What is read of the published months: sentences that say what the figures say, and nothing that stands on noise."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from random import Random
from uuid import UUID

import pytest

from service.domain.products import PRODUCTS, Product
from service.domain.taxonomy import FAMILIES, categories
from service.journey.trends.decisions import DecisionLine
from service.journey.trends.snapshots import Erratum
from service.network.figures import tied
from service.network.overview import make_overview
from service.network.sheet import Section
from service.network.timeline import as_of
from tests.published import MEMBERS, OCTOBER, SEPTEMBER, Counts, ordinary, publish

NARROW = "\u202f"


def part(sections: Iterable[Section], slug: str) -> Section:
    return next(one for one in sections if one.slug == slug)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ").replace(NARROW, " ")


def unmeasured(words: str) -> str:
    """Return words without their margins: those follow from the noise that each product is given."""
    return re.sub(r"à \d+ (points? )?près", "à M près", plain(words))


def said(counts: Counts = ordinary, months: int = 25) -> list[str]:
    return [unmeasured(one) for one in part(make_overview(publish(months=months, counts=counts)), "change").sentences]


def times(product: str, key: str, factor: float, since: date = OCTOBER) -> Counts:
    """Return ordinary months in which one cell of a product is larger from some period on."""

    def counts(one: Product, period: date, name: str) -> float:
        is_it = one.code == product and name == key and period >= since
        return ordinary(one, period, name) * (factor if is_it else 1)

    return counts


def every_word(sections: Iterable[Section]) -> str:
    return plain(repr(list(sections)))


def test_before_the_first_month_there_is_nothing_to_read() -> None:
    assert make_overview(publish(months=0)) == []


def test_when_nothing_changed_nothing_is_invented() -> None:
    wrote, subjects, answers = said()
    assert wrote == (
        "En octobre 2026, 6 534 foyers ont écrit à leur bailleur, à M près. C'est à peu près autant qu'en octobre 2025."
    )
    assert subjects == (
        "Aucun sujet ne se détache nettement d'octobre 2025 : les écarts sont de ceux que le hasard fait."
    )
    assert answers == (
        "Au 3e trimestre 2026, 80 % des premières réponses sont venues à temps, à M près. Ni les réponses ni la "
        "satisfaction ne s'écartent nettement du 3e trimestre 2025."
    )


def test_noise_alone_is_no_change() -> None:
    for seed in range(4):
        sentences = part(make_overview(publish(months=14, noise=Random(seed))), "change").sentences
        assert "Aucun sujet ne se détache" in sentences[1]
        assert "Ni les réponses" in sentences[2]


def test_what_changed_is_said_with_its_margin_beside_the_same_month_last_year() -> None:
    assert said(times("C1", "nuisibles", 2))[1] == (
        "Ce qui change le plus : « Nuisibles », 420 foyers, à M près, contre 210 en octobre 2025. Aucun autre "
        "sujet ne se détache nettement."
    )


def test_a_fall_is_said_as_a_fall_behind_the_clearest_change() -> None:
    def counts(product: Product, period: date, name: str) -> float:
        found = times("C1", "nuisibles", 3)(product, period, name)
        is_it = product.code == "C1" and name == "eau_chaude" and period == OCTOBER
        return found * (0.4 if is_it else 1)

    assert said(counts)[1].endswith("Se détache aussi : « Eau chaude » (en baisse).")


def test_the_first_year_is_compared_with_the_month_before_and_it_is_said() -> None:
    assert "qu'en septembre 2026, sans tenir compte de la saison" in said(months=3)[0]
    assert said(months=1)[1] == (
        "Les sujets n'ont pas encore de mois auquel les comparer : le premier mois sert de point de départ."
    )


def test_a_promise_less_kept_is_the_third_sentence() -> None:
    def counts(product: Product, period: date, name: str) -> float:
        is_it = product.code == "PROMISE" and name.endswith("full|kept") and period >= date(2026, 7, 1)
        return ordinary(product, period, name) * (0.6 if is_it else 1)

    assert said(counts)[2] == (
        "Au 3e trimestre 2026, 58 % des réponses complètes sont venues à temps, à M près. C'était 70 % au 3e "
        "trimestre 2025."
    )


def test_tiles_say_what_they_are_made_of() -> None:
    tiles = part(make_overview(publish()), "bref").tiles
    assert [plain(tile.value) for tile in tiles] == ["72,6", "80 %", "70 %", "9 %", "75 %", "13,4"]
    assert plain(tiles[0].detail).startswith("Octobre 2026 : 6 534 foyers sur 90 000 logements, à ")
    assert re.fullmatch(r"3e trimestre 2026 : 2 \d{3} foyers sur 3 \d{3}, à \d points? près\.", plain(tiles[4].detail))
    assert plain(tiles[0].before) == "Octobre 2025 : 72,6."
    assert plain(tiles[4].before) == "3e trimestre 2025 : 75 %."


def test_a_margin_is_twice_the_noise_and_never_rounded_down() -> None:
    (table,) = part(make_overview(publish(months=1)), "sujets").tables
    least = 1.96 * PRODUCTS["C1"].sigma
    found = re.search(r"à (\d+) foyers près", table.note)
    assert found
    assert least <= int(found[1]) < least + 1


def test_a_small_network_says_not_significant_and_never_zero() -> None:
    sections = make_overview(publish(months=3, counts=lambda *_: 0.2))
    tiles = part(sections, "bref").tiles
    assert {tile.value for tile in tiles} == {"n.s."}
    subjects = part(sections, "sujets").tables[0]
    assert {row[2] for row in subjects.rows} == {"n.s."}
    assert not re.search(r"'0'", repr(subjects.rows))


def test_themes_have_one_scale_and_the_table_says_what_the_charts_draw() -> None:
    themes = part(make_overview(publish()), "themes")
    assert [picture.title for picture in themes.pictures] == list(FAMILIES.values())
    assert len({picture.chart.rungs[-1].label for picture in themes.pictures}) == 1
    (table,) = themes.tables
    assert len(table.rows) == 25
    assert table.rows[0][0] == "octobre 2026"
    last = themes.pictures[0].chart.last
    assert last
    assert table.rows[0][1] == last.label


def test_a_withdrawn_table_leaves_a_gap_that_says_so() -> None:
    erratum = Erratum("MF", SEPTEMBER, "Un bailleur a compté deux fois.", is_withdrawn=True)
    themes = part(make_overview(publish(errata=[erratum])), "themes")
    assert themes.tables[0].rows[1] == ("septembre 2026", *("retiré",) * 6)
    assert len(themes.pictures[0].chart.lines) == 1  # what stands before the gap; October stands alone
    assert len(themes.pictures[0].chart.lines[0].split("L")) == 23
    assert plain(themes.errata[0]) == (
        "Septembre 2026, « Thèmes par bailleur, par mois » : tableau retiré. Un bailleur a compté deux fois."
    )


def test_a_rise_above_the_expected_is_listed_with_its_band_and_its_beginning() -> None:
    section = part(make_overview(publish(counts=times("C1", "nuisibles", 2, SEPTEMBER))), "pics")
    (picture,) = section.pictures
    assert picture.title == "Nuisibles"
    assert re.fullmatch(
        r"420 foyers en octobre 2026, à \d+ près : au-dessus de l'attendu \(entre \d+ et \d+\), depuis septembre 2026.",
        picture.reading,
    )
    assert len(picture.chart.marks) == 2
    assert picture.chart.bands
    assert section.tables[0].rows[0][0] == "Nuisibles"


def test_a_week_above_the_expected_is_found_in_the_month_it_ends_in() -> None:
    section = part(make_overview(publish(counts=times("WK", "residence", 2, date(2026, 10, 12)))), "pics")
    assert [row[0] for row in section.tables[0].rows] == ["La résidence (thème)"]
    assert section.tables[0].rows[0][4] == "la semaine du 12 octobre 2026"


def test_calm_is_said_and_so_is_too_early() -> None:
    assert "Aucun sujet, aucun thème ne dépasse" in part(make_overview(publish()), "pics").sentences[0]
    assert "Il est trop tôt" in part(make_overview(publish(months=2)), "pics").sentences[0]


def test_the_last_tenth_of_delays_is_said_of_the_network_alone() -> None:
    by_theme = part(make_overview(publish()), "delais").tables[0]
    assert by_theme.heads == ("Thème", "Foyers", "La moitié en (jours ouvrés)", "Part en moins de 10 jours ouvrés")
    assert "Neuf foyers sur dix, réseau entier" in by_theme.note


def test_causes_of_lateness_add_up_to_the_whole() -> None:
    rows = part(make_overview(publish()), "retards").tables[0].rows
    assert 98 <= sum(int(row[2].partition(NARROW)[0]) for row in rows) <= 102


def test_areas_are_said_for_their_own_dwellings() -> None:
    section = part(make_overview(publish()), "territoires")
    assert plain(section.pictures[0].title) == "Quartiers prioritaires, 30 000 logements"
    assert len(section.tables[0].heads) == 4


def test_a_decision_stands_beside_its_theme_and_in_the_list() -> None:
    line = DecisionLine(
        UUID(int=1), "nuisibles", "Nuisibles", "Les punaises reviennent.", "Deux passages.", "Patrimoine",
        date(2026, 9, 20), "under_way", "En cours", None, "Aucun effet n'est attendu dans les chiffres.",
    )  # fmt: skip
    sections = make_overview(publish(), [line])
    beside = {picture.title: picture.decisions for picture in part(sections, "themes").pictures}
    assert "Deux passages" in beside["Mon logement"][0]
    assert not beside["Travaux"]
    assert part(sections, "decisions").tables[0].rows[0][:2] == ("Nuisibles", "Les punaises reviennent.")
    assert not [one for one in make_overview(publish()) if one.slug == "decisions"]


def test_no_part_names_a_member_or_reads_a_member_alone() -> None:
    """A member that doubles what others halve changes no word: only what all of them are together is read."""
    even = publish(months=14)

    def moved(product: Product, key: str, value: int) -> int:
        if product.split != "member" or key.partition("|")[0] not in MEMBERS[:2]:
            return value
        return value + (5 if key.startswith(MEMBERS[0]) else -5)

    snapshots = {
        code: {
            period: replace(one, values=tuple(moved(PRODUCTS[code], *pair) for pair in one.figures().items()))
            for period, one in periods.items()
        }
        for code, periods in even.snapshots.items()
    }
    words = every_word(make_overview(even))
    assert every_word(make_overview(replace(even, snapshots=snapshots))) == words
    assert not [name for name in MEMBERS if re.search(rf"\b{name}\b", words)]


def test_an_older_month_is_read_as_it_was() -> None:
    seen = as_of(publish(), date(2026, 5, 1))
    assert seen.months[-1] == date(2026, 5, 1)
    assert seen.periods("SATIS")[-1] == date(2026, 1, 1)  # the quarter that ends in June is not yet published
    assert max(seen.periods("WK")) < date(2026, 5, 26)
    assert make_overview(seen) == make_overview(publish(date(2026, 5, 1), months=20))


def test_every_table_has_as_many_cells_as_heads_and_every_chart_its_sentence() -> None:
    sections = make_overview(publish(noise=Random(1)))
    for section in sections:
        for table in section.tables:
            assert {len(row) for row in table.rows} == {len(table.heads)}, table.slug
        for picture in section.pictures:
            assert picture.reading.endswith("."), picture.slug
            assert section.tables, picture.slug
    pictures = [one.slug for section in sections for one in section.pictures]
    slugs = [one.slug for section in sections for one in section.tables]
    assert len(set(pictures)) == len(pictures)
    assert len(set(slugs)) == len(slugs)
    assert {"themes", "sujets", "satisfaction", "delais-themes", "retards", "promesses"} <= set(slugs)
    assert len(part(sections, "sujets").tables[0].rows) == len(categories())


@pytest.mark.parametrize(
    ("written", "read"), [("« Bruit » : 3 ± 2", "«\u00a0Bruit\u00a0»\u00a0: 3\u00a0±\u00a02"), ("12 %", "12\u00a0%")]
)
def test_french_signs_stay_with_their_words(written: str, read: str) -> None:
    assert tied(written) == read
