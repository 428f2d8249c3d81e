"""The model card, written beside the model from the same figures."""

from collections import Counter
from collections.abc import Sequence

from classifier.artefact import Manifest
from classifier.calibration import Calibration
from classifier.corpus import Example
from classifier.evaluation import Evaluation
from classifier.report import sections, table

_PURPOSE = """\
Sorts a tenant's message in French into a category, a nature and an urgency, and says when danger may be present. It
abstains under a confidence threshold; a person then sorts. Danger is said by a lexicon and by the model: the model
raises; it lowers a rule that may be believed alone to "check" and no further; other rules speak through it, or alone
when it is down. A second request is named only when the tenant says "also", so rarely. This is not an emergency
service: emergency numbers must be shown whatever it answers. It must not decide a refusal, a charge or a penalty. It
knows no language but French: on a message in another one it abstains and asks for a check by a person at once; only a
few unmistakable words of danger are heard.
"""
_DATA = """\
Every example was written for this purpose; none comes from a real tenant, so figures on real messages will be lower.
Copies wrapped in sentences without a subject are made at training time only.
"""
_APART = """\
By authors nothing was learned from, who knew nothing of the corpus: an ordinary month, present dangers only, and calm
messages that use the words of danger. Whoever chose the targets of precision and of load had seen these figures; no
word, label or threshold was chosen on a message of them. They are invented all the same.
"""
_LIMITS = """\
The figures below are on examples of authors the heads had not seen, by thresholds chosen on the same examples: the
precision at the threshold is met by construction. New topics look like known ones until someone corrects them.
"""


def apart_table(sets: dict[str, dict[str, float]]) -> str:
    """Return the figures of each set of messages kept apart, side by side."""
    if not sets:
        return "None were at hand.\n"
    names = list(next(iter(sets.values())))
    return table(["figure", *sets], [[name, *(f"{found[name]:g}" for found in sets.values())] for name in names])


def write_card(manifest: Manifest, examples: Sequence[Example], marks: Calibration, found: Evaluation) -> str:
    """Return the card in Markdown; `found` is what held-out authors' messages gave."""
    authors = len({example.author for example in examples})
    dangers, calm = (sum(bool(getattr(one, key)) for one in examples) for key in ("danger", "calm"))
    whole = [(name, value) for name, value in vars(marks).items() if not isinstance(value, tuple)]
    counts = sorted(Counter(example.category for example in examples).items())
    thresholds = sorted(zip(marks.thresholds, [code for code, _ in counts], strict=True))
    return "\n".join(
        [
            f"# Text model {manifest.version}\n",
            _PURPOSE,
            "## Data\n",
            f"{len(examples)} examples by {authors} authors: {dangers} tell of danger, {calm} only use its words.\n",
            _DATA,
            "## Figures on messages kept apart\n",
            _APART,
            apart_table(manifest.apart),
            "## Figures on held-out authors\n",
            _LIMITS,
            *sections(found),
            "## By category\n",
            table(
                ["category", "examples", "precision", "recall", "F1"],
                [[code, count, *(found.categories.get(code, {}).get(key, "") for key in ("precision", "recall", "f1"))]
                 for code, count in counts],
            ),
            "## Decision\n",
            table(["mark", "value"], whole),
            "Under these confidences the model lets a person sort:\n",
            table(["category", "confidence"], [[code, mark] for mark, code in thresholds]),
            "## Made of\n",
            table(["part", "version"], [*manifest.libraries.items(), ("corpus", manifest.corpus[:12])]),
        ]
    )  # fmt: skip
