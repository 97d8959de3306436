"""When a case that its customer left lying is no longer valid; 补签协议 never is, it becomes overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.businesses import business
from core.case import WITH_CUSTOMER, Case
from core.ports import Work
from core.rules.calendar import local_day
from core.usecases.loading import rules_for


@dataclass(frozen=True)
class Patience:
    """How long a case may lie still, and how long before its end the customer is told."""

    life: timedelta
    notice: timedelta

    @property
    def silence(self) -> timedelta:
        """After so long without a change the customer is told."""
        return self.life - self.notice


def patience_of(work: Work) -> Patience:
    """The firm's rule as it stands now (`business_rules`, `expiry`)."""
    row: dict[str, Any] = rules_for(work)["business_rules"]["expiry"]
    return Patience(timedelta(days=int(row["days"])), timedelta(days=int(row["notice_days"])))


def may_expire(case: Case) -> bool:
    """Whether time alone can end the case: it is with its customer, and the firm did not start it."""
    return case.state in WITH_CUSTOMER and not business(case.business).by_firm


def expires_on(work: Work, case: Case) -> date | None:
    """The day (in Shanghai) on which the case ends unless something happens; None while that is far away."""
    if not may_expire(case):
        return None
    patience = patience_of(work)
    if work.now < case.updated_at + patience.silence:
        return None
    return max(local_day(case.updated_at + patience.life), local_day(work.now))
