"""Who acts: a customer, a member of staff or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The eight roles of staff."""

    WITNESS = "witness"
    REVIEW = "review"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    COMPLIANCE = "compliance"
    SERVICE = "service"
    ADMIN = "admin"


ROLE_TITLES = {
    Role.WITNESS: "见证",
    Role.REVIEW: "复核",
    Role.CALLBACK: "回访",
    Role.SUPERVISOR: "主管",
    Role.ANALYST: "分析",
    Role.COMPLIANCE: "合规",
    Role.SERVICE: "客服",
    Role.ADMIN: "管理",
}


@dataclass(frozen=True)
class Actor:
    """`id` is the session's subject: `phone:<index>`, `customer:<id>`, `staff:<id>` or `system`."""

    firm_id: str
    id: str
    roles: frozenset[Role] = frozenset()
    session_id: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the actor is a signed-in member of staff."""
        return self.id.startswith("staff:")

    @property
    def staff_id(self) -> str:
        """Id of the member of staff, empty for others."""
        return self.id.removeprefix("staff:") if self.is_staff else ""


def system(firm_id: str) -> Actor:
    """The actor for jobs and timers."""
    return Actor(firm_id, "system")
