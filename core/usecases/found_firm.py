"""Found a firm: branches, first firm data, calendar, staff. Used by the demo and by the command for real firms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.actor import Role, system
from core.audit import Tag
from core.ports import Desk
from core.queueing import ANY_BUSINESS
from core.records import Branch, Customer, Firm, StaffMember
from core.rules.calendar import CalendarDay

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def found_firm(
    desk: Desk,
    firm: Firm,
    branches: Sequence[Branch],
    staff: Sequence[StaffMember],
    data: Mapping[str, Any],
    days: Sequence[CalendarDay],
    customers: Sequence[Customer] = (),
) -> None:
    """Write a new firm in one transaction; `Stale` when it exists already."""
    with desk.write(firm.id) as work:
        work.firms.add_firm(firm)
        for branch in branches:
            work.firms.add_branch(branch)
        for kind, body in data.items():
            work.firms.add_data(kind, 1, body, BEGINNING, "system")
        work.firms.add_days(list(days))
        for member in staff:
            work.people.add_staff(member)
            if Role.WITNESS in member.roles:
                work.duty.add_skill(member.id, member.branch_id, ANY_BUSINESS)
        for customer in customers:
            work.people.add_customer(customer)
        work.audit(system(firm.id), Tag.SYSTEM_FIRM_SEED, f"firm:{firm.id}", kinds=len(data), staff=len(staff))
