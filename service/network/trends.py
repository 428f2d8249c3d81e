"""The page of trends."""

from flask import render_template

from service.journey.snapshots import read_snapshots


def show() -> str:
    """Show what was published, or say that nothing is yet."""
    if not read_snapshots("C1"):
        return render_template("network/nothing.html")
    return render_template("network/nothing.html")
