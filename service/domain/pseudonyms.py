"""Taking out of a message what says who wrote it, before it may teach the text model.

Every piece is a neutral word in brackets afterwards. What tells of the trouble stays: floors, amounts, temperatures,
durations, hours, dates. When in doubt a piece is taken out: a lost word costs a model little, a name costs a person.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from service.domain import names

NAME, MAIL, PHONE, IBAN = "[nom]", "[e-mail]", "[téléphone]", "[IBAN]"
REFERENCE, NUMBER, ADDRESS = "[référence]", "[numéro]", "[adresse]"
CODE, PLATE, BIRTH, LINK = "[code]", "[plaque]", "[date de naissance]", "[lien]"
MARKS = (NAME, MAIL, PHONE, IBAN, REFERENCE, NUMBER, ADDRESS, CODE, PLATE, BIRTH, LINK)

_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\t"), " ")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_I = re.IGNORECASE


@dataclass(frozen=True)
class Writer:
    """What is known of whoever wrote; empty where nothing is."""

    names: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    references: tuple[str, ...] = ()  # of the dwelling, of the contract
    addresses: tuple[str, ...] = ()  # lines: "12 bis rue du Marais"


NOBODY = Writer()

# What a number counts: such a number tells of the trouble, not of the person.
_UNIT = (
    r"(?:€|euros?\b|eur\b|%|°|degr|cm\b|mm\b|m\b|m2|m²|m3|m³|km\b|kg\b|g\b|l\b|litres?\b|w\b|watts?\b|kwh|kw\b|v\b|volts?\b|"
    r"h\b|h\d|heures?\b|min\b|minutes?\b|jours?\b|j\b|semaines?\b|mois\b|ans?\b|fois\b|pi[eè]ces?\b|chambres?\b|personnes?\b|"
    r"enfants?\b|ème|eme|er\b|[eè](?:re)?\b|nd\b|bars?\b|x\b|[èe]mes?\b|lots?\b|places?\b|logements?\b|[ée]tages?\b)"
)
_NO_UNIT = rf"(?!\s?{_UNIT})"
_DATE = r"\d{1,2}[/.\-]\d{1,2}[/.\-](?:19|20)?\d{2}"
_FULL_DATE = r"[0-3]?\d[/.\-][01]?\d[/.\-](?:19|20)\d{2}(?![./\-]?\d)"
_MONTH = (
    r"(?:janv(?:ier)?|f[ée]v(?:rier)?|mars|avr(?:il)?|mai|juin|juil(?:let)?|ao[uû]t|sept(?:embre)?|oct(?:obre)?|"
    r"nov(?:embre)?|d[ée]c(?:embre)?)"
)

_URL = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]{2,60}(?:\.[\w-]{2,60}){0,3}\.(?:fr|com|net|org|eu|info|io|be|me)\b(?:/\S*)?", _I
)
_AT = re.compile(r"@|\(at\)|\[at\]|\(a\)|\barobas|\s\bat\b", _I)
_MAIL = re.compile(
    r"[\w.+\-]{1,64}\s?(?:@|\(at\)|\[at\]|\(a\)|\barobas?e?\b|\s\bat\b)\s?"
    r"[a-z0-9\-]{2,60}(?:\s?(?:\.|\(dot\)|\bpoint\b)\s?[a-z0-9\-]{2,30}){1,3}",
    _I,
)
_BIRTH = re.compile(
    r"(\bn[ée]e?(?:\(e\))?(?:\s+\w+)?\s+le\s+|"
    r"\b(?:date\s+de\s+naissance|ddn|naissance|n[ée]e?\(?e?\)?)\s*(?::|le|du|est le)?\s*)"
    rf"(?:{_DATE}|\d{{1,2}}(?:er)?\s+{_MONTH}\.?\s+(?:19|20)?\d{{2}}|(?:19|20)\d{{2}}-\d{{2}}-\d{{2}})",
    _I,
)
_IBAN = re.compile(r"\b(?:(?i:fr) ?|[A-Z]{2})\d{2}(?:[ .\-]?(?i:(?=[a-z]{0,3}\d)[a-z0-9]{1,4})){3,9}\b")
_SOCIAL = re.compile(
    r"\b[12378][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{2})?(?!\d)",
    _I,
)
_PHONE = re.compile(
    rf"(?<![\d.,])(?!{_FULL_DATE})(?:(?:\+|\b00)\s?33[\s.\-]{{0,2}}(?:\(0\)[\s.\-]?)?[1-9]|"
    r"(?:0|(?<![zZ][ée]r)(?<![zZ][ÉE]R)[oO]) ?[1-9])"  # not the end of « zéro 6 »
    r"(?:(?:,(?!\s)|[\s.\-/_]{0,2})\d){8}(?!\d)"
)
_FOREIGN_PHONE = re.compile(r"(?<![\d+])\+\d{1,3}(?:[\s.\-]?\(?\d\)?){7,12}(?!\d)")
_DIGIT_WORD = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|"
    r"quarante|cinquante|soixante)"
)
_SPOKEN_PHONE = re.compile(rf"\bz[ée]ro(?:[\s,\-]{{1,2}}(?:et[\s\-])?{_DIGIT_WORD}\b){{4,24}}", _I)
# A phone number of words and digits together: « zéro six 12 34 56 78 ».
_HALF_SPOKEN_PHONE = re.compile(
    rf"(?<![\d.,/])\b(?:z[ée]ro|0\s?[1-9]|0(?=\s{_DIGIT_WORD}\b))"
    rf"(?:[\s,.\-]{{1,2}}(?:et[\s\-])?(?:(?!une\b){_DIGIT_WORD}|\d{{1,2}}|\d{{4}}|\d{{8}})\b){{2,24}}{_NO_UNIT}",
    _I,
)
_LABELLED = re.compile(
    r"(\b(?:contrat|bail|dossiers?|r[ée]f(?:[ée]rences?)?|num[ée]ros?|num|n°|locataire|allocataire|caf|compte|client|"
    r"facture|quittance|sinistre|s[ée]curit[ée] sociale|s[ée]cu|badge|compteur|pdl|prm|pce|matricule|demande|ticket|"
    r"commande|siret)"
    r"(?:\s{0,2}(?:[:#=]|n°|no\b|num[ée]ro|est|le|de|du|client|contrat|caf|allocataire|locataire)){0,4}\s{0,2})"
    rf"(?!{_DATE}|(?:19|20)\d{{2}}(?![\w/\-]))(?=[a-z0-9/_.\-]{{0,20}}\d)"
    rf"((?:[a-z]{{1,4}}[ \-]?)?\d[a-z0-9/_\-]{{2,24}}){_NO_UNIT}(?![a-z0-9€%°])",
    _I,
)
_STREET = (
    r"(?:rue|r\.|avenue|av\.?|ave|boulevard|bd|bld|blvd|all[ée]es?|place(?!\s+(?:de\s+)?(?:parking|stationnement|libre|assise))|"
    r"impasse|imp\.|chemin|route|rte|square|quai|cours(?=\s+[A-ZÉ])|r[ée]sidence|passage(?=\s+(?:[A-ZÉ]|d))|sente|sentier|"
    r"ruelle|villa|cit[ée]|esplanade|mail(?=\s+[A-ZÉ])|rond-point|faubourg|fbg?|hameau|lotissement|clos(?=\s+(?:[A-ZÉ]|d))|venelle|promenade)(?![^\W\d_])"
)
_SMALL = r"(?:de|du|des|la|le|les|et|aux?|en|sur|saint|sainte|st|ste|d['’]|l['’])"
_REST = r"[^\W\d_]*(?:['’\-][^\W\d_]+){0,4}"
_STREET_NAME = (
    rf"(?:\s{{0,2}}(?i:{_SMALL})\b['’]?){{0,4}}\s{{0,2}}(?:\d{{1,2}}\s)?[^\W\d_]{_REST}"
    rf"(?:\s(?:(?i:{_SMALL})\s){{0,2}}[A-ZÉÈÎÔÂ]{_REST}){{0,4}}"
)
_TOWN = r"(?:[\s,]{1,3}(?:\d{5}|\d{2} \d{3})(?:\s[A-ZÉ][\w'’\-]+(?:\s[A-ZÉ][\w'’\-]+){0,3})?)?"
_ADDRESS = re.compile(
    rf"\b\d{{1,4}}(?:\s?(?i:bis|ter|quater|[A-D])\b)?\s?,?\s?\b(?i:{_STREET})(?:{_STREET_NAME}){_TOWN}"
    rf"|\b(?i:{_STREET})(?:{_STREET_NAME})\s?,?\s(?i:(?:au\s)?(?:n°|num[ée]ro)|au)\s?\d{{1,4}}\b(?!\s?{_UNIT}){_TOWN}"
)
_DOOR = re.compile(
    rf"(\b(?:appartement|appart|appt|apt|app|logement|lgt|porte|studio|bo[iî]te(?: aux lettres)?|cave|box|garage)\s?"
    rf"(?:n°|num[ée]ro|num|no|:)?\s?)(?![tf]\d\b)([a-z]?\d{{1,5}}[a-z]?)\b{_NO_UNIT}",
    _I,
)
_NO_ENTRY = r"(?!\s+(?:d['’]?\s?)?(?:erreur|d[ée]faut|panne|couleur|postal|civil|du travail))"
_ENTRY_CODE = re.compile(
    rf"(\b(?:digicode|vigik|interphone|code{_NO_ENTRY}|bip|mot de passe|pin)\b"
    r"(?:\s+(?:[ld]['’])?(?:de|du|des|la|le|porte|entr[ée]e|immeuble|hall|portail|b[âa]timent|acc[èe]s|est|c['’]est|actuel|"
    r"nouveau|en bas|parking)){0,6}(?:\s?[:=]|\sest|\sc['’]est|\sle)?\s{0,2}"
    r"(?:l['’](?:entr[ée]e|immeuble)\s(?:est\s)?)?)"
    rf"(?=[a-z#*]{{0,3}}\d)([a-z0-9#*](?:[ \-.]?[a-z0-9#*]){{3,9}})\b{_NO_UNIT}",
    _I,
)
_PLATE = re.compile(
    r"\b(?i:[a-z]{2}-\d{3}-[a-z]{2}|[a-z]{2}\d{3}[a-z]{2})\b"
    r"|\b(?!DE|LE|LA|DU|IL|ET|EN|AU|UN|ON|NE|SE|CE|ME|TE|JE|TU|NI|SI|OU|A )[A-Z]{2} \d{3} [A-Z]{2}\b"
    r"|\b\d{3,4} ?(?!EUR|KWH|TTC|PPM)[A-Z]{2,3} ?\d{2}\b"
)
_SEVE = re.compile(r"\b(?=[A-Z-]{0,8}\d)(?=[\d-]{0,8}[A-Z])[23456789ACEFHJKLMRTUXYZ]{4}-[23456789ACEFHJKLMRTUXYZ]{4}\b")
_MIXED = re.compile(r"\b(?=[a-z\-_/]{0,30}\d)(?=[\d\-_/]{0,30}[a-z])[a-z0-9]{1,40}(?:[\-_/][a-z0-9]{1,40}){0,6}\b", _I)
_MEASURE = (
    r"(?:\d{1,2}h(?:\d{2})?(?:min|mn)?|\d{1,2}m\d{2}|\d+aines?|[a-z]\d|\d{1,4}(?:x\d{1,4}){1,2}(?:cm|mm|m)?|"
    r"\d+(?:h|min|mn|s|x|m2|m3|cm|mm|km|m|kg|g|l|kwh|kw|w|v|a|e|eur|euros?|[eè]me|er|ere|j|c|ko|mo|go)?)"
)
_MEASURES = re.compile(rf"{_MEASURE}(?:[\-_/]{_MEASURE})*", _I)
_DIGITS = re.compile(rf"(?<![\d,/])\d{{6,}}{_NO_UNIT}(?![\d/])")
_GROUPS = re.compile(rf"(?<![\d/,])\d{{1,5}}(?:[ .\-]\d{{1,5}}){{2,8}}(?![\d/,]){_NO_UNIT}")
_FAULT = 3  # digits of what a boiler shows: E119 tells of the trouble
_LEAST_HALF_SPOKEN = 7  # « zéro six douze 34 quinze seize »
_LEAST_OF_GROUPS = 9  # digits: a social security number has 13, a list of floors far fewer


def pseudonymise(text: str, writer: Writer = NOBODY) -> str:
    """Return the text without names, contacts, numbers that identify, addresses and codes; the same text twice."""
    text = unicodedata.normalize("NFC", text).translate(_SPACES).translate(_INVISIBLE)
    text = _of_the_writer(text, writer)
    if _AT.search(text):  # looking from every letter for a sign that is nowhere costs most of all
        text = _MAIL.sub(MAIL, text)
    for pattern, put in _PIECES:
        text = pattern.sub(put, text)
    return names.hide(text, (unicodedata.normalize("NFC", name) for name in writer.names), NAME)


def _of_the_writer(text: str, writer: Writer) -> str:
    """Take out what is known, however it is spaced, before its pieces look like something else."""
    here = names.squeeze(text)  # making patterns costs more than looking
    for values, word in ((writer.mails, MAIL), (writer.addresses, ADDRESS), (writer.references, REFERENCE)):
        for value in values:
            squeezed = names.squeeze(unicodedata.normalize("NFC", value))
            if len(squeezed) > _SHORTEST_KNOWN and squeezed in here:
                text = _loosely(value).sub(word, text)
    for value in writer.addresses:
        if (line := _LINE.match(unicodedata.normalize("NFC", value))) and names.squeeze(line["street"]) in here:
            text = _turned_round(line["number"], line["street"]).sub(ADDRESS, text)
    for value in writer.phones:
        digits = re.sub(r"\D", "", value)[-9:]
        if len(digits) == _PHONE_DIGITS and digits in here:
            spaced = r"[\s.\-/_,:()]{0,3}".join(digits)
            before = r"(?<!\d)(?:(?:(?:\+|00)\s?33[\s.\-]{0,2}(?:\(0\))?|[0oO])[\s.\-]?)?"
            text = re.sub(rf"{before}{spaced}(?!\d)", PHONE, text)
    return text


_LINE = re.compile(r"\s*(?P<number>\d{1,4})(?:\s?(?:bis|ter|quater|[a-d])\b)?[\s,]+(?P<street>\w.*)", _I)
_SHORTEST_KNOWN = 3
_PHONE_DIGITS = 9  # without the first zero


def _signs(value: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFC", value))


def _loosely(value: str) -> re.Pattern[str]:
    """Return what finds a value with any separators between its letters and digits, in any case, accents or none."""
    return re.compile(rf"(?<![^\W_]){_spaced(value)}(?![^\W_])", _I)


def _turned_round(number: str, street: str) -> re.Pattern[str]:
    """Return what finds an address with its number after the street, and what may come after the number."""
    between = r"[\W_]{1,3}(?:(?:au|num[ée]ro|num|no|n°)[\W_]{0,3}){0,2}"
    also = r"(?:\s?(?:bis|ter|quater|[a-d]))?"
    return re.compile(rf"(?<![^\W_]){_spaced(street)}{between}{number}{also}(?![^\W_])", _I)


def _spaced(value: str) -> str:
    return r"[\W_]{0,3}".join(names.without_regard_to_accents(sign) for sign in _signs(value))


def _only(is_it: Callable[[str], bool], word: str) -> Callable[[re.Match[str]], str]:
    return lambda found: word if is_it(found[0]) else found[0]


def _is_iban(found: str) -> bool:
    signs = re.sub(r"[ .\-]", "", found)
    return 15 <= len(signs) <= 34 and sum(sign.isdigit() for sign in signs) >= 12  # noqa: PLR2004  As the standard says.


def _is_half_spoken_phone(found: str) -> bool:
    """Say whether words and digits together are as many as a phone number has; a word says one digit or two."""
    words = len(re.findall(r"[^\W\d_]+", found))
    return words > 0 and words + sum(sign.isdigit() for sign in found) >= _LEAST_HALF_SPOKEN


def _is_mixed_reference(found: str) -> bool:
    """Say whether letters and digits together name a file: not 18h30-19h, nor 90x190cm, nor T3."""
    digits = sum(sign.isdigit() for sign in found)
    return not _MEASURES.fullmatch(found) and (digits > _FAULT or (digits == _FAULT and len(found) > 2 * _FAULT - 1))


def _is_long_number(found: str) -> bool:
    return sum(sign.isdigit() for sign in found) >= _LEAST_OF_GROUPS and not re.search(rf"\b{_DATE}\b", found)


# In this order: what is longest first, so that no piece of it is taken for something else.
_PIECES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (_URL, LINK),
    (_IBAN, _only(_is_iban, IBAN)),
    (_SOCIAL, NUMBER),
    (_BIRTH, rf"\1{BIRTH}"),
    (_PHONE, PHONE),
    (_FOREIGN_PHONE, PHONE),
    (_SPOKEN_PHONE, PHONE),
    (_HALF_SPOKEN_PHONE, _only(_is_half_spoken_phone, PHONE)),
    (_ADDRESS, ADDRESS),
    (_ENTRY_CODE, rf"\1{CODE}"),
    (_SEVE, REFERENCE),
    (_LABELLED, rf"\1{NUMBER}"),
    (_DOOR, rf"\1{NUMBER}"),
    (_PLATE, PLATE),
    (_MIXED, _only(_is_mixed_reference, REFERENCE)),
    (_GROUPS, _only(_is_long_number, NUMBER)),
    (_DIGITS, NUMBER),
)
