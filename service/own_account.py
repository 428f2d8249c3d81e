"""The pages on which people look after their own account, whichever face they came in by."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial, update_wrapper
from http import HTTPStatus
from uuid import UUID

import segno
from flask import abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from service.domain.errors import BadInput, NotAllowed, NotFound, Refusal
from service.journey.dates import moment_in_words
from service.journey.people import passkeys, second_factor, sessions
from service.journey.people.own_account import change_password, check_again, is_fresh, look
from service.journey.ports import Ports
from service.sign_in import TOO_OFTEN, WRONG_CODE, Door

MEANS = {
    "password": "mot de passe",
    "password_totp": "mot de passe et code",
    "recovery": "code de secours",
    "passkey": "clé d'accès",
    "provider": "service de connexion du bailleur",
}
ROLES = {
    "reader": "Lecture",
    "agent": "Agent",
    "supervisor": "Responsable",
    "administrator": "Administrateur",
    "operator": "Exploitation de la plateforme",
}
ASKERS = {"staff": "Votre bailleur", "network": "La plateforme", "operator": "La plateforme"}  # of a second factor
SENTENCES = {
    "wrong_password": "Ce n'est pas votre mot de passe actuel.",
    "too_often": TOO_OFTEN,
    "wrong_code": WRONG_CODE,
    "sign_in_again": "Pour votre sécurité, déconnectez-vous, revenez, puis recommencez dans les dix minutes.",
    "password_short": "Choisissez au moins douze caractères. Quatre mots sans rapport font un bon mot de passe.",
    "password_long": "C'est trop long : 200 caractères au plus.",
    "password_own": "Choisissez un mot de passe sans votre adresse électronique.",
    "password_obvious": "Ce mot de passe est trop facile à deviner. Choisissez quatre mots sans rapport.",
    "password_twice": "Les deux mots de passe ne sont pas les mêmes. Écrivez-les de nouveau.",
    "password_same": "C'est déjà votre mot de passe. Choisissez-en un autre.",
    "no_password": "Vous vous connectez sans mot de passe : il n'y a rien à changer ici.",
    "has_code": "L'application est déjà en place : il n'y a plus rien à vérifier.",
    "factor_required": "La double vérification est obligatoire ici. Remplacez-la, ou ajoutez-en une autre d'abord.",
    "no_factor": "Ajoutez d'abord une application ou une clé : les codes de secours la remplacent.",
    "key_refused": "La clé n'a pas répondu à temps. Recommencez.",
    "key_name": "Donnez à la clé un nom de 60 caractères au plus, par exemple « Mon téléphone ».",
    "too_many_keys": "Dix clés au plus. Retirez d'abord celles qui ne servent plus.",
}
View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True)
class Address:
    """One address of these pages; `path` begins after that of the face."""

    path: str
    name: str
    view: View
    methods: tuple[str, ...] = ("POST",)


def sentence(refusal: Refusal) -> str:
    """Return what was wrong and how to mend it."""
    return SENTENCES.get(refusal.code, SENTENCES["sign_in_again"])


def refused(door: Door, name: str, refusal: BadInput | NotAllowed) -> ResponseReturnValue:
    """Show a page again with what was wrong on it; `name` is its template."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(refusal, BadInput) else HTTPStatus.CONFLICT
    if refusal.code == "too_often":
        status = HTTPStatus.TOO_MANY_REQUESTS
    return _page(door, name, {refusal.field or "": sentence(refusal)}), status


def show(door: Door) -> ResponseReturnValue:
    """Show who one is, how one comes in, and from where."""
    return _page(door, "mine")


def ask_password(door: Door) -> ResponseReturnValue:
    """Show the form that changes the password."""
    return _page(door, "password")


def set_password(door: Door) -> ResponseReturnValue:
    """Change the password; sessions elsewhere end."""
    form = request.form
    typed = [form.get(field, "") for field in ("password", "new_password", "again")]
    try:
        ended = change_password(door.who(), typed[0], typed[1], typed[2], _ports())
    except (BadInput, NotAllowed) as refusal:
        return refused(door, "password", refusal)
    flash("Votre mot de passe est changé." + (" Vos autres appareils sont déconnectés." if ended else ""))
    return redirect(door.url("own_account"), 303)


def factors(door: Door) -> ResponseReturnValue:
    """Show what is asked for beside the password, and how to add to it."""
    return _page(door, "factors")


def begin_code(door: Door) -> ResponseReturnValue:
    """Make the secret of an application, and show it; in the place of another, to whoever shows the password again."""
    who = door.who()
    try:
        is_first = look(who.person, _ports()).code_since is None
        check_again(who, request.form.get("password", ""), _ports(), is_adding=is_first)
        second_factor.start(who.person, _ports())
    except (BadInput, NotAllowed) as refusal:
        return refused(door, "factors", refusal)
    return redirect(door.url("own_factors"), 303)


