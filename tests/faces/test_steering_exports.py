"""The pages of steering and the files made of them: who reads, what they hold, and that none is lost or doubled."""

import csv
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.adapters.queue import LANES, RememberingWaker
from service.domain.errors import NotAllowed
from service.journey import pruning
from service.journey.ports import Ports
from service.journey.steering import export_making, export_rows, exports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.oversight import AuditEntry, ComplaintView
from service.models.people import Staff
from service.models.workspace import Export, ExportPiece
from tests.faces.test_staff import Desk, submit
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PAGE, MINE = "/equipe/pilotage", "/equipe/exports"
FORMULA = "=HYPERLINK(1) radiateur froid"


@pytest.fixture
def boss(app: Flask, world: World) -> Desk:
    """A supervisor at work, with a few complaints of theirs, one of which is a formula."""
    client = app.test_client()
    for text in ("Le radiateur est froid", FORMULA, "Mon loyer a augmenté"):
        submit(client, world.first, text, name="+33 Martin", email="m@poste.example")
    submit(client, world.second, "Le radiateur est froid CANARI")
    desk = Desk(app.test_client())
    assert desk.sign_in("responsable@amont.example").status_code == 303
    return desk


def asked(desk: Desk, **fields: str) -> None:
    """Ask for a file of all complaints, or what the fields say."""
    fields = {"format": "csv"} | fields
    answer = desk.send(MINE, f"{MINE}?vue=toutes", **fields)
    assert (answer.status_code, answer.location) == (303, MINE), answer.text


def latest(app: Flask, member: MemberWorld) -> Export:
    with app.app_context(), member_transaction(member.id) as session:
        return session.scalars(select(Export).order_by(Export.made_at.desc())).first() or pytest.fail("none")


def made(app: Flask, member: MemberWorld, ports: Ports) -> Export:
    with app.app_context():
        export_making.make(member.id, latest(app, member).id, ports)
    return latest(app, member)


def fetched(desk: Desk, export: Export) -> TestResponse:
    return desk.send(MINE, f"{MINE}/{export.id}/fichier")


