"""Records of the figures of cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Standing:
    """Where cases of one kind stand: `step` is empty once they were handed in; `version` is the questionnaire's."""

    state: str
    step: str
    device: str
    version: str


@dataclass(frozen=True)
class BegunCase:
    """A case in a list behind a figure: no name, no number of a person."""

    number: str
    branch_id: str
    state: str
    created_at: datetime
    submitted_at: datetime | None
    updated_at: datetime
