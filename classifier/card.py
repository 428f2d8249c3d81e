"""The model card, written beside the model from the same figures."""

from collections import Counter
from collections.abc import Sequence

from classifier.artefact import Manifest
from classifier.calibration import Calibration
from classifier.corpus import Example

_PURPOSE = """\
Sorts a tenant's message in French into a category, a nature and an urgency, and says when danger may be present.
It abstains under a confidence threshold; a person then sorts. Danger is said by a lexicon or by the model, whichever
says more. This is not an emergency service: emergency numbers must be shown whatever it answers. It must not decide a
refusal, a charge or a penalty. It knows no language but French: on a message in another one it abstains and asks for
a check by a person at once; only a few unmistakable words of danger are heard.
"""
_DATA = """\
Every example was written for this purpose; none comes from a real tenant, so figures on real messages will be lower.
Copies with typing slips, and copies wrapped in sentences without a subject, are made at training time only.
"""
_LIMITS = """\
The figures below are on examples of authors the heads had not seen, by thresholds chosen on the same examples: the
precision at the threshold is met by construction. New topics look like known ones until someone corrects them.
"""


def _table(head: tuple[str, str], rows: Sequence[tuple[str, object]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join(lines) + "\n"


def write_card(manifest: Manifest, examples: Sequence[Example], marks: Calibration) -> str:
    """Return the card in Markdown."""
    categories = Counter(example.category for example in examples)
    authors = len({example.author for example in examples})
    return "\n".join(
        [
            f"# Text model {manifest.version}\n",
            _PURPOSE,
            "## Data\n",
            f"{len(examples)} examples by {authors} authors.\n",
            _DATA,
            _table(("category", "examples"), sorted(categories.items())),
            "## Figures on held-out authors\n",
            _LIMITS,
            _table(("figure", "value"), list(manifest.metrics.items())),
            "## Decision\n",
            _table(("mark", "value"), list(vars(marks).items())),
            "## Made of\n",
            _table(("part", "version"), [*manifest.libraries.items(), ("corpus", manifest.corpus[:12])]),
        ]
    )
