"""The news of one day in one mail, for whoever wants it so."""

from collections.abc import Callable, Mapping, Sequence

from service.journey.news.messages import Facts, Letter, Title

Writers = Mapping[str, Callable[[Facts], Letter]]


def grouped(parts: Sequence[Facts], writers: Writers) -> Letter:
    """Return one letter that says what each of several would have said, in their order."""
    last = parts[-1]
    _, ngettext = last.language.gettext, last.language.ngettext
    count = len(parts)
    many = len({facts.complaint.id for facts in parts}) > 1
    paragraphs = [
        _("Bonjour,"),
        ngettext("Voici %(num)s nouvelle d'aujourd'hui.", "Voici %(num)s nouvelles d'aujourd'hui.", count),
    ]
    for facts in parts:
        letter = writers[facts.delivery.purpose](facts)
        paragraphs += [_title(facts, letter), *_words(facts, letter)]
    links = {facts.tracking_url: facts.complaint.reference for facts in parts}
    return Letter(
        _("Les nouvelles de vos demandes") if many else _("Les nouvelles de votre demande"),
        [*paragraphs, last.member.name],
        [(_("Suivre la demande %(reference)s", reference=reference), url) for url, reference in links.items()],
        preheader=ngettext("%(num)s nouvelle dans ce message.", "%(num)s nouvelles dans ce message.", count),
    )


def _title(facts: Facts, letter: Letter) -> Title:
    said = facts.language.gettext(
        "%(what)s (%(reference)s)", what=letter.heading or letter.subject, reference=facts.complaint.reference
    )
    return Title(said)


def _words(facts: Facts, letter: Letter) -> list[str]:
    """Return the words of one letter without its greeting and the name of the member, which stand once for all."""
    left_out = (facts.language.gettext("Bonjour,"), facts.member.name)
    return [part for part in letter.paragraphs if part not in left_out]
