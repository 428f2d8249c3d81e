"""The administration of a member: one page that leads to its sections."""

from dataclasses import dataclass

from flask import render_template

from service.domain.permissions import Act
from service.staff.route import page


@dataclass(frozen=True)
class Section:
    """One part of the administration: the endpoint of its first page, its name, and what is done there."""

    endpoint: str
    name: str
    what: str
    act: Act = Act.ADMINISTER


SECTIONS: tuple[Section, ...] = ()


def administration() -> str:
    """Show what may be administered."""
    return render_template("staff/admin/home.html", sections=SECTIONS)


ROUTES = (page("/administration", administration, Act.SUPERVISE),)
