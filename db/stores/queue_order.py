"""Who stands in a line, and in which order they are served: the conditions of the queue's reads."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, literal_column, select

from db import tables as t

_T = t.Ticket
IS_LIVE = _T.state.in_([literal_column(f"'{state}'") for state in ("waiting", "offered", "in_call")])
IS_HELD = _T.state.in_([literal_column(f"'{state}'") for state in ("offered", "in_call")])
"""Word for word as in the partial indexes, so that both databases use them: most tickets are long over."""


def prefers(now: Any) -> ColumnElement[bool]:
    """Whether a ticket's own reserved window runs now (R162); evaluated at each claim, so it ends by itself."""
    return and_(_T.prio_from <= now, _T.prio_until > now)


def order(now: Any) -> tuple[Any, ...]:
    """Put ahead by a supervisor, then inside the own window, then by the time of joining."""
    return (_T.rank, case((prefers(now), 0), else_=1), _T.enqueued_at, _T.id)


def in_line(branch_id: Any, alive: Any) -> tuple[ColumnElement[bool], ...]:
    """Who waits at a branch and was seen after `alive`; values or bound parameters."""
    return (IS_LIVE, _T.branch_id == branch_id, _T.state != "in_call", _T.seen_at > alive)


def turns(now: Any) -> tuple[Any, ...]:
    """The order in which a line is shown: who rings at somebody comes first."""
    return (case((_T.state == "offered", 0), else_=1), *order(now))


@cache
def line_of() -> Select[Any]:
    """Ids of those who wait at a branch, in order of service; built once."""
    where = (_T.firm_id == bindparam("of_firm"), *in_line(bindparam("branch"), bindparam("alive")))
    return select(_T.id).where(*where).order_by(*turns(bindparam("now")))
