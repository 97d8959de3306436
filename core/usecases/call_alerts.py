"""What went wrong with calls: recordings that are lost, do not decode or do not fit their index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.case import OPEN_STATES, Case
from core.flow import Evidence
from core.ports import Work
from core.sentence import Sentence
from core.steps.witness import RECORDING_FLAG
from core.usecases.playback import SIDES

_WORDS: Mapping[str, str] = {
    "chain": "与时间索引不一致",
    "unreadable": "无法播放",
}
LOST = "有录像没有保存下来。"


@dataclass(frozen=True)
class CallAlert:
    """One case whose recordings need somebody's eyes; `since` is the time of the newest such recording, if any."""

    case_id: str
    case_number: str
    branch_id: str
    text: str
    since: datetime | None


def recording_notes(evidence: tuple[Evidence, ...], flags: tuple[str, ...]) -> list[str]:
    """The internal note on a case's recordings in sentences; empty without the flag."""
    if RECORDING_FLAG not in flags:
        return []
    return [
        Sentence("{side}的录像{words}。", side=SIDES[item.slot], words=_words(item)) for item in _broken(evidence)
    ] or [LOST]


def call_alerts(work: Work) -> list[CallAlert]:
    """Every open case with a flagged recording, for the supervisor; the caller has checked the permission."""
    flagged = [case for case in work.cases.in_states(sorted(OPEN_STATES)) if RECORDING_FLAG in case.flags]
    return [_alert(case, work.cases.evidence(case.id)) for case in flagged]


def _alert(case: Case, evidence: tuple[Evidence, ...]) -> CallAlert:
    since = max((item.created_at for item in _broken(evidence)), default=None)
    return CallAlert(case.id, case.number, case.branch_id, "".join(recording_notes(evidence, case.flags)), since)


def _broken(evidence: tuple[Evidence, ...]) -> list[Evidence]:
    return [item for item in evidence if item.slot in SIDES and item.meta.get("flag")]


def _words(item: Evidence) -> str:
    flag = str(item.meta["flag"])
    return Sentence("有 {errors} 处解码错误", errors=item.meta["errors"]) if flag == "damaged" else _WORDS[flag]