def rows_of(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.status_code
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def test_the_pages_are_for_those_who_steer(app: Flask, world: World, boss: Desk) -> None:
    for tab in ("volumes", "delais", "orientation", "prestataires", "residences", "satisfaction", "modele"):
        page = boss.read(f"{PAGE}?page={tab}&periode=mois")
        assert 'aria-current="page"' in page
        assert "Ana Vidal" not in page  # no figure is by person, and nobody else is named here
    agent = Desk(app.test_client())
    agent.sign_in(world.first.agent_email)
    assert agent.client.get(PAGE).status_code == 403
    assert agent.client.get(MINE).status_code == 403


def test_a_figure_on_the_page_leads_to_a_list_as_long(boss: Desk) -> None:
    page = boss.read(f"{PAGE}?page=volumes&periode=mois")
    links = re.findall(r'<a href="(/equipe/\?[^"]*chiffre=[^"]*)">(\d+)</a>', page)
    assert {"3", "1", "2"} <= {figure for _, figure in links}
    for url, figure in links:
        found = boss.read(url.replace("&amp;", "&"))
        words = "Aucune demande" if figure == "0" else f"{figure} demande"
        assert words in found or f"{figure}\u00a0demande" in found, (url, figure)


def test_what_cannot_be_read_in_the_address_is_named(boss: Desk) -> None:
    for query, said in (
        ("du=hier&au=2026-11-01", "Donnez une date"),
        ("du=2026-11-02&au=2026-11-01", "avant la date de début"),
        ("du=2020-11-02&au=2026-11-01", "trois ans au plus"),
        ("equipe=personne", "Choisissez une réponse dans la liste"),
        ("theme=x", "Choisissez une réponse dans la liste"),
    ):
        assert said in boss.read(f"{PAGE}?{query}").replace("&#39;", "'"), query


def test_a_table_is_sorted_by_its_links(boss: Desk) -> None:
    down = boss.read(f"{PAGE}?page=volumes&periode=mois&tri=sujets.1")
    up = boss.read(f"{PAGE}?page=volumes&periode=mois&tri=sujets.1&sens=croissant")
    assert 'aria-sort="descending"' in down
    assert 'aria-sort="ascending"' in up
    table = re.compile(r'id="sujets".*?</table>', re.DOTALL)
    heads = [re.findall(r'<th scope="row">([^<]+)</th>', table.findall(page)[0]) for page in (down, up)]
    assert heads[0] == heads[1][::-1] != heads[1]


def test_a_list_becomes_a_file_of_exactly_what_is_filtered(
    app: Flask, world: World, boss: Desk, ports: Ports, waker: RememberingWaker
) -> None:
    chooser = boss.send(MINE, f"{MINE}?vue=toutes&categorie=chauffage")
    assert chooser.status_code == 200
    assert "Exporter en XLSX" in chooser.text
    answer = boss.send(MINE, f"{MINE}?vue=toutes&categorie=chauffage", format="csv", colonne="reference")
    assert answer.status_code == 303
    assert (world.first.id, latest(app, world.first).id) in waker.woken
    export = made(app, world.first, ports)
    assert (export.status, export.rows) == ("ready", 2)
    rows = rows_of(fetched(boss, export))
    with app.app_context(), member_transaction(world.first.id) as session:
        wanted = session.scalars(
            select(Complaint.reference)
            .where(Complaint.category == "chauffage")
            .order_by(Complaint.submitted_at.desc(), Complaint.id.desc())
        ).all()
    assert rows[0][0] == "Référence"
    assert rows[1:] == [[reference, ""] for reference in wanted]
    assert "Exporté par Rémi Sorel" in rows[0][1]
    assert "Sujet : Chauffage" in rows[0][1]
    assert 'href="/equipe/?vue=toutes&amp;categorie=chauffage">Revenir à la liste</a>' in boss.read(MINE)


def test_a_file_holds_no_formula_and_nothing_of_another_member(
    app: Flask, world: World, boss: Desk, ports: Ports
) -> None:
    columns = {"colonne": ["message", "nom", "recue", "passages"]}
    asked(boss, format="csv", **columns)  # type: ignore[arg-type]
    answer = fetched(boss, made(app, world.first, ports))
    assert "CANARI" not in answer.text
    cells = [cell for row in rows_of(answer) for cell in row]
    assert f"'{FORMULA}" in cells
    assert "'+33 Martin" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert any(re.fullmatch(r"2026-11-25 12:00:00", cell) for cell in cells)


def test_a_workbook_has_real_dates_a_frozen_header_and_says_where_it_comes_from(
    app: Flask, world: World, boss: Desk, ports: Ports, clock: SetClock
) -> None:
    asked(boss, format="xlsx", colonne="recue")
    content = fetched(boss, made(app, world.first, ports)).data
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(content))
    table, about = (sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names)
    assert table[0] == ["Reçue le"]
    assert table[1] == [datetime(2026, 11, 25, 12, 0)]  # noqa: DTZ001  Of Paris, as a sheet has it.
    assert "Exporté par Rémi Sorel" in str(about[0][0])
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in sheet
    assert '<autoFilter ref="A1:A4"' in sheet
    clock.forward(timedelta(seconds=1))
    asked(boss, format="xlsx", colonne="message")
    content = fetched(boss, made(app, world.first, ports)).data
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert [f"'{FORMULA}"] in book.get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_table_of_steering_becomes_a_file(app: Flask, world: World, boss: Desk, ports: Ports) -> None:
    fields = {"kind": "steering", "page": "volumes", "table": "sujets", "du": "2026-11-01", "au": "2026-11-25"}
    asked(boss, **fields)
    export = made(app, world.first, ports)
    rows = rows_of(fetched(boss, export))
    assert rows[0][:2] == ["Sujet", "Reçues"]
    assert ["Chauffage", "2"] in [row[:2] for row in rows]
    asked(boss, **fields | {"table": "inconnu"})
    with app.app_context(), member_transaction(world.first.id) as session:
        waiting = session.scalars(select(Export.id).where(Export.status == "waiting")).one()
    with app.app_context():
        export_making.make(world.first.id, waiting, ports)
        with member_transaction(world.first.id) as session:
            assert session.get_one(Export, waiting).failure == "unreadable"
    assert "n'existe plus" in boss.read(MINE).replace("&#39;", "'")


