"""`flask mail …`: taking in answers to our mails."""

import logging
import sys
from dataclasses import replace

import click
from flask import current_app
from flask.cli import AppGroup

from service.journey.news import replies
from service.journey.ports import MailUnreadable

mail = AppGroup("mail", help="Answers to our mails.")
# What mail servers understand (sysexits.h).
TAKEN, REFUSED, TRY_AGAIN = 0, 65, 75
log = logging.getLogger(__name__)


@mail.command()
@click.option("--to", "recipient", default="", help="The address it was sent to, when the mail server gives it.")
@click.pass_context
def receive(context: click.Context, recipient: str) -> None:
    """Take one mail from standard input: exits 0 when taken, 65 when refused, 75 when it should be tried again."""
    context.exit(_take(sys.stdin.buffer.read(), recipient))


def _take(raw: bytes, recipient: str) -> int:
    ports = current_app.extensions["seve"].ports
    try:
        incoming = ports.mail_in.read(raw)
        if recipient:
            incoming = replace(incoming, recipients=(recipient, *incoming.recipients))
        outcome = replies.receive(incoming, ports)
    except MailUnreadable as reason:
        log.warning("mail_refused unreadable %s", reason)
        return REFUSED
    except Exception:
        log.exception("mail_broke_off")
        return TRY_AGAIN
    log.info("mail_in %s %s", incoming.key, outcome)
    return REFUSED if outcome.is_refused else TAKEN


@mail.command()
def collect() -> None:
    """Take the mails that wait in the Maildir now, as the clock does."""
    count = replies.collect(current_app.extensions["seve"].ports)
    click.echo(f"{count} message(s) lu(s).")
