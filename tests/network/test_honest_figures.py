"""What is said beside figures holds: bounds, corrections, withdrawn months, lists that changed, and plain French."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from random import Random

import pytest

from service.domain import taxonomy
from service.domain.periods import months_before
from service.domain.products import CAUSES, Product
from service.domain.snapshots import Snapshot
from service.domain.taxonomy import FAMILIES, categories
from service.journey.trends.decisions import effect_in_words
from service.journey.trends.published import Published
from service.journey.trends.snapshots import Erratum
from service.network import dictionary
from service.network.council import make_council
from service.network.crossings import make_crossings
from service.network.cuts import Cut
from service.network.delays import make_delays
from service.network.figures import in_days
from service.network.files import as_table, figures_csv
from service.network.overview import make_overview
from service.network.paper import Cover, Paper, Style
from service.network.paper_parts import _section, draw_paper
from service.network.places import make_stages
from service.network.report import source_of
from service.network.sheet import Section
from service.network.spikes import make_spikes
from service.network.timeline import as_of
from service.staff.network.network_wording import RATIOS
from tests.published import OCTOBER, SEPTEMBER, WEIGHTS, ordinary, publish

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def part(sections: Iterable[Section], slug: str) -> Section:
    return next(one for one in sections if one.slug == slug)


def plain(words: str) -> str:
    return words.replace("\u00a0", " ").replace("\u202f", " ")


def wrong(*products: str, period: date = OCTOBER, is_withdrawn: bool = False) -> list[Erratum]:
    return [Erratum(one, period, f"Faux : {one}.", is_withdrawn) for one in products]


def altered(published: Published, change: dict[str, dict[date, Snapshot]]) -> Published:
    return replace(published, snapshots={**published.snapshots, **change})


def test_no_subject_changes_desks_more_often_than_it_is_written_of() -> None:
    def counts(product: Product, period: date, name: str) -> float:
        if name == "chauffage" and product.code in ("Q2", "Q3", "BOUNCE"):
            return 60 / {"Q2": 6, "Q3": 3, "BOUNCE": 1}[product.code]
        return ordinary(product, period, name)

    for seed in range(20):
        published = publish(SEPTEMBER, 3, counts=counts, noise=Random(seed))
        for row in part(make_crossings(published), "detours").tables[0].rows:
            share, margin = (int(plain(one).split()[0]) for one in row[2].split("±"))
            assert max(share, margin) <= 100, row


def test_a_part_of_the_page_says_the_corrections_of_every_table_it_is_made_of() -> None:
    published = publish(errata=[*wrong("C1", "MF", "AF"), *wrong("Q2", "Q3", "PROMISE", "SATIS", period=JULY)])
    said = {one.slug: " ".join(one.errata) for one in (*make_overview(published), *make_council(published, ()))}
    for slug, products in {
        "territoires": ("MF", "AF"),
        "detours": ("Q2", "Q3"),
        "bref": ("Q2", "Q3"),
        "pics": ("C1",),
        "ecrit": ("MF", "AF", "C1"),
        "reponses": ("PROMISE", "SATIS"),
    }.items():
        assert all(f"Faux : {one}." in said[slug] for one in products), slug


def test_a_month_of_which_one_table_is_withdrawn_still_has_the_others() -> None:
    published = publish(months=14, errata=wrong("C1", is_withdrawn=True))
    assert published.months[-1] == OCTOBER
    sections = make_overview(published)
    assert "En octobre 2026, 6" in part(sections, "change").sentences[0]
    assert "tableau retiré" in " ".join(part(sections, "change").errata)
    assert make_council(published, ())[0].tables[0].rows == ()


def test_a_withdrawn_month_does_not_leave_an_effect_to_be_awaited_for_ever() -> None:
    published = publish(errata=wrong("C1", period=AUGUST, is_withdrawn=True))
    assert effect_in_words("chauffage", JULY, published).startswith("Non mesurable : un mois a été retiré")
    assert effect_in_words("chauffage", SEPTEMBER, published).startswith("Pas encore mesurable")
    assert "foyers par mois" in effect_in_words("logement", JULY, published)


def test_a_table_is_described_as_it_was_drawn_and_not_as_one_would_be_today() -> None:
    published = publish(months=2)
    old = replace(published.snapshots["C1"][OCTOBER], sigma=5.5, rho=0.049, most=2, cap=6)
    said = as_table(altered(published, {"C1": {OCTOBER: old}}), Cut("C1", OCTOBER))
    assert said["sigma"] == said["rows"][0]["sigma"] == 5.5
    assert (said["rho"], said["cells_of_a_household_in_a_period"]) == (0.049, 2)
    assert said["cells_of_a_household_in_twelve_months"] == 6


def test_a_subject_that_joins_the_list_is_not_in_older_tables_and_breaks_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published, listed = publish(months=15), taxonomy.categories
    longer = {**listed(), "nouveau": replace(listed()["chauffage"], code="nouveau", label="Nouveau")}
    change_list(monkeypatch, longer)
    pages = [*make_overview(published), *make_council(published, ())]
    row = next(row for row in part(pages, "sujets").tables[0].rows if row[0] == "Nouveau")
    assert row[2:] == ("n.s.", "n.s.", "non comparable")
    assert "nouveau" not in figures_csv(published, [Cut("C1", OCTOBER), Cut("Q2", JULY)])


def test_a_subject_that_joins_the_list_does_not_rise_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    published, listed = publish(months=20), taxonomy.categories
    change_list(monkeypatch, {code: one for code, one in listed().items() if code != "chauffage"})
    shorter = publish(SEPTEMBER, 19)
    found = {
        code: {**shorter.snapshots[code], **{period: one for period, one in periods.items() if period >= OCTOBER}}
        for code, periods in published.snapshots.items()
    }
    monkeypatch.undo()
    assert part(make_overview(replace(published, snapshots=found)), "pics").pictures == ()


def test_a_subject_that_leaves_the_list_breaks_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = max(WEIGHTS, key=WEIGHTS.__getitem__)

    def counts(product: Product, period: date, name: str) -> float:
        return ordinary(product, period, name) * (3 if name == gone and period == OCTOBER else 1)

    published, listed = publish(months=15, counts=counts), taxonomy.categories
    change_list(monkeypatch, {code: one for code, one in listed().items() if code != gone})
    assert gone in " ".join(part(make_overview(published), "change").sentences)
    assert make_council(published, ())
    assert figures_csv(published, [Cut("C1", OCTOBER)])


def change_list(monkeypatch: pytest.MonkeyPatch, changed: dict[str, taxonomy.Category]) -> None:
    known = taxonomy.categories
    for name, module in list(sys.modules.items()):
        if name.startswith(("service.", "tests.")) and getattr(module, "categories", None) is known:
            monkeypatch.setattr(module, "categories", lambda: changed)


def test_a_theme_and_a_subject_of_one_code_have_each_a_chart_of_their_own() -> None:
    assert set(FAMILIES) & set(categories())

    def counts(product: Product, period: date, name: str) -> float:
        rises = period >= date(2026, 9, 28) and name.partition("|")[0] == "travaux"
        return ordinary(product, period, name) * (3 if rises else 1)

    slugs = [one.slug for one in make_spikes(publish(counts=counts, noise=Random(1)), OCTOBER).pictures]
    assert len(slugs) > len({one.rpartition("-")[2] for one in slugs})  # The subject rises, and the theme.
    assert len(slugs) == len(set(slugs))


def test_subjects_compared_with_the_month_before_are_said_to_be_so() -> None:
    def counts(product: Product, period: date, name: str) -> float:
        return ordinary(product, period, name) * (3 if name == "nuisibles" and period == OCTOBER else 1)

    for made in (ordinary, counts):
        assert (
            "sans tenir compte de la saison"
            in part(make_overview(publish(months=3, counts=made)), "change").sentences[1]
        )
        assert "saison" not in part(make_overview(publish(counts=made)), "change").sentences[1]


def test_a_household_may_give_several_answers_to_count_so_answers_are_what_is_said() -> None:
    tiles = {one.label: one for one in part(make_overview(publish()), "bref").tiles}
    for label in ("Premières réponses à temps", "Réponses complètes à temps"):
        assert "réponses comptées" in tiles[label].detail
        assert "foyers sur" not in tiles[label].detail


def test_a_complete_answer_is_due_only_after_the_first_one_and_that_is_said() -> None:
    among = "parmi les foyers qui ont eu une première réponse"
    published = publish()
    tiles = {one.label: one for one in part(make_overview(published), "bref").tiles}
    assert among in tiles["Réponses complètes à temps"].help
    crossings = make_crossings(published)
    assert among in part(crossings, "promesses").intro
    assert among in part(crossings, "retards").intro
    assert among in part(make_council(published, ()), "reponses").intro
    assert among in " ".join(dictionary.NOTES)


def test_the_tenant_is_no_cause_of_a_late_answer() -> None:
    assert "reopened" not in CAUSES
    assert "reopened" not in dictionary.WORDS["cause"]


def test_days_are_plural_from_two_on() -> None:
    assert [in_days(one) for one in (0.5, 1.9, 2, 2.4)] == ["0,5 jour", "1,9 jour", "2,0 jours", "2,4 jours"]
    assert in_days(float("inf")) == "plus de 90 jours"

    def counts(product: Product, period: date, name: str) -> float:
        is_fast = product.code == "DELAY_FAM" and name.endswith("|0")
        return ordinary(product, period, name) * (200 if is_fast else 1)

    section = make_delays(publish(months=2, counts=counts))
    assert section
    assert re.search(r"eue en [01],\d jour,", section.pictures[0].reading)


def test_the_pack_of_councils_says_one_and_several_rightly() -> None:
    def few(product: Product, period: date, name: str) -> float:
        return ordinary(product, period, name) / (40 if product.code in ("MF", "AF") else 1)

    first = part(make_council(publish(months=3, counts=few), ()), "ecrit")
    assert any("environ 1 a écrit" in one for one in first.sentences)
    assert not any("environ 1 ont" in one for one in first.sentences)
    assert "sur lesquels on écrit le plus" in first.tables[0].caption
    assert "sur lequel on écrit le plus" in first.pictures[0].reading


def test_moments_never_say_that_all_is_one_of_them_while_another_is_shown() -> None:
    def counts(product: Product, period: date, name: str) -> float:
        others = product.code in ("Q2", "Q3") and categories()[name].stage != "vie"
        return ordinary(product, period, name) / (9 if others else 1)

    made = make_stages(publish(counts=counts))
    assert made
    assert "10 sujets sur 10" not in made.pictures[0].reading
    assert "% des sujets signalés viennent de la vie dans le logement" in plain(made.pictures[0].reading)


def test_working_days_are_said_to_be_working_days_everywhere() -> None:
    assert RATIOS["soon"].endswith("en moins de 10 jours ouvrés")
    assert all("ouvré" in one for one in dictionary.WORDS["days"].values())


def test_what_an_effect_must_exceed_is_not_called_by_the_name_of_the_margin() -> None:
    said = effect_in_words("chauffage", months_before(OCTOBER, 2), publish())
    assert "seuil" in said
    assert "marge" not in said


def test_the_day_of_publication_is_the_one_of_paris() -> None:
    published = publish(months=2)
    late = {
        code: {period: replace(one, drawn_at=datetime(2026, 11, 4, 23, tzinfo=UTC)) for period, one in periods.items()}
        for code, periods in published.snapshots.items()
    }
    assert "publiés le 5 novembre 2026" in source_of(replace(published, snapshots=late))


def test_the_page_of_an_older_month_has_no_correction_of_a_later_one() -> None:
    published = publish(errata=[*wrong("C1"), *wrong("C1", period=SEPTEMBER)])
    assert [one.period for one in as_of(published, SEPTEMBER).errata] == [SEPTEMBER]
    assert len(as_of(published, OCTOBER).errata) == 2


def test_the_title_of_a_part_goes_to_the_next_page_with_its_box() -> None:
    cover = Cover("Essai", "octobre 2026", "Pour voir", "Source", datetime(2026, 11, 5, tzinfo=UTC))
    section = Section("lecture", "Comment lire", "Une ligne.", sentences=("Une phrase longue. " * 30,) * 3)
    paper = Paper(cover, Style())
    paper.set_y(paper.page_break_trigger - 60)
    begun = paper.page
    _section(paper, section, lambda _: "")
    assert paper._outline[-1].page_number == begun + 1  # Where the title stands is said nowhere else.
    assert BytesIO(draw_paper(cover, [section], lambda _: "")).read(4) == b"%PDF"