def test_only_who_asked_fetches_and_it_is_written_down(app: Flask, world: World, boss: Desk, ports: Ports) -> None:
    asked(boss)
    export = made(app, world.first, ports)
    for email in ("responsable@aval.example", "autre@amont.example"):
        if email.startswith("autre"):
            with app.app_context(), member_transaction(world.first.id) as session:
                session.execute(
                    update(Staff).where(Staff.id == world.first.agent_id).values(role="administrator", email=email)
                )
        other = Desk(app.test_client())
        assert other.sign_in(email).status_code == 303
        assert fetched(other, export).status_code == 404
        assert str(export.id) not in other.read(MINE)
    assert fetched(boss, export).status_code == 200
    assert latest(app, world.first).fetched_at
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["exported"]
        assert session.scalar(select(func.count()).select_from(ComplaintView)) == 3


@pytest.mark.parametrize("since", [{"is_marked": True}, {"erased_at": datetime(2026, 11, 25, tzinfo=UTC)}])
@pytest.mark.parametrize("most", [1000, 0])  # of each line its complaint is known, or of so many none
def test_a_file_is_erased_once_something_in_it_may_no_longer_be_seen(
    app: Flask, world: World, boss: Desk, ports: Ports, monkeypatch: pytest.MonkeyPatch, most: int,
    since: dict[str, object],
) -> None:  # fmt: skip
    monkeypatch.setattr(export_making, "ONE_BY_ONE", most)
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.agent_id).is_named = True
    asked(boss)
    export = made(app, world.first, ports)
    assert fetched(boss, export).status_code == 200
    with app.app_context(), member_transaction(world.first.id) as session:
        session.execute(update(Complaint).where(Complaint.text == FORMULA).values(**since))
    answer = fetched(boss, export)
    assert (answer.status_code, answer.location) == (303, MINE)
    assert "Refaites l'export" in boss.read(MINE).replace("&#39;", "'")
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalar(select(func.count()).select_from(ExportPiece)) == 0
        assert session.scalars(select(AuditEntry.action)).all() == ["exported"]
    assert fetched(boss, export).status_code == 404


def test_what_was_looked_for_is_not_written_down_with_a_file(
    app: Flask, world: World, boss: Desk, ports: Ports
) -> None:
    answer = boss.send(MINE, f"{MINE}?vue=toutes&cherche=radiateur", format="csv", colonne="message")
    assert answer.status_code == 303
    assert "radiateur" in rows_of(fetched(boss, made(app, world.first, ports)))[1][0]
    with app.app_context(), member_transaction(world.first.id) as session:
        (subject,) = session.scalars(select(AuditEntry.subject)).all()
    assert "recherche : oui" in subject
    assert "radiateur" not in subject


@pytest.mark.parametrize("since", [{"role": "agent"}, {"is_active": False}])
def test_who_may_no_longer_gets_no_file(
    app: Flask, world: World, boss: Desk, ports: Ports, since: dict[str, object]
) -> None:
    asked(boss)
    with app.app_context(), member_transaction(world.first.id) as session:
        session.execute(update(Staff).where(Staff.id == world.first.supervisor_id).values(**since))
    export = made(app, world.first, ports)
    assert (export.status, export.failure) == ("failed", "not_allowed")


