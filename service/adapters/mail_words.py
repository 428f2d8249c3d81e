"""The words of a mail, whatever it is made of: parts in parts, charsets that lie, HTML."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser

MAX_WORDS = 100_000  # characters, quotation included


@dataclass
class Words:
    """What a mail says in words, gathered part by part; what is not words is counted."""

    parts: list[str] = field(default_factory=list)
    attachments: int = 0

    @property
    def text(self) -> str:
        """The words, fit to be stored."""
        return storable("\n\n".join(part.strip("\n") for part in self.parts if part.strip()))[:MAX_WORDS]

    def collect(self, part: Message) -> None:
        """Take a part and those in it."""
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or part.get_content_maintype() == "message":
            self.attachments += 1
        elif kind == "multipart/alternative":
            self._choose(part)
        elif part.is_multipart():
            for inner in part.get_payload():
                if isinstance(inner, Message):
                    self.collect(inner)
        elif kind == "text/plain":
            self.parts.append(_unfold(part, _decode(part)))
        elif kind == "text/html":
            self.parts.append(from_html(_decode(part)))
        else:
            self.attachments += 1

    def _choose(self, part: Message) -> None:
        """Take the plain writing of the same words when there is one with words in it, and the last one otherwise."""
        choices = []
        for inner in part.get_payload():
            if isinstance(inner, Message):
                words = Words()
                words.collect(inner)
                choices.append((inner.get_content_type() == "text/plain", words))
        written = [choice for choice in choices if choice[1].text.strip()]
        best = next((words for is_plain, words in written if is_plain), written[-1][1] if written else None)
        if best:
            self.parts += best.parts
            self.attachments += best.attachments


def _decode(part: Message) -> str:
    """Return the words of a part, whatever its charset says of itself."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    text = raw.decode("cp1252", "replace")  # what it really is when it is not what it says
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        with suppress(LookupError, UnicodeError):
            text = raw.decode(charset)
            break
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unfold(part: Message, text: str) -> str:
    """Join the lines that a mail program cut to make them fit (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    glue = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    lines: list[str] = []
    open_line = False
    for line in text.splitlines():
        joins = open_line and not line.startswith(">")
        open_line = line.endswith(" ") and line != "-- " and not line.startswith(">")
        piece = line.rstrip(" ") + (glue if open_line else "") if line != "-- " else line
        if joins and lines and line != "-- ":
            lines[-1] += piece
        else:
            lines.append(piece)
    return "\n".join(lines)


def storable(text: str) -> str:
    """Return the text without what PostgreSQL cannot keep."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)


class _HtmlReader(HTMLParser):
    """Reads HTML as a person would: lines, and what is quoted marked as in a plain mail."""

    BREAKS = frozenset(("br", "p", "div", "tr", "li", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "hr"))
    SILENT = frozenset(("script", "style", "title"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[int, str]] = [(0, "")]
        self._depth = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  As inherited.
        if tag in self.SILENT:
            self._silent += 1
        if tag == "blockquote":
            self._depth += 1
        if tag in self.BREAKS:
            self.lines.append((self._depth, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "blockquote":
            self._depth = max(0, self._depth - 1)
        if tag in self.BREAKS:
            self.lines.append((self._depth, ""))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            depth, line = self.lines[-1]
            self.lines[-1] = (depth, line + re.sub(r"[ \t\r\n\f]+", " ", data))


def from_html(source: str) -> str:
    """Return the words of an HTML mail."""
    reader = _HtmlReader()
    reader.feed(source)
    reader.close()
    lines = [
        f"> {line.strip()}" if depth else line.strip() for depth, line in reader.lines if line.strip() or not depth
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
