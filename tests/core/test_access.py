"""Every use case against every kind of actor: what docs and pages say of roles is decided here, on the server."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

from core import usecases
from core.errors import DeskError, NotAllowed, NotFound, Stale
from core.usecases.observe_call import take_over
from tests.core.access_calls import Row
from tests.core.access_table import ROWS as INSIDE_THE_FIRM
from tests.core.access_table_outside import OUTSIDE
from tests.core.access_worlds import WHO, World
from tests.desk_bench import Bench

INSIDE = {
    "abandon", "activate", "add_proposal", "add_request", "append_line", "approve", "close_sessions",
    "customer_for", "customer_id_of", "customer_of", "drop", "drop_all", "erase_cases", "finish", "held",
    "held_call", "hold", "leave_number", "load_own", "load_own_data", "may_hold", "may_open_copy", "may_take_over",
    "not_given_to_another", "note_decision", "of_actor", "on_staff", "open_case", "phone_of", "reject", "save",
    "submit", "take_decision", "take_effect", "takes_part", "whispers",
}  # fmt: skip
"""Parts of use cases: they work in a transaction that is open already, or ask nothing of the desk."""
ROWS = (*INSIDE_THE_FIRM, *OUTSIDE)
DENIED = {"-": NotAllowed, "0": NotFound, "s": Stale}


def with_actor() -> Iterator[tuple[str, bool]]:
    """(name, whether it has a desk) of every public function of core/usecases that is told who acts."""
    for module in pkgutil.iter_modules(usecases.__path__):
        found = importlib.import_module(f"core.usecases.{module.name}")
        for name, function in inspect.getmembers(found, inspect.isfunction):
            wanted = inspect.signature(function).parameters
            if function.__module__ == found.__name__ and not name.startswith("_") and "actor" in wanted:
                yield name, "desk" in wanted


def test_every_use_case_is_in_the_table() -> None:
    assert {name for name, desk in with_actor() if desk} == {row[0].__name__ for row in ROWS}
    assert {name for name, desk in with_actor() if not desk} == INSIDE


def test_every_cell_is_filled() -> None:
    """Only a call is taken over by nobody here: it takes two roles (test_usecase_observe_call.py)."""
    for use_case, _, cells, _ in ROWS:
        assert len(cells.replace(" ", "")) == len(WHO), use_case.__name__
        assert set(cells) <= set("+-0swo "), use_case.__name__
        assert set(cells) & set("+o") or use_case is take_over, "somebody may"


def attempt(world: World, row: Row, who: str) -> str:
    """The cell as it is: what came of it; whatever is returned to `o` says nothing of the case."""
    actor = world.actor(who)
    try:
        result = repr(row[3](world, actor))
    except DeskError as error:
        return next((cell for cell, kind in DENIED.items() if isinstance(error, kind)), "w")
    case = world.walk.case(world.bench) if world.case else None
    named = (case.id, case.number, world.walk.ticket) if case else ()
    return "+" if any(name and name in result for name in named) else "o"


@pytest.mark.parametrize("row", ROWS, ids=[f"{number}-{row[0].__name__}" for number, row in enumerate(ROWS)])
def test_each_cell(bench: Bench, row: Row) -> None:
    """First those who may not: nothing is written for them. Then those who may, the first of them with success."""
    cells = dict(zip(WHO, row[2].replace(" ", ""), strict=True))
    world = row[1](bench)
    for who in (who for who in WHO if cells[who] != "+"):
        before = bench.audit()
        assert attempt(world, row, who) == cells[who], who
        stranger = cells[who] != "o" or world.actor(who).firm_id != "f1"
        assert bench.audit() == before or not stranger, f"{who} left a trace in the firm"
    for number, who in enumerate(who for who in WHO if cells[who] == "+"):
        assert attempt(world, row, who) in ("+o" if number == 0 else "+osw"), who
