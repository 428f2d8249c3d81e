"""When a month may be published, and the refusals of a release: each says why, and how to mend it."""

from collections.abc import Sequence
from datetime import date

from service.domain.periods import PUBLISH_FROM_DAY, last_publishable_month, next_month


class ReleaseRefused(Exception):
    """A month is not published, or not put back: nothing was drawn, nothing was written."""


class NotYetClosed(ReleaseRefused):
    """The month is not over, or has not had its days for late entries."""


class NotInOrder(ReleaseRefused):
    """A month before one that is published: the yearly cap would no longer hold."""


class NoMember(ReleaseRefused):
    """There is nobody to count: an empty month would be published for ever."""


class OtherSecret(ReleaseRefused):
    """Households would have other names than in the months before, and the yearly cap would no longer hold."""


class NotTheSameChain(ReleaseRefused):
    """The archive of releases does not follow what the database holds: a person must look."""


class ArchiveDamaged(ReleaseRefused):
    """A file of the archive is not as it was written."""


class ArchiveClosed(ReleaseRefused):
    """The archive cannot be written: what is not kept outside the database is not published."""


def refuse_open_month(month: date, today: date) -> None:
    """Raise NotYetClosed when a month may not be published yet; `today` is the day in Paris."""
    if month > last_publishable_month(today):
        raise NotYetClosed(
            f"{month:%Y-%m} n'est pas encore clos : un mois se publie à partir du {PUBLISH_FROM_DAY} du mois suivant."
        )


def refuse_disorder(month: date, latest: date | None, archived: Sequence[date]) -> None:
    """Raise NotInOrder for a month before the last published one, or after one that only the archive still holds."""
    if latest and month < latest:
        raise NotInOrder(f"{latest:%Y-%m} est déjà publié : un mois d'avant ne se publie plus.")
    lost = [one for one in archived if (latest is None or one > latest) and one < month]
    if lost:
        raise NotInOrder(
            f"L'archive tient {lost[0]:%Y-%m}, que la base n'a plus : publiez-le d'abord, il sera remis tel qu'il a "
            f"été tiré (flask trends release {lost[0]:%Y-%m})."
        )


def refuse_gap(month: date, latest: date | None) -> None:
    """Raise NotInOrder when a month would be left out: once a later one is published, it never is."""
    if latest and month > (due := next_month(latest)):
        raise NotInOrder(
            f"{due:%Y-%m} n'est pas publié et ne pourrait plus l'être : publiez-le d'abord, ou ajoutez --skip pour "
            "l'abandonner."
        )


def refuse_other_secret(before: object, now: object) -> None:
    """Raise OtherSecret when households are not named as in the last published month."""
    if before is not None and before != now:
        raise OtherSecret(
            "Le secret qui nomme les foyers n'est plus celui du dernier mois publié : remettez l'ancien dans "
            "TRENDS_SECRET. S'il était vide, il venait de SECRET_KEY : mettez dans TRENDS_SECRET « trends| » suivi de "
            "l'ancienne valeur de SECRET_KEY."
        )
