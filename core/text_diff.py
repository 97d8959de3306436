"""What two texts differ in, for eyes: line by line, and within a changed line piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class DiffLine:
    """One line: the numbers it has in the old and the new text (0: not there), and its pieces."""

    old: int
    new: int
    pieces: tuple[tuple[Change, str], ...]

    @property
    def changed(self) -> bool:
        """Whether anything in it is not the same."""
        return any(kind is not Change.SAME for kind, _ in self.pieces)


_TOKEN = re.compile(r"\{\{.*?\}\}|[A-Za-z0-9.%]+|\s+|.", re.S)
ALIKE = 0.4
"""Lines that share less than this of their characters count as removed and added, not as changed."""


def diff(old: str, new: str) -> list[DiffLine]:
    """Every line of both texts in order; a changed line comes once, with what was removed and added in it."""
    before, after = old.splitlines(), new.splitlines()
    found: list[DiffLine] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [DiffLine(a + n + 1, c + n + 1, ((Change.SAME, line),)) for n, line in enumerate(before[a:b])]
        else:
            found += _replaced(before[a:b], after[c:d], a, c)
    return found


def changed_only(lines: list[DiffLine], around: int = 1) -> list[DiffLine | None]:
    """The changed lines with so many lines around them; None stands for lines that were left out."""
    near = {n + step for n, line in enumerate(lines) if line.changed for step in range(-around, around + 1)}
    found: list[DiffLine | None] = []
    for n, line in enumerate(lines):
        if n in near:
            found.append(line)
        elif not found or found[-1] is not None:
            found.append(None)
    return found


def _replaced(before: list[str], after: list[str], old: int, new: int) -> Iterator[DiffLine]:
    """Lines paired in their order where they are alike."""
    for n in range(max(len(before), len(after))):
        was, now = before[n] if n < len(before) else None, after[n] if n < len(after) else None
        if was is not None and now is not None and SequenceMatcher(None, was, now, autojunk=False).ratio() >= ALIKE:
            yield DiffLine(old + n + 1, new + n + 1, tuple(_pieces(was, now)))
            continue
        if was is not None:
            yield DiffLine(old + n + 1, 0, ((Change.REMOVED, was),))
        if now is not None:
            yield DiffLine(0, new + n + 1, ((Change.ADDED, now),))


def _pieces(was: str, now: str) -> Iterator[tuple[Change, str]]:
    before, after = _TOKEN.findall(was), _TOKEN.findall(now)
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            yield Change.SAME, "".join(before[a:b])
            continue
        if b > a:
            yield Change.REMOVED, "".join(before[a:b])
        if d > c:
            yield Change.ADDED, "".join(after[c:d])
