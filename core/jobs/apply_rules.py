"""A version of firm data that the firm gave to open cases too: they are taken over to it when it takes effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.actor import system
from core.audit import Tag
from core.case import Case
from core.ports import Desk, Work
from core.usecases.loading import settle

TOGETHER = 25
"""Cases in one transaction."""


def apply_rules(desk: Desk, firm_id: str, payload: Mapping[str, Any]) -> bool:
    """Pin the new version in every case that its customer still holds.

    What was handed in is judged by the rules under which it was signed. What the change invalidates follows from the
    fingerprints of the proofs.
    """
    kind, version = str(payload["kind"]), int(payload["version"])
    while True:
        with desk.write(firm_id) as work:
            cases = work.rule_drafts.open_cases_before(kind, version, TOGETHER)
            for case in cases:
                _take_over(work, case, kind, version)
        if len(cases) < TOGETHER:
            return True


def _take_over(work: Work, case: Case, kind: str, version: int) -> None:
    changed = work.cases.change(case, rules={**case.rules, kind: version})
    settle(work, changed)
    detail = {"kind": kind, "before": case.rules[kind], "version": version}
    work.audit(system(case.firm_id), Tag.SYSTEM_RULE_APPLY, f"case:{case.id}", **detail)
