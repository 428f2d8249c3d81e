"""What a test session keeps from one application to the next: each test has one of its own, made anew.

Nothing here stands in for a part of Sève. The same addresses, statements and description are worked out from the same
code for every application: they are worked out once. And what the collection of the tests left in memory is looked
through once, not each time the garbage is collected.
"""

import gc
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_smorest import Api
from flask_smorest.blueprint import Blueprint
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from service.journey.people import accounts

STATEMENTS = 5_000  # compiled statements; what all pages and steps say to the database is about two thousand
YOUNG = 50_000  # objects made before the collector looks: an application is about thirty thousand
# What a password is held against where nobody has the address: like those of the people of the tests, soon checked.
_NOBODY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("nobody")


def collect_late() -> None:
    """Let the tests be read without a look for garbage: what is made then stays to the end."""
    gc.disable()


def collect_little() -> None:
    """Look for garbage again, in what the tests make: what is there already stays."""
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()


def keep_warm(patch: pytest.MonkeyPatch) -> None:
    """Keep addresses, statements and description, and let no guess take a tenth of a second."""
    patch.setattr(Rule, "compile", _compiled_once(Rule.compile))
    patch.setattr(SQLAlchemy, "_make_engine", _speaking_alike(SQLAlchemy._make_engine))
    patch.setattr(accounts, "_NOBODY", _NOBODY)
    patch.setattr(Blueprint, "register_views_in_doc", _described_once(Blueprint.register_views_in_doc))


def _compiled_once(compile_one: Callable[[Rule], None]) -> Callable[[Rule], None]:
    """The parts of an address are half of what making an application takes."""
    made: dict[Hashable, Rule] = {}

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, tuple((rule.defaults or {}).items()))
        if key not in made:
            compile_one(rule)
            made[key] = rule
            return
        known = made[key]
        rule._parts, rule._trace, rule._converters = known._parts, known._trace, known._converters
        rule.arguments |= known.arguments
        rule._build = partial(known._build.__func__, rule)  # type: ignore[attr-defined]
        rule._build_unknown = partial(known._build_unknown.__func__, rule)  # type: ignore[attr-defined]

    return compile_once


def _speaking_alike(make: Callable[..., Engine]) -> Callable[..., Engine]:
    """All applications speak to the same PostgreSQL: what the first learnt of it, and how it says things, serves all.

    Connections are each application's own.
    """
    first: list[Engine] = []

    def make_alike(database: SQLAlchemy, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        if not first:
            engine = make(database, bind_key, {**options, "query_cache_size": STATEMENTS}, app)
            event.listen(engine, "connect", lambda *_: first.append(engine), once=True)
            return engine
        engine = make(database, bind_key, {**options, "_initialize": False}, app)
        engine.dialect = engine.pool._dialect = first[0].dialect
        engine._compiled_cache = first[0]._compiled_cache
        return engine

    return make_alike


def _described_once(describe: Callable[..., None]) -> Callable[..., None]:
    """The description of an API is drawn from its views, that are the same in every application."""
    described: dict[str, Any] = {}

    def describe_once(views: Blueprint, api: Api, app: Flask, spec: Any, **how: Any) -> None:
        if how["name"] in described:
            api.spec = described[how["name"]]
            return
        describe(views, api, app, spec, **how)
        described[how["name"]] = spec

    return describe_once
