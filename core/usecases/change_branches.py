"""Branches (营业部): add one, or change what it is called and where it is. Customers and queues keep its id."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk
from core.records import Branch
from core.sentence import Sentence
from core.usecases.loading import forget_branches

LONGEST = {"name": 80, "city": 40, "address": 200}
_TITLES = {"name": "名称", "city": "城市", "address": "地址"}


def all_branches(desk: Desk, actor: Actor) -> list[Branch]:
    """The firm's branches in a stable order."""
    with desk.read(actor.firm_id) as work:
        allow(actor, Permission.PEOPLE_MANAGE)
        return work.firms.branches()


def save_branch(desk: Desk, actor: Actor, branch_id: str, name: str, city: str, address: str) -> dict[str, str]:
    """Add a branch (empty id) or change one; returns errors by field (name, city, address)."""
    values = {"name": name.strip(), "city": city.strip(), "address": address.strip()}
    errors: dict[str, str] = {
        field: Sentence("请填写{_TITLES}，最多 {LONGEST} 字。", _TITLES=_TITLES[field], LONGEST=LONGEST[field])
        for field, value in values.items()
        if not 0 < len(value) <= LONGEST[field]
    }
    if errors:
        return errors
    with desk.write(actor.firm_id) as work:
        allow(actor, Permission.PEOPLE_MANAGE)
        known = {branch.id: branch for branch in work.firms.branches()}
        if any(each.name == values["name"] and each.id != branch_id for each in known.values()):
            return {"name": "已有同名的营业部。"}
        branch = Branch(branch_id or work.new_id(), **values)
        if not branch_id:
            work.firms.add_branch(branch)
        elif not work.firms.change_branch(branch):
            raise NotFound
        work.audit(actor, Tag.STAFF_BRANCH_CHANGE, f"branch:{branch.id}", added=not branch_id)
    forget_branches(actor.firm_id)
    return {}
