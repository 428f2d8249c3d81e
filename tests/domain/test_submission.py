import pytest

from service.domain.errors import BadInput
from service.domain.submission import MAX_TEXT, check_text


@pytest.mark.parametrize("text", ["a", "🙂", "x" * MAX_TEXT, "  mot  ", "<b>", "\x07\u202e"])
def test_a_text_is_kept_as_typed(text: str) -> None:
    assert check_text(text) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "blank"),
        ("\n \t", "blank"),
        ("x" * (MAX_TEXT + 1), "too_long"),
        ("a\x00", "unstorable"),
        ("\udfff", "unstorable"),
    ],
)
def test_a_refusal_is_named(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_text(text)
    assert (refusal.value.code, refusal.value.field) == (code, "text")
