"""The description of the network's interface, for programs and for those who write them (OpenAPI 3.1)."""

from typing import Any

from service.domain.products import PRODUCTS

_TEXT: dict[str, Any] = {"type": "string"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_WHOLE: dict[str, Any] = {"type": "integer"}
_NUMBER: dict[str, Any] = {"type": "number"}
_YES: dict[str, Any] = {"type": "boolean"}


def describe() -> dict[str, Any]:
    """Return the description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sève, tendances du réseau",
            "version": "v1",
            "description": "Ce qui est publié, en lecture seule. Une clé s'obtient auprès de l'exploitation de Sève.",
        },
        "servers": [{"url": "/reseau/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Table": _table(), "Row": _row(), "Problem": _problem()},
        },
    }


def _paths() -> dict[str, Any]:
    product = {"type": "string", "enum": list(PRODUCTS)}
    return {
        "/products": _get("Les tableaux et leurs périodes.", {"products": _list_of({"type": "object"})}),
        "/dictionary": _get("Ce que veut dire chaque code.", {"codes": {"type": "object"}}),
        "/releases": _get("Tous les tableaux publiés, dans l'ordre.", {"releases": _list_of({"type": "object"})}),
        "/tables/{product}/{period}": _get(
            "Un tableau d'une période. « period » est le premier jour, par exemple 2026-10-01.",
            None,
            [_in_path("product", product), _in_path("period", _DAY)],
        ),
        "/ledger": _get("Ce que douze mois ont pu coûter à un foyer.", {"worst_rho": _NUMBER, "promised_rho": _NUMBER}),
        "/verify": _get("La chaîne des tableaux est-elle intacte ?", {"is_intact": _YES, "tables": _WHOLE}),
    }


def _get(
    summary: str, properties: dict[str, Any] | None, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties} if properties else {"$ref": "#/components/schemas/Table"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refusals = {"401": "Clé absente, fausse ou révoquée.", "429": "Trop d'appels : voir « Retry-After »."}
    if parameters:
        refusals["404"] = "Ce tableau n'est pas publié."
    return {
        "get": {
            "summary": summary,
            "parameters": parameters or [],
            "responses": {
                "200": {
                    "description": "Trouvé. « ETag » change quand le contenu change.",
                    "content": {"application/json": {"schema": schema}},
                },
                "304": {"description": "Inchangé depuis « If-None-Match »."},
                **{code: {"description": words, "content": problem} for code, words in refusals.items()},
            },
        }
    }


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _list_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _or_nothing(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _table() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "product": _TEXT, "label": _TEXT, "length": _TEXT, "split": _TEXT, "dimensions": _list_of(_TEXT),
            "period": _DAY, "until": _DAY, "period_label": _TEXT, "published_at": _TEXT, "sigma": _NUMBER,
            "rho": _NUMBER, "snapshots": _list_of({"type": "object"}), "errata": _list_of(_TEXT),
            "rows": _list_of({"$ref": "#/components/schemas/Row"}),
        },
    }  # fmt: skip


def _row() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "scope": {"type": "string", "enum": ["network", "area", "member"]},
            "place": _or_nothing(_TEXT),
            "key": _TEXT,
            "codes": {"type": "object"},
            "label": _TEXT,
            "value": {**_or_nothing(_WHOLE), "description": "Foyers différents ; null quand « ns » est vrai."},
            "ns": {**_YES, "description": "Pas significatif : petit, ou perdu dans le hasard. Ce n'est pas zéro."},
            "margin": _WHOLE,
            "sigma": _NUMBER,
        },
    }


def _problem() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": _TEXT, "status": _WHOLE, "title": _TEXT, "title_en": _TEXT},
    }
