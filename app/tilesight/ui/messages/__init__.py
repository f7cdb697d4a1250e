"""What the layers below the window say, in the language of the window.

The line, the store and the detector know no Qt, and their errors, reasons and notes are English sentences
with their values filled in: that is what the command line prints, what the log keeps and what a record holds
for ever. The window knows each of these sentences as a template (`tilesight.ui.messages.line` and its
siblings, collected from the source of the layers), finds it again in a text, translates it and fills the
values in. So a record written years ago, or under another language, is shown in the language in force.

What came from outside (an operating system, a driver) is a value of such a sentence and stays as it came.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QCoreApplication

from bsdrd.errors import BsdrdError
from tilesight.ui.messages import detector, line, store, training

CONTEXT = "Message"
#: Sentences end here; a colon too, since an error of another layer often follows one.
_ENDS = re.compile(r"(?<=[.!?:;])\s+")
_PLACE = re.compile(r"\{(\w+)\}")
#: What a tile is called that comes from no file.
_FRAME = re.compile(r"frame \d+")
#: Values hold errors, and these may hold one more.
_DEEPEST = 3
#: A text longer than this is no message of the program.
_MOST_SENTENCES = 24


def said(what: BaseException | str) -> str:
    """An error, or a text from below the window, in the language in force.

    Args:
        what: The error, or what it said as text.

    Returns:
        The translation; word for word as it came where the text is not known.
    """
    text = what if isinstance(what, str) else str(what) or type(what).__name__
    return _translated(text, 0) if text else ""


def name_text(name: str) -> str:
    """The name of a tile: that of its file as it is, "frame 12" in the language in force."""
    return said(name) if _FRAME.fullmatch(name) else name


def parts(error: BsdrdError) -> tuple[str, str, str]:
    """What happened, what was kept and what to do next, each in the language in force."""
    return said(error.what), said(error.kept), said(error.do_next)


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with places for values."""

    text: str
    longest: str  #: The longest piece without a value: a text without it is not this sentence.
    weight: int  #: Letters that are not values; of two sentences that fit, the heavier one is meant.

    @classmethod
    def of(cls, text: str) -> Template:
        """Reads a template as written in a catalogue."""
        fixed = _PLACE.split(text)[::2]
        return cls(text, max(fixed, key=len), sum(map(str.isalpha, "".join(fixed))))

    def match(self, text: str) -> dict[str, str] | None:
        """The values of a text that is this sentence; "END" is what follows a part of a sentence."""
        found = _pattern(self.text).fullmatch(text) if self.longest in text else None
        return None if found is None else found.groupdict("")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """Compiled when it is needed first: all of them at once would hold up the window's start."""
    pieces = _PLACE.split(text)
    pattern = "".join(f"(?P<{piece}>.*?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
    ends = text.endswith((".", ":", "!"))
    return re.compile(pattern if ends else pattern + "(?P<END>[.:;,]?)", re.DOTALL)


@cache
def templates() -> tuple[Template, ...]:
    """Every sentence that is known, the heaviest first."""
    texts = dict.fromkeys((*line.MESSAGES, *store.MESSAGES, *detector.MESSAGES, *training.MESSAGES))
    return tuple(sorted((Template.of(text) for text in texts), key=lambda one: -one.weight))


def _translated(text: str, depth: int) -> str:
    ends = [match.span() for match in _ENDS.finditer(text)][:_MOST_SENTENCES]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    pieces: list[str] = []
    for first, last, found in _best_reading(text, starts, stops):
        whole = text[starts[first] : stops[last]]
        pieces.append(whole if found is None else _filled(found, whole, depth))
        pieces.append(text[stops[last] : starts[last + 1]] if last + 1 < len(starts) else "")
    return "".join(pieces)


def _best_reading(
    text: str, starts: list[int], stops: list[int]
) -> Iterator[tuple[int, int, Template | None]]:
    """Cuts a text into known sentences so that most of its letters are theirs, not values."""
    count = len(starts)
    best: list[tuple[int, int, Template | None]] = [(0, count, None)] * (count + 1)
    for first in reversed(range(count)):
        best[first] = (best[first + 1][0], first, None)
        for last in range(first, count):
            found = _recognised(text[starts[first] : stops[last]])
            weight = best[last + 1][0] + (found.weight if found is not None else 0)
            if found is not None and weight >= best[first][0]:
                best[first] = (weight, last, found)
    at = 0
    while at < count:
        _, last, found = best[at]
        yield at, last, found
        at = last + 1


@lru_cache(maxsize=4096)
def _recognised(text: str) -> Template | None:
    for template in templates():
        if template.match(text) is not None:
            return template
    return None


def _filled(template: Template, text: str, depth: int) -> str:
    values = template.match(text) or {}
    if depth < _DEEPEST:
        values = {name: _translated(value, depth + 1) for name, value in values.items()}
    translation = QCoreApplication.translate(CONTEXT, template.text)
    end = values.pop("END", "")
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), translation) + end
