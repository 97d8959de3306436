"""Wrong input as a value: what every rule of this package returns instead of raising."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an input is refused or doubtful.

    `code` is stable and safe for logs and tests; `text` is a Chinese sentence for the person who typed it,
    saying why and what to do, and never repeats the input.
    """

    code: str
    text: str
