"""What reviewers note about pictures, and how often the machine had read right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.records_photos import Box, PhotoFinding

On = Literal["picture", "crop"]
"""What a mark was drawn on: the stored picture or the straightened card."""
Result = Literal["right", "wrong", "caught", "held_back", "missing"]
"""A value that the machine read against the approved one: filled in and equal, filled in and different, not filled in
because its check failed (rightly, or though it was right), not read at all."""


@dataclass(frozen=True)
class PhotoMark:
    """A region of a picture that has to be better, with what the customer is told and what stays inside.

    `box` is relative to what the mark was drawn `on`. `rejection_id` is empty until the reviewer rejects.
    """

    id: str
    case_id: str
    evidence_id: str
    on: On
    box: Box
    code: str
    customer_text: str
    internal: str
    marked_by: str
    created_at: datetime
    rejection_id: str = ""


def finding_keys(findings: Iterable[PhotoFinding]) -> list[str]:
    """A name for each finding of a picture that stays while others come and go: its code, counted when repeated."""
    seen: Counter[str] = Counter()
    keys = []
    for each in findings:
        seen[each.code] += 1
        keys.append(each.code if seen[each.code] == 1 else f"{each.code}.{seen[each.code]}")
    return keys


@dataclass(frozen=True)
class Judgement:
    """Whether a member of staff agrees with one finding of the machine; `finding` is one of `finding_keys`."""

    evidence_id: str
    finding: str
    code: str
    agrees: bool
    judged_by: str


@dataclass(frozen=True)
class ReadResult:
    """One field of one picture, judged by the approval of the case; nothing of it is personal."""

    evidence_id: str
    slot: str
    field: str
    result: Result
    camera: str
    device: str


@dataclass(frozen=True)
class ResultCount:
    """How often a field of a slot had a result, by camera model and kind of device."""

    slot: str
    field: str
    result: Result
    camera: str
    device: str
    count: int


@dataclass(frozen=True)
class FindingCount:
    """How often staff agreed and disagreed with a finding."""

    code: str
    agreed: int
    disagreed: int
