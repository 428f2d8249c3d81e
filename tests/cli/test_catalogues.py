"""The sentences tenants read, in every language: none is forgotten, none is broken, and the French of them is plain."""

from pathlib import Path

import pytest
from babel.messages import Catalog
from click.testing import CliRunner

from service.cli import catalogue_files, untranslated
from service.cli import catalogues as command
from service.cli.catalogue_faults import state_of
from service.cli.catalogue_files import TRANSLATED, merged, read, write
from service.cli.catalogues import ENFORCED, catalogues, easy_french, french
from service.cli.sentences import Sentence, sentences
from service.domain.languages import Tongue, tongue_of
from service.domain.readability import measure, sentences_of, words_of

ARABIC, ENGLISH, FALC = tongue_of("ar"), tongue_of("en"), tongue_of("fr-falc")
HELLO = Sentence("Bonjour %(name)s", None, ("service/a.py",), ())
PHOTOS = Sentence("%(num)s photo", "%(num)s photos", ("service/b.html",), ("Sous le champ.",))
READING_LEVEL = 75  # Kandel and Moles, of all pages and letters together
OF_EACH_PAGE = 60
LONGEST = 25  # words of one sentence
# Sentences that may be longer, each with its reason.
LONG_FOR_A_REASON: dict[str, str] = {}


def said_in(tongue: Tongue, sentence: Sentence, *forms: str) -> Catalog:
    catalogue = merged(tongue, Catalog(), [sentence])
    catalogue.get(sentence.key).string = forms if sentence.many else forms[0]  # type: ignore[union-attr]
    return catalogue


@pytest.mark.parametrize("tongue", TRANSLATED, ids=lambda tongue: tongue.code)
def test_a_catalogue_has_no_fault_and_is_complete_where_it_must_be(tongue: Tongue) -> None:
    state = state_of(tongue, read(tongue), sentences())
    assert state.faults == ()
    if tongue.code in ENFORCED:
        assert state.missing == ()


def test_a_catalogue_holds_the_sentences_of_today(tmp_path: Path) -> None:
    for tongue in (tongue_of(code) for code in ENFORCED):
        write(tongue, merged(tongue, read(tongue), sentences()), tmp_path)
        kept = catalogue_files.path_of(tongue).read_text(encoding="utf-8")
        assert catalogue_files.path_of(tongue, tmp_path).read_text(encoding="utf-8") == kept


def test_a_language_that_must_be_complete_is_one_of_ours() -> None:
    assert set(ENFORCED) <= {tongue.code for tongue in TRANSLATED}


def test_no_word_of_a_tenants_page_is_left_outside_of_the_catalogues() -> None:
    assert list(untranslated.in_templates()) == []
    assert list(untranslated.in_code()) == []


def test_sentences_come_from_code_templates_and_data() -> None:
    found = {sentence.one: sentence for sentence in sentences()}
    for words, file in (
        ("Accessibilité : partiellement conforme", "service/tenant/accessibility.py"),
        ("Aller au contenu", "service/templates/layout.html"),
        ("Odeur de gaz", "service/domain/data/safety_advice.toml"),
        ("Police ou gendarmerie", "service/domain/data/emergency_numbers.toml"),
        ("Ascenseur", "service/domain/data/taxonomy.tsv"),
    ):
        assert file in found[words].files
    assert found["%(num)s page"].many == "%(num)s pages"
    assert list(found) == sorted(found)


def test_data_never_looks_like_a_sentence_with_a_value() -> None:
    """The pages fill values in: a lone percent sign in a label would break them."""
    labels = [sentence.one for sentence in sentences() if any("/data/" in file for file in sentence.files)]
    assert labels
    assert [label for label in labels if "%" in label] == []


