"""The files of a tenant's page: sent piece by piece or with the form, looked at, taken off, and those of a complaint.

A page's files wait under its secret: the hidden number of a form, or the secret of a tracking link. Both are in the
address, and each view answers for both kinds of page.
"""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from service.domain.errors import NotFound
from service.domain.languages import N_
from service.file_response import file_response
from service.heavy_request import MEGABYTE, WHOLE_FORM, read_to_the_end
from service.journey.news import given_files
from service.journey.people import accounts
from service.journey.ports import Ports
from service.journey.submission import pieces, upload_room, uploads
from service.journey.submission.cleaning import FIELD, MAX_BYTES, FileRefused
from service.tenant import file_limits
from service.tenant.door import member_named
from service.tenant.form import is_our_nonce
from service.tenant.languages import gettext as _

PAGES_AT_MOST = 10  # of a document: what adapters.documents keeps
# Where more is let in than elsewhere. Add the views of other forms that carry files.
ROOM = {"tenant.submit": WHOLE_FORM, "tenant.add_message": WHOLE_FORM}

NO_FILE = N_("Ce fichier n'est ni une photo ni un PDF que nous savons lire. Envoyez une image JPEG, PNG ou WebP.")
TOO_HEAVY = N_("Ce fichier est trop lourd : %(megabytes)s Mo au plus. Envoyez une photo plus petite.")
SENTENCES = {
    "file_empty": N_("Ce fichier est vide. Choisissez-en un autre."),
    "file_too_heavy": TOO_HEAVY,
    "picture_too_heavy": TOO_HEAVY,
    "document_too_heavy": TOO_HEAVY,
    "too_many_files": N_("Vous pouvez joindre %(most)s fichiers. Retirez-en un pour en ajouter un autre."),
    "no_room": N_(
        "Trop de fichiers arrivent en ce moment. Envoyez votre message sans fichier : "
        "vous pourrez l'ajouter plus tard, sur votre page de suivi."
    ),
    "complaint_full": N_("Cette demande a déjà beaucoup de fichiers. Écrivez votre message sans fichier."),
    "picture_too_large": N_("Cette image est trop grande. Envoyez une capture d'écran de cette image."),
    "picture_heic": N_(
        "Nous ne savons pas lire cette photo (format HEIC). Affichez-la sur votre téléphone, "
        "faites une capture d'écran et envoyez la capture."
    ),
    "not_a_picture": NO_FILE,
    "not_a_document": NO_FILE,
    "too_many_pages": N_("Ce PDF a trop de pages : %(pages)s au plus. Envoyez seulement les pages utiles."),
    "document_locked": N_(
        "Ce PDF est protégé par un mot de passe. Envoyez une copie sans mot de passe, ou une photo de chaque page."
    ),
    "document_unreadable": N_("Ce PDF ne peut pas être lu. Envoyez plutôt une photo de chaque page utile."),
    "files_busy": N_("Beaucoup de fichiers arrivent en ce moment. Attendez une minute, puis recommencez."),
    "not_as_announced": N_("Ce fichier a changé pendant l'envoi. Choisissez-le de nouveau."),
}


def in_words(refusal: FileRefused) -> str:
    """Return what is wrong with a file and what to do; it is called by its name where it has one."""
    said = _sentence(refusal.code)
    named = _("« %(name)s » : %(sentence)s", name=refusal.name, sentence=said) if refusal.name else said
    if len(request.files.getlist(FIELD)) <= 1:
        return named
    return _("%(said)s Aucun fichier n'est gardé : choisissez de nouveau les autres.", said=named)


