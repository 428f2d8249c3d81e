"""What people say of a stage of their life as tenants: arriving, works, leaving. About no complaint."""

from datetime import datetime, timedelta
from random import Random

from service.demo.chance import new_id
from service.demo.landlord import Landlord
from service.demo.seasons import moment_of, months_before
from service.domain.feedback import SCORES
from service.journey.submission.submission import PARIS
from service.models.feedback import StageFeedback

# Weights of the scores 0 to 10: an arrival pleases more than works, and works more than a departure.
_WEIGHTS = {
    "entree": (1, 1, 1, 2, 3, 6, 8, 18, 28, 18, 14),
    "travaux": (4, 3, 4, 6, 7, 11, 12, 19, 19, 9, 6),
    "depart": (5, 4, 5, 7, 8, 13, 12, 17, 16, 8, 5),
}
_LANGUAGE = "fr"


def say_of_stages(landlord: Landlord, now: datetime, months: int, count: int, random: Random) -> list[StageFeedback]:
    """Return so many opinions of a member's tenants over the months before now."""
    start = months_before(now.date(), months)
    days = (now.date() - start).days
    found = []
    for _ in range(count):
        stage = random.choice(list(_WEIGHTS))
        at = moment_of(random, start + timedelta(days=random.randrange(days)))
        found.append(
            StageFeedback(
                id=new_id(random), member_id=landlord.member.id, stage=stage,
                score=random.choices(SCORES, _WEIGHTS[stage])[0], language=_LANGUAGE, at=min(at, now.astimezone(PARIS)),
            )
        )  # fmt: skip
    return found
