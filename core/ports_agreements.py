"""Port: who read and signed which agreement; implemented in db/stores/agreement_use.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Use:
    """In how many cases a version of an agreement was prepared for signing, and in how many it was signed."""

    cases: int
    signed: int


@dataclass(frozen=True)
class Reading:
    """A document read to its end in a case: the version, how long it was open (seconds), when it ended."""

    case_id: str
    version: str
    seconds: int
    read_at: datetime


@dataclass(frozen=True)
class Signing:
    """A document signed in a case; `in_force` is False where another form of it took its place."""

    case_id: str
    version: str
    signed_at: datetime
    in_force: bool


class AgreementUse(Protocol):
    """Figures and traces, of the own firm only; nothing sealed is opened but readings."""

    def counts(self) -> dict[tuple[str, str], Use]: ...
    def readings(self, code: str, limit: int) -> list[Reading]: ...
    def signings(self, code: str, limit: int) -> list[Signing]: ...