def confirm_code(door: Door) -> ResponseReturnValue:
    """Take the first code of the application; show the printed list with the first factor."""
    try:
        codes = second_factor.confirm(door.who().person, request.form.get("code", ""), session_of(door), _ports())
    except (BadInput, NotAllowed) as refusal:
        return refused(door, "factors", refusal)
    return shown_once(door, codes, "L'application est en place.")


def remove_code(door: Door) -> ResponseReturnValue:
    """Take the application away."""
    try:
        check_again(door.who(), request.form.get("password", ""), _ports())
        second_factor.remove(door.who().person, _ports())
    except (BadInput, NotAllowed) as refusal:
        return refused(door, "factors", refusal)
    flash("L'application est retirée.")
    return redirect(door.url("own_factors"), 303)


def renew_codes(door: Door) -> ResponseReturnValue:
    """Make a new printed list, and show it this once."""
    try:
        check_again(door.who(), request.form.get("password", ""), _ports())
        codes = second_factor.renew_recovery(door.who().person, _ports())
    except (BadInput, NotAllowed) as refusal:
        return refused(door, "factors", refusal)
    return shown_once(door, codes, "Voici de nouveaux codes. Les anciens ne servent plus.")


def shown_once(door: Door, codes: list[str], done: str) -> ResponseReturnValue:
    """Show a printed list, which nobody can show again; without one, go back."""
    if not codes:
        flash(done)
        return redirect(door.url("own_factors"), 303)
    return render_template("account/codes.html", door=door, codes=codes, done=done)


def end_session(door: Door, session_id: UUID) -> ResponseReturnValue:
    """End one session of one's own."""
    if not sessions.end(door.who().person, session_id, "revoked", _ports().clock.now()):
        abort(HTTPStatus.NOT_FOUND)
    flash("Cet appareil est déconnecté.")
    return redirect(door.url("own_account"), 303)


def end_others(door: Door) -> ResponseReturnValue:
    """End all sessions of one's own but this one."""
    sessions.end_elsewhere(door.who().person, session_of(door), "revoked", _ports().clock.now())
    flash("Tous les autres appareils sont déconnectés.")
    return redirect(door.url("own_account"), 303)


ADDRESSES = (
    Address("/moi", "own_account", show, ("GET",)),
    Address("/moi/mot-de-passe", "own_password", ask_password, ("GET",)),
    Address("/moi/mot-de-passe", "own_password_change", set_password),
    Address("/moi/verification", "own_factors", factors, ("GET",)),
    Address("/moi/verification/application", "own_code_begin", begin_code),
    Address("/moi/verification/application/code", "own_code_confirm", confirm_code),
    Address("/moi/verification/application/retrait", "own_code_remove", remove_code),
    Address("/moi/verification/secours", "own_codes_renew", renew_codes),
    Address("/moi/appareils/<uuid:session_id>/fin", "own_session_end", end_session),
    Address("/moi/appareils/fin", "own_sessions_end", end_others),
)


# What opens while a second factor is asked for and there is none yet, and the way out.
SETTING_UP = frozenset({"sign_out", "own_factors", "own_code_begin", "own_code_confirm"})


def addresses(door: Door) -> Iterator[Address]:
    """Return the addresses of these pages, for one face."""
    for address in ADDRESSES:
        yield replace(address, view=update_wrapper(partial(address.view, door), address.view))


def session_of(door: Door) -> UUID:
    """Return the session the present request sits at."""
    session = door.who().session
    if session is None:
        raise NotFound("session")
    return session.id


def _page(door: Door, name: str, errors: Mapping[str, str] | None = None) -> str:
    who, ports = door.who(), _ports()
    account, now = look(who.person, ports), ports.clock.now()
    secret = account.being_set_up
    return render_template(
        f"account/{name}.html",
        door=door,
        account=account,
        errors=defaultdict(str, errors or {}),
        is_fresh=is_fresh(who, now),
        must_set_up=who.must_set_up,
        devices=sessions.devices(who.person, now) if name == "mine" else (),
        here=session_of(door),
        keys_work=door.has_passkeys and passkeys.are_possible(ports),
        picture=segno.make(secret.provisioning_uri(), micro=False).svg_data_uri(scale=5, border=2) if secret else None,
        asker=ASKERS[door.face],
        means=MEANS,
        moment=moment_in_words,
        roles=ROLES,
    )


def _ports() -> Ports:
    found: Ports = current_app.extensions["seve"].ports
    return found
