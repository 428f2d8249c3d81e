"""French that tenants would read whatever their language: words of templates and code outside of gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

from service.cli.sentences import KEYWORDS, TEMPLATES, files, name_of

CODE = ("tenant/**/*.py",)
OTHER_LANGUAGES = "service/tenant/languages.py"  # each language speaks for itself there
# What is the same in every language.
PROPER = frozenset(
    {"Sève", "Réseau Canopée", "Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07", "SMS", "PDF"}
)
# Written by a tenant's page for the member's people.
FOR_STAFF = frozenset({"Voir les fichiers joints."})
_CLASSES = re.compile(r"{% block face %}.*?{% endblock %}", re.DOTALL)  # of the page's body: nobody reads them
_GAP = "\ufffc"  # stands for what a template computes
_MARKUP = re.compile(r"<!doctype[^>]*>|<!--.*?-->|</?[a-z][^>]*>", re.IGNORECASE | re.DOTALL)
_READ_ALOUD = re.compile(r"""\s(?:aria-label|alt|title|placeholder|label)=["']([^"']*)["']""")
_LETTER = re.compile(r"[^\W\d_]")
_CODE_WORDS = re.compile(r"[ a-z0-9_=:;\"'/.#?&%()\[\]{}*<>+\-]*", re.ASCII)
_SENTENCE = re.compile(r"^[A-ZÀÂÇÉÈÊÎÔÛ].*\s|[àâçéèêëîïôùûœ’]")


def in_templates() -> Iterator[str]:
    """Yield what stands in the templates of the tenant face and is not a translated sentence, with its file."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in files(TEMPLATES):
        source = _CLASSES.sub("", path.read_text(encoding="utf-8"))
        for words in (*_texts(environment, source), *_strings(environment, source)):
            if words not in PROPER:
                yield f"{name_of(path)} : {words}"


def in_code() -> Iterator[str]:
    """Yield the sentences of the tenant face's code that gettext never sees, with their file and line."""
    for path in files(CODE):
        if name_of(path) == OTHER_LANGUAGES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped = _known(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or id(node) in skipped:
                continue
            if _SENTENCE.search(node.value) and node.value not in PROPER | FOR_STAFF:
                yield f"{_place(path, node)} : {node.value}"


def _texts(environment: Environment, source: str) -> Iterator[str]:
    """Yield the words between the tags, and those of attributes that are read aloud."""
    page = "".join(_raw(environment, source))
    spoken = (piece for found in _READ_ALOUD.findall(page) for piece in found.split(_GAP))
    shown = (piece for text in _MARKUP.split(page) for piece in re.split(rf"{_GAP}|&\w+;", text))
    for piece in (*spoken, *shown):
        words = " ".join(piece.split()).strip(" -·,.:()")
        if _LETTER.search(words) and '="' not in words:  # an attribute that a macro gives to its caller's tag
            yield words


def _raw(environment: Environment, source: str) -> Iterator[str]:
    """Yield what a template says as it stands; a translated block and a computed value leave a gap."""
    is_translated, block = False, ""
    for _, kind, value in environment.lex(source):
        if kind == "data" and not is_translated:
            yield value
        elif kind == "block_begin":
            block = ""
        elif kind == "name" and not block:
            block = value
            is_translated = value == "trans" or (is_translated and value != "endtrans")
        elif kind in {"variable_end", "block_end"}:
            block = block or "-"
            yield _GAP if kind == "variable_end" else ""


def _strings(environment: Environment, source: str) -> Iterator[str]:
    """Yield the words written inside of what a template computes."""
    tree = environment.parse(source)
    said = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in KEYWORDS
        for argument in call.args
    }
    for constant in tree.find_all(nodes.Const):
        value = constant.value
        if not isinstance(value, str) or id(constant) in said or _CODE_WORDS.fullmatch(value):
            continue
        if _LETTER.search(value):
            yield value


def _known(tree: ast.Module) -> set[int]:
    """Return the strings that are not shown (docstrings) or that gettext sees."""
    known: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            known.add(id(node.value))
        if isinstance(node, ast.Call) and _called(node) in KEYWORDS:
            known |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
    return known


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _place(path: Path, node: ast.Constant) -> str:
    return f"{name_of(path)}:{node.lineno}"
