"""Every `flask …` command."""

from flask import Flask

from service.cli.audit import audit
from service.cli.catalogues import catalogues
from service.cli.clocks import clocks
from service.cli.database import database
from service.cli.demo import demo
from service.cli.doors import frames, introductions
from service.cli.duty import duty
from service.cli.endpoints import endpoints
from service.cli.incidents import incidents
from service.cli.keys import keys
from service.cli.mail import mail
from service.cli.model import model
from service.cli.network import network
from service.cli.patrimoine import patrimoine
from service.cli.people import operators, people
from service.cli.providers import providers
from service.cli.retention import retention
from service.cli.secrets import secrets
from service.cli.themes import themes
from service.cli.trends import trends
from service.cli.webhooks import webhooks


def register(app: Flask) -> None:
    """Attach the commands to the application."""
    for group in (
        audit,
        catalogues,
        clocks,
        database,
        demo,
        duty,
        endpoints,
        frames,
        incidents,
        introductions,
        keys,
        mail,
        model,
        network,
        operators,
        patrimoine,
        people,
        providers,
        retention,
        secrets,
        themes,
        trends,
        webhooks,
    ):
        app.cli.add_command(group)
