"""Where a member's extranet leads its tenants to: its token is taken once, and nothing is retyped in the form."""

import hashlib
import hmac
import logging
from http import HTTPStatus

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.attempts import sender
from service.domain.introductions import NotIntroduced
from service.domain.languages import N_, is_spoken
from service.domain.submission import is_storable
from service.journey.ports import Ports
from service.journey.submission import introductions
from service.journey.submission.introductions import Replayed, Welcomed
from service.models.member import Member
from service.tenant.asking_limits import limits
from service.tenant.door import member_named
from service.tenant.languages import PARAMETER

log = logging.getLogger(__name__)
COOKIE = "seve_arrivee"
COOKIE_STAYS = 600  # seconds: a second tap, or a page loaded again
AGAIN = "reprise"  # the mark of a token used before: its browser is then asked for its cookie
# code -> the status it is answered with; what is not here is forbidden
STATUSES = dict.fromkeys(("too_long", "unreadable", "bad_header", "bad_claim"), HTTPStatus.BAD_REQUEST) | {
    "too_many": HTTPStatus.TOO_MANY_REQUESTS
}
# code -> what happened, as the tenant reads it; what is not here is our business and the extranet's
WHAT_HAPPENED = {
    "expired": N_("Vous avez attendu plus de cinq minutes. Pour votre sécurité, ce lien n'est plus valable."),
    "replayed": N_("Ce lien a déjà servi. Il ne sert qu'une fois."),
    "too_many": N_("Beaucoup de personnes arrivent en même temps. Attendez dix minutes, puis recommencez."),
}
ELSE = N_("Votre espace locataire ne nous a pas bien dit qui vous êtes. Vous n'y êtes pour rien.")


def arrive(slug: str) -> AnyResponse:
    """Take a token sent by the extranet's form, or written in its link, and lead to the form."""
    member, ports = member_named(slug), _ports()
    if request.method == "HEAD" or _is_fetched_ahead():  # Programs look at links so; a token is not theirs to use up.
        return Response(status=HTTPStatus.NO_CONTENT)
    if not limits().may_arrive(ports.clock.now()):
        return _refuse(member, NotIntroduced("too_many"))
    if AGAIN in request.args and request.method == "GET":
        mark = request.args[AGAIN]
        return _arrive_again(member, mark if is_storable(mark) else "", ports)
    token = request.form.get("jeton") or request.args.get("jeton", "")
    try:
        return _lead(member, introductions.welcome(member, token.strip(), ports, _browser()))
    except Replayed as refusal:
        # A cookie of ours does not come with a form of another site; it does with the step after.
        again = url_for("tenant.arrive", slug=slug, reprise=refusal.mark)
        return redirect(again, HTTPStatus.SEE_OTHER)
    except NotIntroduced as refusal:
        return _refuse(member, refusal)


def _arrive_again(member: Member, mark: str, ports: Ports) -> AnyResponse:
    """Lead a browser that already used this token to its own form: a second tap does no harm. Any other is refused."""
    secret = request.cookies.get(COOKIE, "")
    welcomed = introductions.resume(member.id, mark, secret, ports)
    if welcomed:
        return _lead(member, welcomed)
    return _refuse(member, NotIntroduced("replayed", return_url=introductions.way_back(member.id, mark, ports)))


def _is_fetched_ahead() -> bool:
    """Say whether a browser only fetches the page in case somebody goes there."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in ("Sec-Purpose", "Purpose", "X-Moz"))


def _browser() -> str | None:
    """Return what tells this browser from most others; None for a program, which has no finger to tap twice with."""
    headers = request.headers
    if headers.get("Sec-Fetch-Mode") != "navigate" and headers.get("Upgrade-Insecure-Requests") != "1":
        return None
    said = (sender(request.remote_addr), headers.get("User-Agent", ""), headers.get("Accept-Language", ""))
    return hmac.new(_ports().secret_key.encode(), "\n".join(said).encode(), hashlib.sha256).hexdigest()


def _lead(member: Member, welcomed: Welcomed) -> AnyResponse:
    asked = request.args.get(PARAMETER)
    chosen = asked if is_spoken(asked) else _language(welcomed)
    address = url_for("tenant.form", slug=member.slug, arrivee=welcomed.secret, langue=chosen)
    answer = redirect(address, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        COOKIE,
        welcomed.secret,
        max_age=COOKIE_STAYS,
        path=url_for("tenant.arrive", slug=member.slug).partition("?")[0],
        secure=current_app.extensions["seve"].settings.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _language(welcomed: Welcomed) -> str | None:
    return welcomed.language.lower() if welcomed.language and is_spoken(welcomed.language) else None


def _refuse(member: Member, refusal: NotIntroduced) -> Response:
    """Say calmly what to do. The code is logged, the token and what it says are not."""
    log.info("introduction_refused %s", refusal.code)
    page = render_template(
        "tenant/introduction_refused.html",
        member=member,
        what_happened=WHAT_HAPPENED.get(refusal.code, ELSE),
        return_url=refusal.return_url,
    )
    return make_response(page, STATUSES.get(refusal.code, HTTPStatus.FORBIDDEN))


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports
