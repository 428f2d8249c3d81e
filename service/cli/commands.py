"""Every `flask …` command."""

from flask import Flask

from service.cli.database import database
from service.cli.demo import demo
from service.cli.keys import keys
from service.cli.model import model
from service.cli.trends import trends
from service.cli.webhooks import webhooks


def register(app: Flask) -> None:
    """Attach the commands to the application."""
    for group in (database, demo, keys, model, trends, webhooks):
        app.cli.add_command(group)
