"""The doors of a firm: its own address and one for each branch, to be printed as QR codes (R009-R011)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from core.actor import Actor
from core.errors import NotFound
from core.permissions import Permission, allow
from core.ports import Desk

WHOLE = "firm"
"""Key of the firm's own door, which no branch may bear."""


@dataclass(frozen=True)
class Door:
    """`path` follows the public address; `key` is `firm` or the branch's id."""

    key: str
    title: str
    path: str


def door_path(number: str, branch_id: str = "") -> str:
    """The path behind the public address that leads to a firm, or to one of its branches."""
    return "/?" + urlencode({"firm": number, **({"branch": branch_id} if branch_id else {})})


def doors(desk: Desk, actor: Actor) -> list[Door]:
    """The firm's own door first, then its branches."""
    allow(actor, Permission.ENTRY_PRINT)
    with desk.read(actor.firm_id) as work:
        firm, branches = work.firms.firm(), work.firms.branches()
    own = Door(WHOLE, firm.name, door_path(firm.number))
    return [own, *(Door(b.id, b.name, door_path(firm.number, b.id)) for b in branches)]


def find_door(desk: Desk, actor: Actor, key: str) -> Door:
    """One door of the actor's firm; raises `NotFound`."""
    found = next((door for door in doors(desk, actor) if door.key == key), None)
    if found is None:
        raise NotFound
    return found
