"""What a reviewer would otherwise have to say: imports run one way, one place commits, one reads the environment."""

import ast
import re
import sys
from pathlib import Path

import pytest

from service.domain.status import MOVES, EventKind
from service.journey.events import STEPS_AFTER
from service.journey.steps import INSIDE

ROOT = Path(__file__).parent.parent
# layer -> what it may import of the service and the classifier
ALLOWED = {
    "service.domain": {"service.domain"},
    "service.models": {"service.models", "service.domain"},
    "service.journey": {"service.journey", "service.models", "service.domain"},
    "service.adapters": {
        "service.adapters", "service.journey.ports", "service.journey.parcels", "service.domain", "service.settings",
        "classifier",
    },
    "service.api": {"service.api", "service.attempts", "service.journey", "service.models", "service.domain"},
    "service.tenant": {
        "service.tenant", "service.attempts", "service.file_response", "service.heavy_request",
        "service.journey", "service.models", "service.domain", "service.settings",
    },
    "service.staff": {
        "service.staff", "service.charts", "service.sign_in", "service.own_account", "service.file_response",
        "service.heavy_request", "service.journey", "service.models", "service.domain",
    },
    "service.duty": {"service.duty", "service.journey", "service.models", "service.domain"},
    "service.partner": {
        "service.partner", "service.attempts", "service.file_response", "service.journey", "service.models",
        "service.domain",
    },
    "service.open311": {"service.open311", "service.journey", "service.models", "service.domain"},
    "service.network": {
        "service.network", "service.attempts", "service.bars", "service.charts", "service.sign_in",
        "service.own_account", "service.journey", "service.domain",
    },
    "service.operator": {
        "service.operator", "service.sign_in", "service.own_account", "service.journey", "service.domain",
    },
    "service.cli": {
        "service.cli", "service.demo", "service.press", "service.journey", "service.models", "service.domain",
        "service.settings",
    },
    "service.demo": {
        "service.demo", "service.press", "service.journey", "service.models", "service.domain", "service.settings",
    },
    "service.embedded": {"service.embedded"},
    "classifier": {"classifier"},
}  # fmt: skip
MAX_LINES = 250


def modules() -> list[Path]:
    return sorted([*(ROOT / "service").rglob("*.py"), *(ROOT / "classifier").rglob("*.py")])


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def is_under(name: str, root: str) -> bool:
    return name == root or name.startswith(f"{root}.")


def layer_of(name: str) -> str | None:
    return next((layer for layer in ALLOWED if is_under(name, layer)), None)


def test_the_layers_exist() -> None:
    """A renamed folder must not leave its rule behind without effect."""
    names = [name_of(path) for path in modules()]
    for layer in ALLOWED:
        assert any(is_under(name, layer) for name in names), layer


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    layer = layer_of(name_of(path))
    if layer is None:
        return  # app, web, worker, clock, health, settings and the supervisor put the layers together.
    ours = {name for name in imports_of(path) if is_under(name, "service") or is_under(name, "classifier")}
    wrong = {name for name in ours if not any(is_under(name, allowed) for allowed in ALLOWED[layer])}
    assert not wrong


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_the_classifier_is_reached_through_one_file(path: Path) -> None:
    name = name_of(path)
    if is_under(name, "classifier") or name == "service.adapters.text_model":
        return
    assert not {found for found in imports_of(path) if is_under(found, "classifier") or is_under(found, "sklearn")}


def test_the_domain_needs_the_standard_library_only() -> None:
    for path in (ROOT / "service" / "domain").rglob("*.py"):
        outside = {
            name
            for name in imports_of(path)
            if not is_under(name, "service.domain") and name.partition(".")[0] not in sys.stdlib_module_names
        }
        assert not outside, path


def test_one_place_commits() -> None:
    committing = {
        name_of(path) for path in modules() if re.search(r"\.commit\(|\.begin\(", path.read_text(encoding="utf-8"))
    }
    assert committing == {"service.journey.transactions"}


def test_the_environment_is_read_in_the_settings_only() -> None:
    reading = {name_of(path) for path in modules() if "os.environ" in path.read_text(encoding="utf-8")}
    # create_app hands the environment to the settings; the supervisor makes the environment of its children.
    allowed = {"service.app", "service.supervisor"}
    assert {name for name in reading if not is_under(name, "service.embedded")} <= allowed


def test_no_module_imports_inside_a_function() -> None:
    for path in modules():
        if name_of(path) == "classifier.commands":
            continue  # Predicting must not wait for scikit-learn, which only training needs.
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
                assert not inner, f"{path}:{node.lineno}"


def test_modules_stay_short() -> None:
    long = {name_of(path): lines for path in modules() if (lines := path.read_text().count("\n")) > MAX_LINES}
    assert not long


def test_every_step_of_the_straight_line_is_found_by_its_name() -> None:
    listing = [str(path.relative_to(ROOT)) for folder in ("service", "tests") for path in (ROOT / folder).rglob("*.py")]
    for step in ("submission", "classification", "routing", "delivery", "handling", "closing", "feedback", "trends"):
        assert f"service/journey/{step}/{step}.py" in listing


def test_every_event_and_step_is_known() -> None:
    assert set(MOVES) == set(EventKind)
    # "page" follows from no event alone: paging puts its own next round in the outbox.
    assert {name for names in STEPS_AFTER.values() for name in names} | {"page"} == set(INSIDE)