def test_merging_keeps_translations_and_notes_and_drops_what_is_gone(tmp_path: Path) -> None:
    old = merged(ENGLISH, Catalog(), [HELLO, PHOTOS, Sentence("Fini", None, (), ())])
    old.get(HELLO.key).string = "Hello %(name)s"  # type: ignore[union-attr]
    old.get(HELLO.key).user_comments = ["To a tenant."]  # type: ignore[union-attr]
    old.get("Fini").string = "Over"  # type: ignore[union-attr]
    write(ENGLISH, old, tmp_path)
    write(ENGLISH, merged(ENGLISH, read(ENGLISH, tmp_path), [HELLO, PHOTOS]), tmp_path)
    again = read(ENGLISH, tmp_path)
    assert again.get(HELLO.key).string == "Hello %(name)s"  # type: ignore[union-attr]
    assert again.get(HELLO.key).user_comments == ["To a tenant."]  # type: ignore[union-attr]
    assert again.get("Fini") is None
    assert "Over" not in catalogue_files.path_of(ENGLISH, tmp_path).read_text(encoding="utf-8")


def test_a_catalogue_is_written_the_same_whoever_writes_it_and_when(tmp_path: Path) -> None:
    write(ARABIC, merged(ARABIC, Catalog(), [HELLO, PHOTOS]), tmp_path)
    first = catalogue_files.path_of(ARABIC, tmp_path).read_text(encoding="utf-8")
    write(ARABIC, merged(ARABIC, read(ARABIC, tmp_path), [PHOTOS, HELLO]), tmp_path)
    assert catalogue_files.path_of(ARABIC, tmp_path).read_text(encoding="utf-8") == first
    assert "nplurals=6" in first
    assert "n%100>=11 ? 4 : 5" in first
    assert first.count("msgstr[") == 6
    assert "Date" not in first
    assert str(tmp_path) not in first


def test_a_sentence_that_gets_a_plural_is_translated_anew(tmp_path: Path) -> None:
    single = Sentence(PHOTOS.one, None, (), ())
    write(ENGLISH, said_in(ENGLISH, single, "One photo"), tmp_path)
    state = state_of(ENGLISH, merged(ENGLISH, read(ENGLISH, tmp_path), [PHOTOS]), [PHOTOS])
    assert state.missing == (PHOTOS.one,)


@pytest.mark.parametrize(
    ("sentence", "forms", "words"),
    [
        (HELLO, ("Hello",), "les valeurs"),
        (HELLO, ("Hello %(nom)s",), "les valeurs"),
        (HELLO, ("Hello %(name)d",), "les valeurs"),
        (HELLO, ("Hello %(name)s ",), "au bord"),
        (HELLO, ("Hello 100 % %(name)s",), "signe %"),
        (HELLO, ("<b>Hello</b> %(name)s",), "les balises"),
        (PHOTOS, ("One photo",), "pluriel"),
        (PHOTOS, ("One photo", ""), "pluriel"),
        (PHOTOS, ("One photo", "%(many)s photos"), "les valeurs"),
    ],
)
def test_a_broken_translation_is_named(sentence: Sentence, forms: tuple[str, ...], words: str) -> None:
    (fault,) = state_of(ENGLISH, said_in(ENGLISH, sentence, *forms), [sentence]).faults
    assert words in fault


def test_a_right_translation_has_no_fault() -> None:
    assert state_of(ENGLISH, said_in(ENGLISH, HELLO, "Hello %(name)s"), [HELLO]).is_complete
    assert state_of(ENGLISH, said_in(ENGLISH, PHOTOS, "One photo", "%(num)s photos"), [PHOTOS]).is_complete