def test_sensitive_complaints_are_in_no_file_of_who_is_not_named(
    app: Flask, world: World, boss: Desk, ports: Ports
) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        session.execute(update(Staff).where(Staff.id == world.first.agent_id).values(is_named=True))
        session.execute(update(Complaint).where(Complaint.category == "loyer").values(is_marked=True))
    asked(boss, colonne="sujet")
    rows = rows_of(fetched(boss, made(app, world.first, ports)))
    assert rows[1:] == [["Chauffage", ""]] * 2
    assert "Hors dossiers réservés" in boss.read(PAGE)


def test_twice_is_harmless_and_one_that_was_killed_begins_anew(
    app: Flask, world: World, boss: Desk, ports: Ports, clock: SetClock, monkeypatch: pytest.MonkeyPatch,
    waker: RememberingWaker,
) -> None:  # fmt: skip
    asked(boss)
    with monkeypatch.context() as broken:
        broken.setattr(export_making, "_keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            made(app, world.first, ports)
    assert (latest(app, world.first).status, latest(app, world.first).rows) == ("waiting", 3)
    assert made(app, world.first, ports).status == "waiting"  # somebody seems to be at it
    clock.forward(exports.CLAIM + timedelta(seconds=1))
    waker.woken.clear()
    with app.app_context():
        exports.wake_waiting(ports)
    assert waker.woken == [(world.first.id, latest(app, world.first).id)]
    assert made(app, world.first, ports).status == made(app, world.first, ports).status == "ready"
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalar(select(func.count()).select_from(ExportPiece)) == 1


def test_two_workers_make_one_file(
    app: Flask, world: World, boss: Desk, ports: Ports, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(boss)
    keep, others = export_making._keep, list[int]()

    def slow(work: export_making.Work, path: object, ids: list[UUID]) -> None:
        if not others:
            others.append(1)
            clock.forward(exports.CLAIM + timedelta(seconds=1))
            export_making.make(world.first.id, work.export.id, ports)  # the other one thinks that we are dead
        keep(work, path, ids)  # type: ignore[arg-type]

    monkeypatch.setattr(export_making, "_keep", slow)
    assert made(app, world.first, ports).status == "ready"
    with app.app_context(), member_transaction(world.first.id) as session:
        assert session.scalar(select(func.count()).select_from(ExportPiece)) == 1


def test_a_long_list_is_walked_through_whole(
    app: Flask, world: World, boss: Desk, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 1)
    monkeypatch.setattr(export_making, "PIECE", 16)
    asked(boss, colonne="reference")
    rows = rows_of(fetched(boss, made(app, world.first, ports)))
    assert len({row[0] for row in rows[1:]}) == 3


def test_a_file_is_kept_for_a_week_and_then_erased(
    app: Flask, world: World, boss: Desk, ports: Ports, clock: SetClock
) -> None:
    asked(boss)
    export = made(app, world.first, ports)
    clock.forward(exports.KEPT)
    again = Desk(app.test_client())
    again.sign_in("responsable@amont.example")
    assert fetched(again, export).status_code == 404
    with app.app_context():
        pruning.prune(ports)
        with member_transaction(world.first.id) as session:
            assert session.scalar(select(func.count()).select_from(ExportPiece)) == 0
    assert latest(app, world.first).status == "expired"
    assert "Son contenu est effacé" in again.read(MINE)


def test_nobody_fills_the_queue_alone(app: Flask, world: World, boss: Desk, ports: Ports) -> None:
    for _ in range(exports.MOST_WAITING):
        asked(boss)
    wish = exports.Wish("complaints", "Demandes", {}, "csv")
    with app.app_context(), pytest.raises(NotAllowed):
        exports.ask(world.first.id, world.first.supervisor_id, wish, ports)
    asked(boss)
    assert "attendent déjà" in boss.read(MINE)


def test_exports_have_a_lane_of_their_own() -> None:
    assert exports.LANE in LANES
