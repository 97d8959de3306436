"""What staff take away on paper: one case with its history, or a list. Masked, and each print is on record."""

from __future__ import annotations

from core.actor import Actor
from core.audit import Tag
from core.ports import Desk
from core.usecases.trace_case import Trace, trace_case
from core.usecases.work_lists import WorkList, work_list


def print_case(desk: Desk, actor: Actor, case_id: str) -> Trace:
    """A case with its masked timeline; the same permission as to read it. Raises `NotFound`, `NotAllowed`."""
    found = trace_case(desk, actor, case_id)
    with desk.write(actor.firm_id) as work:
        work.audit(actor, Tag.STAFF_SHEET_PRINT, f"case:{case_id}")
    return found


def print_list(desk: Desk, actor: Actor, key: str) -> WorkList:
    """The rows of one work list; raises `NotFound` for a key that is none, `NotAllowed` for a list of others."""
    found = work_list(desk, actor, key)
    with desk.write(actor.firm_id) as work:
        work.audit(actor, Tag.STAFF_SHEET_PRINT, f"list:{key}", rows=len(found.rows))
    return found
