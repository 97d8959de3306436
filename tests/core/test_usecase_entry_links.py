"""The doors of a firm: who may print them, and that they lead to this firm only."""

from __future__ import annotations

import pytest

from core.actor import Role
from core.errors import NotAllowed, NotFound
from core.usecases.entry_links import WHOLE, doors, find_door
from tests.desk_bench import Bench


@pytest.mark.parametrize(("firm", "number"), [("f1", "8001"), ("f2", "8002")])
def test_a_firm_has_its_own_door_and_one_for_each_branch(bench: Bench, firm: str, number: str) -> None:
    found = doors(bench.desk, bench.staff("admin", firm=firm))
    with bench.desk.read(firm) as work:
        name, branches = work.firms.firm().name, work.firms.branches()
    assert [(door.key, door.title) for door in found] == [(WHOLE, name), *((b.id, b.name) for b in branches)]
    assert found[0].path == f"/?firm={number}"
    assert [door.path for door in found[1:]] == [f"/?firm={number}&branch={b.id}" for b in branches]


@pytest.mark.parametrize("role", Role)
def test_admin_and_supervisor_may_print_them(bench: Bench, role: Role) -> None:
    actor = bench.staff("admin", role)
    if role in {Role.ADMIN, Role.SUPERVISOR}:
        assert find_door(bench.desk, actor, "b2").path.endswith("branch=b2")
    else:
        with pytest.raises(NotAllowed):
            doors(bench.desk, actor)


def test_there_is_no_door_to_what_is_no_branch(bench: Bench) -> None:
    with pytest.raises(NotFound):
        find_door(bench.desk, bench.staff("admin"), "b9")
