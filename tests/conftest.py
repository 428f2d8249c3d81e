"""Real PostgreSQL and Redis for every test that asks for them: one of each a session, one database a test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from classifier.config import CORPUS
from classifier.registry import Registry
from classifier.training import Sources, train
from service.adapters.clock import FrenchCalendar, SetClock, SystemRandom
from service.adapters.documents import DrawnDocuments
from service.adapters.drop import FolderDropBox
from service.adapters.identity_provider import OidcProviders
from service.adapters.mail import FolderMailer
from service.adapters.mail_in import Maildir
from service.adapters.open311 import HttpCivicClient
from service.adapters.outgoing import Outgoing
from service.adapters.pictures import PillowPictures
from service.adapters.queue import RememberingWaker
from service.adapters.sealing import FernetSealer
from service.adapters.sms import FolderSms
from service.adapters.webhooks import RememberingCaller
from service.app import create_app
from service.cli.database import alembic_config
from service.embedded.postgres import EmbeddedPostgres
from service.embedded.redis import EmbeddedRedis
from service.journey.ports import Ports
from service.models.database import db
from service.settings import Settings
from tests.reading import KeywordTextModel
from tests.warm import collect_late, collect_little, keep_warm
from tests.world import World, build_world

TEMPLATE = "seve_template"
ROOM = 2_000_000_000  # bytes
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # a Wednesday, twelve o'clock in Paris
_numbers = count(1)
# Files that take a minute or more with few tests: the others fill what is left, so that no process waits for them.
LONG = ("test_never_lose.py", "test_demo_installation.py", "test_killed_in_the_middle.py", "test_incident_flood.py")

collect_late()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """The tests are read: what they make from here on may be garbage."""
    collect_little()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of the test session, in memory where there is room: a test's database is then copied in no time."""
    memory = Path("/dev/shm")  # noqa: S108  Made by the kernel; the folder in it is ours alone.
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    with (
        tempfile.TemporaryDirectory(dir=memory if has_room else tmp_path_factory.mktemp("postgres")) as folder,
        EmbeddedPostgres(Path(folder), durable=False) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of the test session."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> World:
    """A migrated database with two members in it, from which each test gets its copy."""
    postgres.create_database(TEMPLATE)
    url = postgres.url("seve_owner", TEMPLATE)
    command.upgrade(alembic_config(url), "head")
    engine = create_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        world = build_world(session)
        session.commit()
    engine.dispose()
    return world


@pytest.fixture
def database(postgres: EmbeddedPostgres, template: World) -> Iterator[str]:
    """The name of a database of the test's own."""
    assert template
    name = f"test_{next(_numbers)}"
    postgres.create_database(name, template=TEMPLATE)
    yield name
    postgres.drop_database(name)


@pytest.fixture
def world(template: World, database: str) -> World:
    """What the test's database holds."""
    assert database
    return template


@pytest.fixture
def settings(postgres: EmbeddedPostgres, database: str, redis_url: str, tmp_path: Path) -> Settings:
    """The settings of a test: the role the application really uses, on the test's own database."""
    return Settings(
        database_url=postgres.url("seve_app", database),
        database_owner_url=postgres.url("seve_owner", database),
        redis_url=redis_url,
        secret_key="only for tests",
        base_url="http://localhost",
        smtp_url=None,
        mail_dir=tmp_path / "mail",
        mail_from="Sève <ne-pas-repondre@seve.example>",
        model_dir=tmp_path / "model",
        demo_file=tmp_path / "demo.json",
        encryption_keys=("only for tests too",),
        sms_dir=tmp_path / "sms",
        drop_dir=tmp_path / "drop",
        mail_in_dir=tmp_path / "mail-in",
        reply_domain="reponse.seve.example",
        releases_dir=tmp_path / "releases",
        operators_need_factor=False,
    )


@pytest.fixture
def clock() -> SetClock:
    """A clock that stands at noon."""
    return SetClock(NOON)


@pytest.fixture
def waker() -> RememberingWaker:
    """A queue nobody listens to."""
    return RememberingWaker()


@pytest.fixture
def caller() -> RememberingCaller:
    """The members' systems."""
    return RememberingCaller()


@pytest.fixture
def ports(settings: Settings, clock: SetClock, waker: RememberingWaker, caller: RememberingCaller) -> Ports:
    """The local twin of everything outside."""
    return Ports(
        clock=clock,
        calendar=FrenchCalendar(),
        text_model=KeywordTextModel(),
        waker=waker,
        mailer=FolderMailer(settings.mail_dir, settings.mail_from),
        mail_in=Maildir(settings.mail_in_dir),
        sms=FolderSms(settings.sms_dir),
        caller=caller,
        civic=HttpCivicClient(Outgoing(("127.0.0.0/8",))),
        identity_providers=OidcProviders(Outgoing(("127.0.0.0/8",), deadline=2), clock),
        drop_box=FolderDropBox(settings.drop_dir),
        sealer=FernetSealer(settings.encryption_keys),
        pictures=PillowPictures(),
        documents=DrawnDocuments(),
        random=SystemRandom(),
        base_url=settings.base_url,
        secret_key=settings.secret_key,
        reply_domain=settings.reply_domain,
        operators_need_factor=settings.operators_need_factor,
    )


@pytest.fixture(scope="session", autouse=True)
def _warm() -> Iterator[None]:
    """What every application works out alike is worked out once."""
    with pytest.MonkeyPatch.context() as patch:
        keep_warm(patch)
        yield


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """The compiled templates of the session: each test has an application of its own, that would compile them again."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(settings: Settings, ports: Ports, compiled_pages: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The application on the test's database."""
    app = create_app(settings, ports)
    app.jinja_env.bytecode_cache = compiled_pages
    app.testing = True
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture(scope="session")
def trained_model(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A text model really trained, on a dozen messages a category: for tests that need one, not a good one.

    Trained by the first process of the session that needs it, read by all.
    """
    session = tmp_path_factory.getbasetemp()
    session = session if worker_id == "master" else session.parent
    corpus, registry = session / "few-messages", Registry(session / "few-trained")
    with (session / "few.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not registry.has_champion():
            _train_on_few(corpus, registry)
    return registry.directory


def _train_on_few(corpus: Path, registry: Registry) -> None:
    corpus.mkdir(exist_ok=True)
    for path in CORPUS.glob("*.jsonl"):
        # Spread over the file, so that several authors are in it.
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (corpus / path.name).write_text("".join(lines[:: max(1, len(lines) // 14)]), encoding="utf-8")
    registry.promote(train(Sources(corpus), registry, lambda _: None).version)
