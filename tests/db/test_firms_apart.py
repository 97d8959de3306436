"""Firms are apart: in the scope of another firm every read finds nothing and every write changes nothing.

The methods are those of the stores that `core.ports.Work` names; one that has no case here makes the test fail.
"""

from __future__ import annotations

import inspect
import typing
from contextlib import suppress
from typing import Any

import pytest

from core import ports
from core.errors import DeskError, NotFound, Stale
from db.work import SqlWork
from tests.db.filled import (
    Filled,
    fill,
    rows,
)
from tests.db.firm_calls import READS, WRITES, Act
from tests.desk_bench import Bench

ASKS_NO_TABLE = {"new_id"}
REFUSED_AT_HOME = {"documents.add_authority": Stale}
"""The filled firm has one already, so there is no change to see."""


class _UndoError(Exception):
    """Ends a transaction without keeping it."""


def declared() -> set[str]:
    """`store.method` for every method of the stores of a unit of work, and the methods of its own."""
    found = set()
    for name, member in vars(ports.Work).items():
        if isinstance(member, property):
            store = typing.get_type_hints(member.fget)["return"]
            found |= {f"{name}.{each}" for each in vars(store) if not each.startswith("_")}
        elif inspect.isfunction(member) and not name.startswith("_"):
            found.add(name)
    return found


def outcome(bench: Bench, firm: str, act: Act, filled: Filled) -> Any:
    """What a read gives in a firm's scope; None for the refusals that say that there is nothing."""
    with suppress(NotFound, KeyError), bench.desk.read(firm) as work:
        return act(work, filled)
    return None


def changes(bench: Bench, firm: str, act: Act, filled: Filled) -> set[str]:
    """Tables in which a call in the firm's scope changes anything; nothing of it is kept."""
    found: set[str] = set()
    with suppress(_UndoError), bench.desk.write(firm) as work:
        assert isinstance(work, SqlWork)
        before = rows(work.connection)
        act(work, filled)
        after = rows(work.connection)
        found = {table for table in before if before[table] != after[table]}
        raise _UndoError
    return found


def test_every_method_of_the_ports_has_a_case() -> None:
    assert declared() == READS.keys() | WRITES.keys() | ASKS_NO_TABLE
    assert READS.keys().isdisjoint(WRITES)


def test_reads_of_another_firm_find_nothing(bench: Bench) -> None:
    filled = fill(bench)
    here = {name: bool(outcome(bench, "f1", act, filled)) for name, act in READS.items()}
    assert [name for name, found in here.items() if not found] == [], "proves nothing: not there in its own firm"
    there = {name: outcome(bench, "f2", act, filled) for name, act in READS.items()}
    assert {name: found for name, found in there.items() if found} == {}


def test_writes_of_another_firm_change_nothing(bench: Bench) -> None:
    filled = fill(bench)
    idle = [n for n, act in WRITES.items() if n not in REFUSED_AT_HOME and not changes(bench, "f1", act, filled)]
    assert idle == [], "proves nothing: changes nothing in its own firm"
    with bench.database.engine.connect() as connection:
        before = rows(connection, "f1")
    for name, act in WRITES.items():
        with suppress(DeskError), bench.work("f2") as work:
            act(work, filled)
        with bench.database.engine.connect() as connection:
            assert rows(connection, "f1") == before, name


def test_what_the_filled_firm_refuses_it_refuses_to_itself_only(bench: Bench) -> None:
    filled = fill(bench)
    for name, error in REFUSED_AT_HOME.items():
        with pytest.raises(error), bench.work("f1") as work:
            WRITES[name](work, filled)
        assert changes(bench, "f2", WRITES[name], filled)


def test_the_desk_of_another_firm_goes_its_own_way(bench: Bench) -> None:
    """Both firms have the same staff: who rings, has a skill or waits in one counts in that one only."""
    fill(bench)
    with bench.work("f2") as work:
        own = work.queue.join("case-own", "b1", "open_account")
        for staff in ("supervisor", "only-here"):
            work.duty.change(staff, "b1", "online")
        assert {duty.staff_id for duty in work.duty.idle()} == {"supervisor", "only-here"}
        assert [duty.staff_id for duty in work.duty.able("b1", "open_account")] == ["supervisor"]
        claimed = work.queue.claim("witness2")
        assert claimed is not None and claimed.id == own.id
