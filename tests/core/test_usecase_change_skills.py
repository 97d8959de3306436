"""Skills: who may change them, what may be chosen, and who rings afterwards."""

from __future__ import annotations

import pytest

from core.actor import Role
from core.errors import NotAllowed, NotFound
from core.usecases.change_skills import Server, change_skills, serving_staff
from core.usecases.change_staff import set_roles
from tests.desk_bench import Bench
from tests.queue_line import line, online, state

ALL = {"b1": ["*"]}


def skills(bench: Bench, staff_id: str = "witness") -> list[tuple[str, str]]:
    with bench.work() as work:
        return sorted(work.duty.skills(staff_id))


def change(bench: Bench, wanted: dict[str, list[str]], staff_id: str = "witness") -> int:
    return change_skills(bench.desk, bench.staff("supervisor"), staff_id, wanted)


@pytest.mark.parametrize(
    ("wanted", "stored"),
    [
        (ALL, [("b1", "*")]),
        ({"b1": ["*", "settlement"], "b2": ["open_account", "open_account"]}, [("b1", "*"), ("b2", "open_account")]),
        ({"b1": [], "b2": ["settlement", "add_code"]}, [("b2", "add_code"), ("b2", "settlement")]),
        ({"b1": [], "b2": []}, []),
        ({}, []),
    ],
)
def test_skills_are_replaced(bench: Bench, wanted: dict[str, list[str]], stored: list[tuple[str, str]]) -> None:
    assert change(bench, wanted) == len(stored)
    assert skills(bench) == stored
    assert skills(bench, "witness2") == [("b1", "*")]
    named = [f"{branch}:{business}" for branch, business in stored]
    assert bench.audit()[-1] == ("staff:person:change", "staff:witness", {"what": "skills", "skills": named})


@pytest.mark.parametrize(
    ("staff_id", "wanted"),
    [("nobody", ALL), ("review", ALL), ("witness", {"b9": ["*"]}), ("witness", {"b1": ["dancing"]})],
)
def test_what_does_not_exist_is_refused(bench: Bench, staff_id: str, wanted: dict[str, list[str]]) -> None:
    with pytest.raises(NotFound):
        change(bench, wanted, staff_id)
    assert skills(bench) == [("b1", "*")]
    assert "staff:person:change" not in bench.tags()


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SUPERVISOR, Role.ADMIN}])
def test_only_supervisors_and_administrators_change_skills(bench: Bench, role: Role) -> None:
    actor = bench.staff("analyst", role)
    with pytest.raises(NotAllowed):
        serving_staff(bench.desk, actor)
    with pytest.raises(NotAllowed):
        change_skills(bench.desk, actor, "witness", {})
    assert skills(bench) == [("b1", "*")]


def test_another_firm_s_staff_is_not_changed(bench: Bench) -> None:
    change_skills(bench.desk, bench.staff("supervisor", firm="f2"), "witness", {})
    assert skills(bench) == [("b1", "*")]


def test_those_who_may_serve_are_listed_with_what_they_serve(bench: Bench) -> None:
    change(bench, {"b2": ["settlement"]})
    found = serving_staff(bench.desk, bench.staff("admin"))
    assert [each.login for each in found] == ["both", "supervisor", "witness", "witness2", "witness_b2"]
    assert found[2] == Server("witness", "witness", "王芳", "b1", {"b2": ("settlement",)})


def test_nobody_rings_without_a_skill_and_the_next_one_with_it(bench: Bench) -> None:
    change(bench, {})
    (first,) = line(bench, 1)
    online(bench, "witness")
    assert state(bench, first) == ("waiting", None)
    change(bench, {"b1": ["open_account"]})
    online(bench, "witness")
    assert state(bench, first) == ("offered", "witness")


def test_a_customer_who_rings_already_goes_on_ringing(bench: Bench) -> None:
    online(bench, "witness")
    (first,) = line(bench, 1)
    online(bench, "witness2")
    assert state(bench, first) == ("offered", "witness")
    change(bench, {})
    assert state(bench, first) == ("offered", "witness")


def test_saving_roles_gives_no_skills_back_that_were_taken(bench: Bench) -> None:
    change(bench, {})
    assert set_roles(bench.desk, bench.staff("admin"), "witness", ["witness", "review"]) == {}
    assert skills(bench) == []
