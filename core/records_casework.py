"""Records of the work on a case: what happened, who has it, what is left to do, and what a list asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.case import Case, State


class Happened(StrEnum):
    """Kinds of `CaseEvent`; `subject` is the new state, the step, the member of staff or the task."""

    ASSIGNED = "assigned"
    CHANGED = "changed"
    ESCALATED = "escalated"
    FREED = "freed"
    NOTED = "noted"
    SNOOZED = "snoozed"
    SETTLED = "settled"
    STATE = "state"
    TASK = "task"
    WOKEN = "woken"


@dataclass(frozen=True)
class CaseEvent:
    """Something that happened to a case; `seq` is the audit row that says who. `body` was sealed."""

    id: str
    kind: Happened
    subject: str
    body: Mapping[str, Any]
    actor: str
    seq: int | None
    at: datetime


@dataclass(frozen=True)
class CaseWork:
    """How a case stands with staff. `since` it waits where it is; `assigned_by` is the holder's own id after 领取."""

    since: datetime
    holder_id: str | None = None
    assigned_by: str | None = None
    snoozed_until: datetime | None = None
    escalated_at: datetime | None = None
    call_time: str = ""

    @property
    def given(self) -> bool:
        """Whether somebody else gave it to the holder: then nobody takes it away without a supervisor."""
        return self.holder_id is not None and self.assigned_by != f"staff:{self.holder_id}"


@dataclass(frozen=True)
class CaseTask:
    """Something to look into; `subject` says what, `note` what was found."""

    id: str
    case_id: str
    kind: str
    subject: str
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Where:
    """What a list asks for; everything that is set must hold. Times are counted from now.

    `holder`: `me`, `nobody` or empty for anybody. `snoozed`: False leaves out what is put off, True asks for it only.
    """

    states: frozenset[State]
    holder: str = ""
    overdue: bool = False
    due_within: timedelta | None = None
    silent_for: timedelta | None = None
    returned: bool = False
    escalated: bool = False
    tasks: bool = False
    requests: bool = False
    snoozed: bool | None = None
    flags: frozenset[str] = frozenset()
    businesses: frozenset[str] = frozenset()


class Order(StrEnum):
    """Orders of a list."""

    DUE = "due"
    ESCALATED = "escalated"
    REQUESTS = "requests"
    SILENT = "silent"
    SINCE = "since"
    SNOOZED = "snoozed"


@dataclass(frozen=True)
class Found:
    """One case of a list with what a row shows; `name` is in full and must be masked before it is shown."""

    case: Case
    work: CaseWork
    name: str = ""
    witness_id: str | None = None
    attempts: int = 0
    tasks: int = 0
    requests: tuple[str, ...] = field(default=())
