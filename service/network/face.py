"""The network face."""

from flask import Blueprint, Flask
from flask_wtf import CSRFProtect

blueprint = Blueprint("network", __name__, template_folder="templates")


def register(app: Flask, csrf: CSRFProtect) -> None:
    """Attach the face."""
    app.register_blueprint(blueprint)
    csrf.exempt(blueprint)
