"""Records about the firm's own rules: versions of firm data and the drafts that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class DraftState(StrEnum):
    """Only an open draft can be changed; the last three are final."""

    OPEN = "open"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


DRAFT_TITLES: Mapping[DraftState, str] = {
    DraftState.OPEN: "草稿",
    DraftState.PROPOSED: "待审批",
    DraftState.APPROVED: "已批准",
    DraftState.REFUSED: "已退回",
    DraftState.WITHDRAWN: "已撤回",
}


@dataclass(frozen=True)
class DataVersion:
    """A version of firm data without its body; `changed_by` is an actor id."""

    kind: str
    version: int
    effective_from: datetime
    changed_by: str
    created_at: datetime


@dataclass(frozen=True)
class DraftContent:
    """What the maker writes. `effective_on` is a day in Shanghai, None: at once when approved.

    `open_cases`: cases that are open at that time get the new version too, instead of the one they began with.
    """

    body: Any
    note: str = ""
    effective_on: date | None = None
    open_cases: bool = False


@dataclass(frozen=True)
class RuleDraft:
    """A change of one kind of firm data on its way to a version.

    `base_version` is the version it was made from, `version` the one it became. Drafts of one `batch` (an import)
    are decided together. `numbers` is what the dry run found: counts and case numbers, nothing personal.
    """

    id: str
    kind: str
    base_version: int
    content: DraftContent
    state: DraftState
    revision: int
    made_by: str
    made_at: datetime
    batch: str = ""
    proposed_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    version: int | None = None
    numbers: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class PastCase:
    """What of a finished case a dry run looks at: its versions, clear facts, answers by step, rejections."""

    id: str
    number: str
    business: str
    at: datetime
    rules: Mapping[str, int]
    clear: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Any]]
    reasons: tuple[str, ...]
