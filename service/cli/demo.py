"""`flask demo …`: the demonstration network."""

from flask.cli import AppGroup

demo = AppGroup("demo", help="The demonstration network.")
