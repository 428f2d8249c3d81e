"""The audit log of the member: who changed what of how it works, and when; as a page, and as a file."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask import Response, g, render_template, request

from service.domain.audit import ACTIONS, changes
from service.domain.permissions import Act
from service.journey.administration import audit
from service.journey.submission.submission import PARIS
from service.journey.transactions import member_transaction
from service.models.oversight import AuditEntry
from service.staff.period import Period, read_period
from service.staff.request_context import now, today
from service.staff.route import page

HEADER = ("Numéro", "Date", "Qui", "Quoi", "Sujet", "Avant", "Après", "Empreinte")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute a cell that begins so
ACTORS = {"system": "Sève", "command": "Exploitation (ligne de commande)"}


def show_log() -> str:
    """Show the entries, the latest first."""
    period, query = read_period(request.args), _query()
    before = request.args.get("avant", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < len(str(2**31)) else None
    with member_transaction(g.staff.member_id) as session:
        found = audit.entries(session, g.staff.member_id, query, number).all()
        names = audit.actors(session, g.staff.member_id)
    shown = found[: audit.SHOWN]
    address = _address(period)
    return render_template(
        "staff/admin/log.html", found=shown, changes=changes, actions=ACTIONS, actor=actor, names=names,
        period=period, address=address,
        following=address | {"avant": shown[-1].number} if len(found) > audit.SHOWN else None,
    )  # fmt: skip


def give_log() -> Response:
    """Give what the page shows, whole, as a file; that somebody took it is written down."""
    with member_transaction(g.staff.member_id) as session:
        rows = [_row(one) for one in audit.entries(session, g.staff.member_id, _query(), most=None)]
        if request.method == "GET":
            who, taken = audit.Actor(g.staff.name, g.staff.id), {"lignes": len(rows)}
            audit.write(session, g.staff.member_id, who, "exported", "Journal des changements", at=now(), after=taken)
    response = Response("\ufeff" + _as_csv([HEADER, *rows]), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="journal-{today().isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _query() -> audit.Query:
    asked = read_period(request.args).asked
    words, name = request.args.get("quoi", "").strip(), request.args.get("qui", "").strip()
    return audit.Query(name, words.replace("\x00", ""), asked.since, asked.until)


def _address(period: Period) -> dict[str, Any]:
    """Return the parameters that lead to this very list."""
    days = {"du": period.asked.since, "au": period.asked.until}
    words = {name: request.args.get(name, "").strip() for name in ("qui", "quoi")}
    return {name: str(value) for name, value in {**days, **words}.items() if value}


def actor(name: str) -> str:
    """Return who it was, as people read it."""
    return ACTORS.get(name, name)


def _row(entry: AuditEntry) -> tuple[str, ...]:
    lines = changes(entry.before, entry.after)
    return (
        str(entry.number),
        entry.at.astimezone(PARIS).strftime("%d/%m/%Y %H:%M:%S"),
        actor(entry.actor),
        ACTIONS.get(entry.action, entry.action),
        entry.subject,
        " | ".join(f"{one.name} : {one.before}" for one in lines if one.before is not None),
        " | ".join(f"{one.name} : {one.after}" for one in lines if one.after is not None),
        entry.digest,
    )


def _as_csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    harmless = ([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(harmless)
    return text.getvalue()


ROUTES = (
    page("/administration/journal", show_log, Act.ADMINISTER, name="admin_log"),
    page("/administration/journal.csv", give_log, Act.ADMINISTER, name="admin_log_file"),
)