def test_easy_french_may_stay_silent_where_the_french_is_easy() -> None:
    assert state_of(FALC, merged(FALC, Catalog(), [HELLO]), [HELLO]).is_complete
    assert state_of(ENGLISH, merged(ENGLISH, Catalog(), [HELLO]), [HELLO]).missing == (HELLO.one,)


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("<p>Bonjour</p>", ["Bonjour"]),
        ("<p>{{ _('Bonjour') }}</p>", []),
        ("{% trans name=x %}Bonjour <b>{{ name }}</b>{% endtrans %}", []),
        ("{% trans n=n %}{{ n }} photo{% pluralize %}{{ n }} photos{% endtrans %}<i>reste</i>", ["reste"]),
        ("<input aria-label='Votre nom {{ x }}'>", ["Votre nom"]),
        ("<p class=\"{{ 'wrong' if x }}\">{{ 'Erreur : ' if x }}</p>", ["Erreur : "]),
        ("{{ name ~ '-error' }} - {{ x }}.", []),
        ("{{ parts.field('text', 'Votre message') }}", ["Votre message"]),
        ("{# Une note #}<!-- Une autre -->&nbsp;", []),
        ("{% if x %}Oui{% endif %}", ["Oui"]),
    ],
)
def test_french_outside_of_gettext_is_seen(
    template: str, left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text(template, encoding="utf-8")
    monkeypatch.setattr(untranslated, "files", lambda _: [page])
    monkeypatch.setattr(untranslated, "name_of", lambda _: "page")
    assert list(untranslated.in_templates()) == [f"page : {words}" for words in left]


def test_french_in_code_outside_of_gettext_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        '"""Une note."""\nA = N_("Une phrase dite")\nB = "Une phrase oubliée"\nC = _("Une %(x)s", x="codes")\n', "utf-8"
    )
    monkeypatch.setattr(untranslated, "files", lambda _: [code])
    monkeypatch.setattr(untranslated, "name_of", lambda _: "code")
    assert list(untranslated.in_code()) == ["code:3 : Une phrase oubliée"]


def test_the_commands_say_where_each_language_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_files, "path_of", lambda tongue, _=None: tmp_path / f"{tongue.code}.po")
    monkeypatch.setattr(command, "sentences", lambda: [HELLO, PHOTOS])
    monkeypatch.setattr(untranslated, "in_templates", lambda: iter(()))
    monkeypatch.setattr(untranslated, "in_code", lambda: iter(()))
    monkeypatch.setattr(command, "ENFORCED", ())
    run = CliRunner().invoke
    assert "ar (العربية) : 0 sur 2, manquent 2" in run(catalogues, ["update"]).output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{tongue.code}.po" for tongue in TRANSLATED)
    assert run(catalogues, ["check", "en"]).exit_code == 0, "what is missing is listed; it fails where it must not be"
    monkeypatch.setattr(command, "ENFORCED", ("en",))
    assert run(catalogues, ["check", "en"]).exit_code == 1
    assert "Langue inconnue" in run(catalogues, ["check", "de"]).output
    assert "Les plus difficiles" in run(catalogues, ["readability"]).output


def test_what_tenants_read_is_plain_french() -> None:
    found = sentences()
    measured = measure(french(found))
    assert measured
    assert measured.score >= READING_LEVEL
    # A list of names of subjects is no text.
    pages = [(file, read_as) for file, read_as in command.by_file(found) if read_as.sentences >= 5]
    assert len(pages) > 5
    assert [(file, read_as.score) for file, read_as in pages if read_as.score < OF_EACH_PAGE] == []


def test_no_sentence_is_long() -> None:
    long = {sentence for sentence in french(sentences()) if len(words_of(sentence)) > LONGEST}
    assert long == set(LONG_FOR_A_REASON)


def test_easy_french_is_easier_than_french() -> None:
    """Each sentence that the easy French says in its own words is measured against the French it stands for."""
    found, catalogue = sentences(), read(FALC)
    own = [sentence for sentence in found if (message := catalogue.get(sentence.key)) and any(message.string)]
    plain, easy = measure(french(own)), measure(easy_french(own))
    if plain and easy:
        assert easy.score > plain.score
        assert easy.words_per_sentence < plain.words_per_sentence
    assert "fr-falc" not in ENFORCED or own


def test_easy_french_is_said_where_it_has_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = Sentence("Vous êtes prié de nous communiquer vos coordonnées.", None, ("a",), ())
    catalogue = said_in(FALC, hard, "Donnez votre numéro de téléphone.")
    monkeypatch.setattr(catalogue_files, "read", lambda _: catalogue)
    assert easy_french([hard]) == sentences_of("Donnez votre numéro de téléphone.")


def test_the_key_of_a_table_is_no_sentence() -> None:
    said = {one.one for one in sentences()}
    assert not {"slot", "where"} & said
    assert {"le matin", "Chez moi"} <= said
