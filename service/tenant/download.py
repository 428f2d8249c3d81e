"""The tenant's own copy of everything held about them with one complaint: a file made when it is asked for."""

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO, Any

from flask import Response, current_app, make_response, render_template, request

from service.domain.languages import N_
from service.journey.handling import own_data
from service.journey.news import given_files
from service.journey.ports import Ports
from service.tenant import own_pages
from service.tenant.asking_limits import WINDOW, limits
from service.tenant.languages import gettext as _
from service.tenant.tracked_complaint import TrackedComplaint, open_tracked_complaint

EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
HIDDEN = N_("Votre e-mail et votre numéro sont cachés en partie : d'autres personnes peuvent avoir ce lien.")
_PIECE = 256 * 1024  # bytes sent at once
EPOCH = (2026, 1, 1, 0, 0, 0)  # no clock of ours is told by the archive


def own_copy(token: str) -> Response:
    """Show what the copy holds and a button; or give it. It is kept nowhere."""
    tracked = open_tracked_complaint(token)
    if request.method != "POST":
        return _page(tracked)
    ports: Ports = current_app.extensions["seve"].ports
    if not limits().may_download(token, ports.clock.now()):
        response = _page(tracked, must_wait=True, status=HTTPStatus.TOO_MANY_REQUESTS)
        response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response
    data = own_data.gather(tracked.member_id, tracked.complaint_id, ports)
    made = archive(tracked, data)
    length = made.seek(0, io.SEEK_END)
    response = Response(_pieces(made), mimetype="application/zip")
    response.content_length = length
    response.headers["Content-Disposition"] = f'attachment; filename="demande-{tracked.sheet.complaint.reference}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


def archive(tracked: TrackedComplaint, data: own_data.OwnData) -> IO[bytes]:
    """Return the archive: what it is, the same facts for people and for machines, and the files, read one by one.

    The file has no name, and is gone when it is closed.
    """
    whole = tempfile.TemporaryFile()  # noqa: SIM115  Whoever sends it closes it.
    names = _names(data)
    with zipfile.ZipFile(whole, "w") as made:
        _write(made, "lisez-moi.txt", _read_me(tracked).encode())
        _write(made, "demande.json", json.dumps(_named(data.facts, names), ensure_ascii=False, indent=2).encode())
        _write(made, "demande.html", _as_page(tracked, data, names).encode())
        for name, file in zip(names, data.files, strict=True):
            kept = given_files.read_of_tenant(tracked.member_id, tracked.complaint_id, file.id, tracked.now)
            _write(made, name, kept.content, zipfile.ZIP_STORED)  # Pictures and drawn documents are packed already.
    return whole


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        made.seek(0)
        while piece := made.read(_PIECE):
            yield piece


def _write(made: zipfile.ZipFile, name: str, content: bytes, packing: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = packing
    made.writestr(entry, content)


def _names(data: own_data.OwnData) -> list[str]:
    """Return the names of the files: the ones their sender gave were never kept."""
    return [f"fichiers/{rank:02d}.{EXTENSIONS.get(file.media_type, 'bin')}" for rank, file in enumerate(data.files, 1)]


def _named(facts: dict[str, Any], names: list[str]) -> dict[str, Any]:
    files = [one | {"name": name} for one, name in zip(facts["files"], names, strict=True)]
    return facts | {"files": files}


def _read_me(tracked: TrackedComplaint) -> str:
    member = tracked.sheet.member
    lines = [
        _("Ce dossier est la copie de ce que %(member)s garde avec votre demande %(reference)s.",
          member=member.name, reference=tracked.sheet.complaint.reference),
        _("demande.html : à lire. Ouvrez ce fichier avec un navigateur, même sans connexion."),
        _("demande.json : les mêmes données, pour un programme."),
        _("fichiers : les photos et les documents que vous avez envoyés."),
        _("Les notes de travail des équipes et ce que d'autres personnes ont écrit n'y sont pas."),
        _(HIDDEN),
        _("Pour corriger ou faire effacer une donnée, écrivez à : %(contact)s", contact=contact_of(tracked)),
    ]  # fmt: skip
    return "\n\n".join(lines) + "\n"


def contact_of(tracked: TrackedComplaint) -> str:
    """Return whom to write to about one's data."""
    member = tracked.sheet.member
    return member.privacy_contact or f"{member.name}, {member.phone}"


def _as_page(tracked: TrackedComplaint, data: own_data.OwnData, names: list[str]) -> str:
    return render_template(
        "tenant/own_copy_inside.html",
        complaint=tracked.sheet.complaint,
        member=tracked.sheet.member,
        sections=own_pages.sections(data.facts),
        history=own_pages.history(data.facts),
        files=names,
    )


def _page(tracked: TrackedComplaint, *, must_wait: bool = False, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "tenant/own_copy.html",
        tracked=tracked,
        member=tracked.sheet.member,
        complaint=tracked.sheet.complaint,
        contact=contact_of(tracked),
        hidden=_(HIDDEN),
        must_wait=must_wait,
    )
    return make_response(page, status)
