"""Every `flask …` command."""

from flask import Flask

from service.cli.database import database
from service.cli.demo import demo
from service.cli.keys import keys
from service.cli.trends import trends


def register(app: Flask) -> None:
    """Attach the commands to the application."""
    for group in (database, demo, keys, trends):
        app.cli.add_command(group)
