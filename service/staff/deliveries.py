"""The page of deliveries: what did not arrive and whose it is now, how each endpoint does, sending again."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.domain.delivery import failure_in_words
from service.domain.errors import NotAllowed
from service.journey.delivery import dead_letters as journey
from service.journey.delivery import undelivered
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.endpoint import Endpoint
from service.staff.request_context import ports
from service.staff.wording import Chip, count

KINDS = {"webhook": "Appel vers un logiciel", "open311": "Collectivité (Open311)", "folder": "Dossier d'échange"}
RETIRED = "Cette adresse n'est plus appelée : rien ne peut y être renvoyé."


def deliveries() -> str:
    """Show what was given up and to whom, what waits, and how each endpoint does."""
    now = ports().clock.now()
    with member_transaction(g.staff.member_id) as session:
        letters = undelivered.dead_letters(session)
        total = undelivered.count_dead_letters(session)
        states = undelivered.endpoint_states(session)
    return render_template(
        "staff/deliveries.html",
        letters=letters,
        total=total,
        states=states,
        kinds=KINDS,
        why=failure_in_words,
        health=lambda endpoint: health(endpoint, now),
    )


def health(endpoint: Endpoint, now: datetime) -> Chip:
    """Return how an endpoint does, in words. Nothing here is a danger: complaints are in their inbox all the same."""
    if endpoint.open_until and endpoint.open_until > now:
        at = endpoint.open_until.astimezone(PARIS)
        return Chip(f"ne répond pas, nouvel essai à {at.hour} h {at.minute:02d}", "warn")
    if endpoint.failures:
        return Chip("le dernier envoi a échoué, on essaie de nouveau", "warn")
    if endpoint.is_slow:
        return Chip("répond lentement", "calm")
    return Chip("fonctionne", "good") if endpoint.last_success_at else Chip("rien envoyé encore", "calm")


def send_again(delivery_id: UUID) -> ResponseReturnValue:
    """Send one delivery again."""
    return _act(
        lambda: journey.replay(g.staff.member_id, delivery_id, ports()),
        lambda done: "L'envoi repart." if done else "Cet envoi était déjà reparti.",
    )


def send_all_again(endpoint_id: UUID) -> ResponseReturnValue:
    """Send again everything one endpoint did not take."""
    return _act(
        lambda: journey.replay_all(g.staff.member_id, endpoint_id, ports()),
        lambda done: f"{count(done, 'envoi')} en route de nouveau." if done else "Un nouvel essai part tout de suite.",
    )


def told_otherwise(delivery_id: UUID) -> ResponseReturnValue:
    """Note that the recipient was told another way."""
    return _act(
        lambda: journey.settle_otherwise(g.staff.member_id, delivery_id, g.staff.id, ports()),
        lambda done: "C'est noté : prévenu autrement." if done else "C'était déjà réglé.",
    )


def _act(use_case: Callable[[], int], words: Callable[[int], str]) -> ResponseReturnValue:
    """Do what was asked, and show the page anew with a sentence."""
    try:
        flash(words(use_case()))
    except NotAllowed:
        flash(RETIRED)
    return redirect(url_for("staff.deliveries"), 303)