def _sentence(code: str) -> str:
    values = {"most": upload_room.MOST, "pages": PAGES_AT_MOST, "megabytes": MAX_BYTES // MEGABYTE}
    return _(SENTENCES.get(code, NO_FILE), **values)


def read_posted(member_id: UUID, holder: str) -> bool:
    """Keep the files that came with a form, and take off the one whose « Retirer » was pressed.

    Returns True when the form was sent for that button alone: the page is to be shown again, not sent on.

    Raises
    ------
    FileRefused
        When a file is not kept; none of those that came with it is. `in_words` says it, at the field `fichiers`.

    """
    taken_off = request.form.get("retirer", "")
    if taken_off:
        uploads.remove(member_id, holder, _as_id(taken_off))
    sent = []
    for one in request.files.getlist(FIELD):
        with one.stream as stream:  # Large ones were put aside on the disk, and are let go of.
            if one.filename:
                sent.append(uploads.Sent(one.filename, stream.read()))
    if sent:
        _keep_at_once(member_id, holder, sent)
    return bool(taken_off)


def _keep_at_once(member_id: UUID, holder: str, sent: Sequence[uploads.Sent]) -> None:
    limits, now = file_limits.limits(), _ports().clock.now()
    if not all(limits.may_send(len(one.content), now) for one in sent[: upload_room.MOST]):
        raise FileRefused("no_room")
    uploads.add_at_once(member_id, holder, sent, limits.counted(_ports()))


def state(**where: str) -> ResponseReturnValue:
    """Tell which files the page has: asked by a page that was loaded again, or lost its connection."""
    member_id, holder = _whose(where)
    shown = [_told(one) | {"number": one.number, "size": one.size} for one in uploads.of_holder(member_id, holder)]
    return jsonify(files=shown)


def begin(**where: str) -> ResponseReturnValue:
    """Make room for a file, under the id its page drew."""
    member_id, holder = _whose(where)
    size = request.form.get("taille", "")
    announced = int(size) if size.isdecimal() and len(size) < len(str(MAX_BYTES)) + 4 else 0
    if not file_limits.limits().may_send(min(announced, MAX_BYTES), _ports().clock.now()):
        return _refused("no_room", HTTPStatus.TOO_MANY_REQUESTS)
    return _answer(lambda: pieces.announce(member_id, holder, announced, _ports(), _as_id(request.form.get("id", ""))))


def append(upload_id: UUID, **where: str) -> ResponseReturnValue:
    """Take a piece: the body is its bytes, `debut` how many bytes of the file are before it."""
    member_id, holder = _whose(where)
    start = request.args.get("debut", type=int)
    if start is None:
        abort(HTTPStatus.BAD_REQUEST)
    piece = request.get_data(cache=False)
    counted = file_limits.limits().counted(_ports())
    return _answer(lambda: pieces.append(member_id, holder, upload_id, start, piece, counted))


def take_off(upload_id: UUID, **where: str) -> ResponseReturnValue:
    """Take a file off the page."""
    member_id, holder = _whose(where)
    uploads.remove(member_id, holder, upload_id)
    return "", HTTPStatus.NO_CONTENT


def waiting(upload_id: UUID, **where: str) -> Response:
    """Give a page's own file back, made anew, to be looked at before it is sent."""
    member_id, holder = _whose(where)
    try:
        found = uploads.read(member_id, holder, upload_id)
    except NotFound:
        abort(HTTPStatus.NOT_FOUND)
    return file_response(str(found.media_type), found.content or b"")


def kept(token: str, attachment_id: UUID) -> Response:
    """Give a file that the tenant sent, or was given with an answer; others are not found."""
    tracked = accounts.tracked(token) or abort(HTTPStatus.NOT_FOUND)
    try:
        found = given_files.read_of_tenant(tracked.member_id, tracked.complaint_id, attachment_id, _ports().clock.now())
    except NotFound:
        abort(HTTPStatus.NOT_FOUND)
    return file_response(found.media_type, found.content)


def _whose(where: dict[str, str]) -> tuple[UUID, str]:
    """Return the member and the secret that the address names."""
    if "token" in where:
        tracked = accounts.tracked(where["token"]) or abort(HTTPStatus.NOT_FOUND)
        return tracked.member_id, where["token"]
    if not is_our_nonce(where["holder"]):
        abort(HTTPStatus.NOT_FOUND)
    return member_named(where["slug"]).id, where["holder"]


def _answer(use_case: Callable[[], pieces.Progress]) -> ResponseReturnValue:
    try:
        progress = use_case()
    except NotFound:
        return jsonify(error=_sentence("not_as_announced")), HTTPStatus.NOT_FOUND
    except FileRefused as refusal:
        is_busy = refusal.code == pieces.BUSY
        return _refused(refusal.code, HTTPStatus.SERVICE_UNAVAILABLE if is_busy else HTTPStatus.UNPROCESSABLE_ENTITY)
    return jsonify(_told(progress))


def _told(one: pieces.Progress | uploads.Waiting) -> dict[str, Any]:
    told = {"id": str(one.id), "state": one.state, "received": one.received, "pages": one.pages or 1}
    is_document = one.media_type == "application/pdf"
    return told | {"document": is_document} | ({"error": _sentence(one.refusal)} if one.refusal else {})


def _refused(code: str, status: HTTPStatus) -> ResponseReturnValue:
    return jsonify(error=_sentence(code)), status


def _as_id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _ports() -> Ports:
    ports: Ports = current_app.extensions["seve"].ports
    return ports


# What is done with the files of a page, under the two addresses such a page may have: name, rest, view, methods.
_PAGES = (("form", "/<slug:slug>/fichiers/<link:holder>"), ("tracked", "/suivi/<link:token>/envois"))
_ACTS: tuple[tuple[str, str, Callable[..., Any], list[str]], ...] = (
    ("state", "", state, ["GET"]),
    ("begin", "", begin, ["POST"]),
    ("waiting", "/<uuid:upload_id>", waiting, ["GET"]),
    ("append", "/<uuid:upload_id>", append, ["POST"]),
    ("take_off", "/<uuid:upload_id>/retrait", take_off, ["POST"]),
)
_SMALL = frozenset(f"tenant.{page}_file_{name}" for page, _address in _PAGES for name, *_rest in _ACTS)


def register(app: Flask, blueprint: Blueprint) -> None:
    """Attach the addresses, and what lets files in where they are expected only."""
    app.extensions[file_limits.NAME] = file_limits.FileLimits()
    app.jinja_env.globals["file_limits"] = {"most": upload_room.MOST, "bytes": MAX_BYTES, "piece": pieces.PIECE}
    for page, address in _PAGES:
        for name, rest, view, methods in _ACTS:
            blueprint.add_url_rule(address + rest, f"{page}_file_{name}", view, methods=methods)
    blueprint.add_url_rule("/suivi/<link:token>/fichiers/<uuid:attachment_id>", "file", kept)
    blueprint.url_value_preprocessor(_make_room)
    blueprint.register_error_handler(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_heavy)


def _make_room(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Run before anything reads the form."""
    if endpoint in _SMALL:
        request.max_content_length = pieces.PIECE
    elif endpoint in ROOM:
        request.max_content_length = ROOM[endpoint]


def _too_heavy(_error: Exception) -> ResponseReturnValue:
    """Say how heavy an envelope may be, once it was read."""
    if request.endpoint in _SMALL:
        return _refused("not_as_announced", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    read_to_the_end()
    limits = {"most": upload_room.MOST, "megabytes": MAX_BYTES // MEGABYTE}
    page = render_template("tenant/too_heavy.html", member=None, **limits)
    return page, HTTPStatus.REQUEST_ENTITY_TOO_LARGE
