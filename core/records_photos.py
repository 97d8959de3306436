"""What the machine read from a customer's photo and what it noticed. Hints for people: it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

State = Literal["waiting", "done", "failed"]
Verdict = Literal["ok", "check", "none"]
Used = Literal["crop", "original", "corners"]
Quad = tuple[tuple[float, float], ...]
"""Four corners TL, TR, BR, BL relative (0..1) to the stored upright picture; () when none was found."""
Box = tuple[float, float, float, float]
"""x, y, width, height, relative (0..1) to the straightened card, or to the picture where there is none."""


@dataclass(frozen=True)
class ReadField:
    """One value read from a picture: `score` 0..1 of its least sure character; filled in only when its check `holds`.

    Checks: GB 11643 for the ID number, Luhn for the card, real dates, closed lists.
    """

    value: str
    score: float
    holds: bool


@dataclass(frozen=True)
class PhotoFinding:
    """What the machine saw: `text` advises in Chinese, `measured` against `limit` says why, `box` where."""

    code: str
    text: str
    measured: float | None = None
    limit: float | None = None
    box: Box | None = None
    blocks: bool = False


@dataclass(frozen=True)
class PhotoReading:
    """The reading of one piece of evidence; a retake is another evidence and another reading.

    `turned`: degrees clockwise (0, 90, 180, 270) that made the card upright. `used`: what the customer chose to
    hand in. `read_at`: when it was read, or asked for again. `kind`: what the picture seems to show (id_front,
    id_back, bank_card, temporary_card, score_report or empty).
    """

    evidence_id: str
    state: State
    verdict: Verdict = "none"
    quad: Quad = ()
    crop_file: str = ""
    turned: int = 0
    used: Used = "crop"
    measures: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[PhotoFinding, ...] = ()
    fields: Mapping[str, ReadField] = field(default_factory=dict)
    read_at: datetime | None = None
    kind: str = ""

    def holding(self, name: str) -> str:
        """The value of a field whose check holds, else empty."""
        found = self.fields.get(name)
        return found.value if found and found.holds else ""
