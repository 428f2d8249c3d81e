"""How often an outside delivery is tried again, when it is given up to a person, and what went wrong, in words."""

import re
from datetime import timedelta

# Wait after the n-th failed attempt, about: chance moves it by a fifth. After the last one a named person is told.
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
JITTER = 0.2  # so that what failed together does not come back together
LONGEST = timedelta(hours=24)  # from planning to giving up, however long its endpoint is left alone meanwhile
# How long one process may hold a delivery before another takes it over: the slowest talk with a mail server; a call
# and what surrounds it.
CLAIM = timedelta(seconds=90)
CLAIM_CALL = timedelta(seconds=40)

# What an adapter said, and how people read it. The first that fits counts.
_WORDS = (
    (r"^sms gateway answered (\d+)", "le service de SMS n'a pas pris le message ({0})"),
    (r"answered (\d+)", "l'adresse répond par une erreur ({0})"),
    (r"not public", "l'adresse n'est pas sur l'internet public, et n'est pas permise"),
    (r"^address", "l'adresse est mal écrite"),
    (r"gaierror", "le nom de la machine est introuvable"),
    (r"SSL", "la connexion n'est pas sûre : son certificat n'est pas reconnu"),
    (r"in time|[Tt]ime[d ]?out", "pas de réponse à temps"),
    (r"half-way|RemoteDisconnected|IncompleteRead|ConnectionReset", "la connexion a été coupée en route"),
    (r"not reached|ConnectionRefused", "la machine ne répond pas"),
    (r"too long", "la réponse est trop longue"),
    (r"seal broken", "son secret ne peut plus être lu : renouvelez-le"),
    (r"not sendable", "cet envoi ne peut pas se faire par ce moyen"),
    (r"^smtp", "le serveur d'e-mails n'a pas pris le message"),
    (r"^(drop|folder)", "le dossier ne peut pas être écrit"),
    (r"^bounce", "l'e-mail a été renvoyé : l'adresse n'existe pas, ou sa boîte est pleine"),
    (r"^open311", "l'organisme a reçu la demande, mais sa réponse ne peut pas être lue : appelez-le"),
    (r"retired", "l'adresse a été retirée"),
    (r"switched off", "l'adresse est éteinte"),
)


def next_wait(failed_attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait before trying again, or None when it is time to give up; `chance` is from 0 to 1."""
    if failed_attempts > len(BACK_OFF):
        return None
    return BACK_OFF[failed_attempts - 1] * (1 - JITTER + 2 * JITTER * chance)


def failure_in_words(error: str | None) -> str:
    """Return in French what went wrong; of what nobody foresaw, that it is unknown."""
    for sign, words in _WORDS:
        if found := re.search(sign, error or ""):
            return words.format(*found.groups())
    return "raison inconnue"
