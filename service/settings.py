"""Everything the environment decides, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SettingMissing(Exception):
    """A setting without which nothing can start; the message says which and how to mend it."""


@dataclass(frozen=True, repr=False)
class Settings:
    """What one process needs to know. Never printed: it holds passwords."""

    database_url: str  # the role the application uses: seve_app, or one that may become it
    database_owner_url: str  # the role that owns the tables: migrations and the demo only
    redis_url: str
    secret_key: str
    base_url: str  # as people see us, without a final slash
    smtp_url: str | None  # smtp://user:password@host:port, smtps:// for TLS from the start; None writes to mail_dir
    mail_dir: Path
    mail_from: str
    model_dir: Path
    demo_file: Path
    encryption_keys: tuple[str, ...] = ()  # of secrets at rest; the first seals, all of them open
    sms_url: str | None = None  # a gateway that takes JSON; None writes to sms_dir
    sms_dir: Path = ROOT / "var" / "sms"
    drop_dir: Path = ROOT / "var" / "drop"
    mail_in_dir: Path = ROOT / "var" / "mail-in"  # a Maildir where answers to our mails arrive
    reply_domain: str = ""
    trends_secret: str = ""  # names households in the figures of the network; empty: made from secret_key
    releases_dir: Path = ROOT / "var" / "releases"  # what was published, beside the database
    outgoing_allowed: tuple[str, ...] = ()  # networks of ours that endpoints may stand in: 10.1.0.0/16
    trusted_proxies: int = 0  # proxies of ours in front, whose X-Forwarded-For is believed
    operators_need_factor: bool = True  # a password alone opens nothing to operators

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over https."""
        return self.base_url.startswith("https://")


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise SettingMissing(f"{name} n'est pas défini. « make run » s'en charge ; en production : docs/operations.md.")
    return value


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _networks(value: str) -> tuple[str, ...]:
    networks = _list(value)
    for network in networks:
        try:
            ip_network(network)
        except ValueError as error:
            raise SettingMissing(f"OUTGOING_ALLOWED : « {network} » n'est pas un réseau, comme 10.1.0.0/16.") from error
    return networks


def _operators_need_factor(value: str) -> bool:
    """Return what is asked of operators: a second factor, unless « optional » is written out, as « make run » does."""
    if value not in {"", "required", "optional"}:
        raise SettingMissing("OPERATORS_SECOND_FACTOR vaut « required » ou « optional ».")
    return value != "optional"


def _psycopg(url: str) -> str:
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings.

    Raises
    ------
    SettingMissing
        When DATABASE_URL, REDIS_URL or SECRET_KEY is absent, or a setting is none we know.

    """
    var = Path(environ.get("VAR_DIR", ROOT / "var"))
    database_url = _psycopg(_needed(environ, "DATABASE_URL"))
    return Settings(
        database_url=database_url,
        database_owner_url=_psycopg(environ.get("DATABASE_OWNER_URL", database_url)),
        redis_url=_needed(environ, "REDIS_URL"),
        secret_key=_needed(environ, "SECRET_KEY"),
        base_url=environ.get("BASE_URL", f"http://127.0.0.1:{environ.get('PORT', '8000')}").rstrip("/"),
        smtp_url=environ.get("SMTP_URL") or None,
        mail_dir=Path(environ.get("MAIL_DIR", var / "mail")),
        mail_from=environ.get("MAIL_FROM", "Sève <ne-pas-repondre@seve.example>"),
        model_dir=Path(environ.get("MODEL_DIR", var / "model")),
        demo_file=var / "demo.json",
        encryption_keys=_list(environ.get("ENCRYPTION_KEYS", "")) or (_needed(environ, "SECRET_KEY"),),
        sms_url=environ.get("SMS_URL") or None,
        sms_dir=Path(environ.get("SMS_DIR", var / "sms")),
        drop_dir=Path(environ.get("DROP_DIR", var / "drop")),
        mail_in_dir=Path(environ.get("MAIL_IN_DIR", var / "mail-in")),
        reply_domain=environ.get("REPLY_DOMAIN", ""),
        trends_secret=environ.get("TRENDS_SECRET", ""),
        releases_dir=Path(environ.get("RELEASES_DIR", var / "releases")),
        outgoing_allowed=_networks(environ.get("OUTGOING_ALLOWED", "")),
        trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
        operators_need_factor=_operators_need_factor(environ.get("OPERATORS_SECOND_FACTOR", "")),
    )
