"""Staff accounts: what is refused at which field, who may change them, and what each change leaves behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound
from core.records import StaffMember
from core.usecases import change_staff
from core.usecases.sign_in_staff import sign_in_staff
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench

GOOD = "lan-tian-bai-yun"
NEW = {
    "login": "sunli",
    "name": "孙丽",
    "licence": "F9000009",
    "branch_id": "b2",
    "roles": ["witness"],
    "password": GOOD,
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return made.make_bench(tmp_path)


def admin() -> Actor:
    return made.staff(made.ADMIN)


def member(bench: Bench, staff_id: str) -> StaffMember:
    with bench.desk.read(made.FIRM.id) as work:
        found = work.people.find_staff(staff_id=staff_id)
    assert found is not None
    return found


def changes(bench: Bench) -> list[dict[str, object]]:
    with bench.desk.read(made.FIRM.id) as work:
        return [dict(e.detail) for e in work.audit_entries() if e.tag == "staff:person:change"]


def test_a_new_member_signs_in_with_the_first_password(bench: Bench) -> None:
    assert change_staff.add_staff(bench.desk, admin(), **{**NEW, "login": " SunLi "}) == {}
    assert sign_in_staff(bench.desk, made.FIRM.id, "sunli", GOOD)
    assert changes(bench) == [{"what": "add", "roles": ["witness"]}]


@pytest.mark.parametrize(("field", "value"), [
    ("login", ""), ("login", "1a"), ("login", "sun li"), ("login", "zhaoqiang"), ("name", " "), ("licence", ""),
    ("branch_id", "b9"), ("roles", []), ("roles", ["king"]), ("password", "short-one"), ("password", "xx-SunLi-2026"),
    ("password", "aaaaaaaaaaaa"), ("password", "x1y2" * 40),
])  # fmt: skip
def test_what_is_wrong_is_named_at_its_field(bench: Bench, field: str, value: object) -> None:
    assert list(change_staff.add_staff(bench.desk, admin(), **{**NEW, field: value})) == [field]
    assert changes(bench) == []


def test_new_roles_replace_the_old_ones(bench: Bench) -> None:
    assert change_staff.set_roles(bench.desk, admin(), made.CALLER, ["review", "callback"]) == {}
    assert member(bench, made.CALLER).roles == {Role.REVIEW, Role.CALLBACK}
    assert list(change_staff.set_roles(bench.desk, admin(), made.CALLER, [])) == ["roles"]
    assert list(change_staff.set_roles(bench.desk, admin(), made.CALLER, ["witness"])) == ["roles"]


def test_a_closed_account_cannot_sign_in_until_it_is_opened_again(bench: Bench) -> None:
    change_staff.reset_password(bench.desk, admin(), made.CALLER, GOOD)
    change_staff.close_staff(bench.desk, admin(), made.CALLER)
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD) is None
    change_staff.reopen_staff(bench.desk, admin(), made.CALLER)
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD)
    assert [row["what"] for row in changes(bench)] == ["password", "close", "reopen"]


def test_nobody_locks_the_desk_s_last_administrator_out(bench: Bench) -> None:
    with pytest.raises(NotAllowed, match="自己"):
        change_staff.close_staff(bench.desk, admin(), made.ADMIN)
    with pytest.raises(NotAllowed, match="自己"):
        change_staff.set_roles(bench.desk, admin(), made.ADMIN, ["supervisor"])
    with pytest.raises(NotAllowed, match="至少"):
        change_staff.close_staff(bench.desk, made.staff(made.CALLER, Role.ADMIN), made.ADMIN)
    assert member(bench, made.ADMIN).active


def test_a_reset_password_lifts_the_lock(bench: Bench) -> None:
    with bench.work() as work:
        work.people.change_staff(made.CALLER, failed=4, locked_until=work.now + timedelta(hours=1))
    assert list(change_staff.reset_password(bench.desk, admin(), made.CALLER, "qianjing-2026")) == ["password"]
    assert change_staff.reset_password(bench.desk, admin(), made.CALLER, GOOD) == {}
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD)


def test_a_one_time_password_is_asked_for_once_it_is_set(bench: Bench) -> None:
    change_staff.reset_password(bench.desk, admin(), made.CALLER, GOOD)
    change_staff.create_totp(bench.desk, admin(), made.CALLER)
    secret = member(bench, made.CALLER).totp_secret
    assert secret and secret in change_staff.totp_address(member(bench, made.CALLER), made.FIRM.name)
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD) is None
    code = pyotp.TOTP(secret).at(bench.clock[0])
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD, code)
    change_staff.remove_totp(bench.desk, admin(), made.CALLER)
    assert sign_in_staff(bench.desk, made.FIRM.id, "qianjing", GOOD)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_changes_accounts(bench: Bench, role: Role) -> None:
    actor = made.staff(made.REVIEWER, role)
    for act in (
        lambda: change_staff.all_staff(bench.desk, actor),
        lambda: change_staff.add_staff(bench.desk, actor, **NEW),
        lambda: change_staff.set_roles(bench.desk, actor, made.REVIEWER, ["admin"]),
        lambda: change_staff.close_staff(bench.desk, actor, made.CALLER),
        lambda: change_staff.reopen_staff(bench.desk, actor, made.CALLER),
        lambda: change_staff.reset_password(bench.desk, actor, made.ADMIN, GOOD),
        lambda: change_staff.create_totp(bench.desk, actor, made.CALLER),
        lambda: change_staff.remove_totp(bench.desk, actor, made.CALLER),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert changes(bench) == []


def test_accounts_of_another_firm_do_not_exist(bench: Bench) -> None:
    with pytest.raises(NotFound):
        change_staff.close_staff(bench.desk, Actor("f2", "staff:x", frozenset({Role.ADMIN})), made.CALLER)
