"""Marks on pictures go out with the rejection of the reviewer, their reasons among its own."""

from __future__ import annotations

from collections.abc import Sequence

from core.ports import Work
from core.usecases.loading import Loaded


def codes_with_marks(work: Work, loaded: Loaded, codes: Sequence[str]) -> list[str]:
    """The reasons of a rejection, those of the waiting marks added."""
    live = {item.id for item in loaded.facts.evidence}
    marked = [mark.code for mark in work.marks.waiting(loaded.case.id) if mark.evidence_id in live]
    return list(dict.fromkeys([*codes, *marked]))


def send_marks(work: Work, case_id: str) -> None:
    """Make the waiting marks part of the rejection just stored."""
    work.marks.send(case_id, work.cases.rejections(case_id)[-1].id)
