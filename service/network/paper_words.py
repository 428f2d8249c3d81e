"""Words as the letters of a PDF allow them: those of Western Europe, and no more."""

import re

_INSTEAD = str.maketrans(
    {
        "\u202f": "\u00a0",  # the narrow space of French has no letter there
        "\u2009": "\u00a0",
        "\u2212": "-",
        "\u2011": "-",
        "\u2265": ">=",
        "\u2264": "<=",
        "\u2192": "->",
        "\u2248": "~",
        "\u00ad": "",
    }
)
_HELD = re.compile(r"(?<=«) | (?=[»:;?!%])")  # no line begins with these, none ends after the first


def plain(text: str) -> str:
    """Return words that can be written with the letters every reader of PDF has."""
    text = _HELD.sub("\u00a0", text)
    return text.translate(_INSTEAD).encode("cp1252", "replace").decode("cp1252")
