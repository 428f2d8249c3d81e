"""The pages of the routing table: read it, read a version, see what a draft would have done."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import g, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.default_rules import default_rules
from service.domain.errors import NotFound
from service.domain.permissions import LEADERS
from service.domain.routing import Rule, Table
from service.domain.submission import MAX_REASON
from service.domain.table_review import silent_lines, subjects_without_desk
from service.journey.routing.routing_drafts import draft_of
from service.journey.routing.routing_table import desks_of, lines_of, version_in_force, versions
from service.journey.routing.simulation import DAYS, simulate
from service.journey.transactions import member_transaction
from service.models.people import Staff
from service.models.routing import RoutingVersion
from service.staff.request_context import ports
from service.staff.rules import rule_wording
from service.staff.rules.rule_wording import Names, names_of


def rules() -> str:
    """Show the rules in force, the network's, and the versions."""
    return table_page(None)


def rule_version(version_id: UUID) -> str:
    """Show one version: published, or the draft with the means to change it."""
    return table_page(version_id)


def table_page(version_id: UUID | None, errors: Mapping[str, str] | None = None) -> str:
    """Return the page of a version, of the one in force when none is named."""
    with member_transaction(g.staff.member_id) as session:
        version = version_of(session, version_id) if version_id else version_in_force(session)
        own = lines_of(session, version.id) if version else []
        table, names, draft = Table(own, default_rules()), names_of(session), draft_of(session)
        return render_template(
            "staff/rules.html",
            is_home=version_id is None,
            version=version,
            draft=draft,
            is_mine=bool(draft and draft.author_id == g.staff.id),
            is_supervisor=g.staff.role in LEADERS,
            people={staff.id: staff.name for staff in session.scalars(select(Staff))},
            versions=versions(session),
            own=own,
            defaults=default_rules(),
            warnings=_warnings(table, names),
            without_desk=subjects_without_desk(table, desks_of(session)),
            names=names,
            say=rule_wording,
            new_line=uuid4(),
            typed=request.form,
            errors=errors or {},
            max_reason=MAX_REASON,
        )


def version_of(session: Session, version_id: UUID) -> RoutingVersion:
    """Return a version of the member; NotFound for any other."""
    version = session.get(RoutingVersion, version_id)
    if version is None:
        raise NotFound("version")
    return version


def _warnings(table: Table, names: Names) -> dict[UUID, str]:
    """Return why lines never fire, in words."""
    rules = {rule.id: rule for rule in table.rules}
    return {
        rule_id: _warning(rules[rule_id], silence.code, silence.hidden_by)
        for rule_id, silence in silent_lines(table.rules, names.spots).items()
    }


def _warning(rule: Rule, code: str, hidden_by: Rule | None) -> str:
    if hidden_by is None:
        return rule_wording.SILENCES[code]
    if rule.is_default:
        return f"Remplacée par votre règle n° {hidden_by.position}."
    return f"Cette règle ne peut jamais servir : la règle n° {hidden_by.position} prend déjà tout ce qu'elle demande."


def simulation(version_id: UUID) -> str:
    """Show what a version would have done to the complaints of the last months."""
    with member_transaction(g.staff.member_id) as session:
        version = version_of(session, version_id)
        found = simulate(session, version, ports())
        return render_template(
            "staff/rules_simulation.html",
            version=version,
            found=found.comparison,
            by_person=found.by_person,
            names=names_of(session),
            say=rule_wording,
            days=DAYS,
        )
