"""The audit chain: edited, deleted, inserted and moved rows show; a cut tail needs the number from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from core.actor import Actor
from core.audit import Tag, clean, first_break
from core.errors import NotAllowed
from core.usecases.verify_audit import check_chain, verify_audit
from db.tables import AuditRow
from tests.desk_bench import Bench

ROWS = 12
ACTOR = Actor("f1", "staff:review")


def fill(bench: Bench, firm: str = "f1", rows: int = ROWS) -> None:
    """The founding row and more, each in a transaction of its own."""
    for number in range(1, rows):
        with bench.work(firm) as work:
            work.audit(ACTOR, Tag.STAFF_CASE_TAKE, f"case:{number}", number=number, who=["a", "b"])


def tamper(bench: Bench, how: Callable[[Connection], Any]) -> None:
    """Change the table behind the product's back."""
    with bench.database.engine.execution_options(write=True).begin() as connection:
        how(connection)


def broken_at(bench: Bench, firm: str = "f1") -> int | None:
    return check_chain(bench.desk, firm).broken_at


def mine(seq: int) -> tuple[Any, Any]:
    return AuditRow.firm_id == "f1", AuditRow.seq == seq


def test_a_chain_that_nobody_touched_is_whole(bench: Bench) -> None:
    fill(bench)
    check = check_chain(bench.desk, "f1")
    assert (check.rows, check.broken_at, check.whole) == (ROWS, None, True)
    assert [entry.seq for entry in check.recent] == list(range(ROWS, 0, -1))


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "staff:admin"}, {"tag": "staff:case:approve"}, {"object": "case:9"}, {"detail": {"number": 99}},
        {"detail": {}}, {"mac": bytes(32)},
    ],
    ids=str,
)  # fmt: skip
def test_an_edited_row_is_found(bench: Bench, change: dict[str, Any]) -> None:
    fill(bench)
    tamper(bench, lambda c: c.execute(update(AuditRow).where(*mine(5)).values(**change)))
    assert broken_at(bench) == 5


def test_an_edited_time_is_found(bench: Bench) -> None:
    fill(bench)
    with bench.work() as work:
        moment = work.audit_entries()[4].at.replace(year=2025)
    tamper(bench, lambda c: c.execute(update(AuditRow).where(*mine(5)).values(at=moment)))
    assert broken_at(bench) == 5


@pytest.mark.parametrize("seq", [1, 5])
def test_a_deleted_row_is_found(bench: Bench, seq: int) -> None:
    fill(bench)
    tamper(bench, lambda c: c.execute(delete(AuditRow).where(*mine(seq))))
    assert broken_at(bench) == seq


def test_a_deleted_row_is_found_also_when_the_rest_moves_up(bench: Bench) -> None:
    fill(bench)

    def close_the_gap(connection: Connection) -> None:
        connection.execute(delete(AuditRow).where(*mine(5)))
        for seq in range(6, ROWS + 1):
            connection.execute(update(AuditRow).where(*mine(seq)).values(seq=seq - 1))

    tamper(bench, close_the_gap)
    assert broken_at(bench) == 5


def test_two_rows_that_changed_places_are_found(bench: Bench) -> None:
    fill(bench)

    def swap(connection: Connection) -> None:
        for old, new in ((5, 99), (6, 5), (99, 6)):
            connection.execute(update(AuditRow).where(*mine(old)).values(seq=new))

    tamper(bench, swap)
    assert broken_at(bench) == 5


def test_an_inserted_row_is_found(bench: Bench) -> None:
    fill(bench)

    def squeeze_in(connection: Connection) -> None:
        row = connection.execute(select(*AuditRow.__table__.columns).where(*mine(5))).mappings().one()
        for seq in range(ROWS, 5, -1):
            connection.execute(update(AuditRow).where(*mine(seq)).values(seq=seq + 1))
        connection.execute(insert(AuditRow).values({**row, "seq": 6}))

    tamper(bench, squeeze_in)
    assert broken_at(bench) == 6


def test_an_appended_row_without_the_key_is_found(bench: Bench) -> None:
    fill(bench)

    def append(connection: Connection) -> None:
        row = connection.execute(select(*AuditRow.__table__.columns).where(*mine(ROWS))).mappings().one()
        connection.execute(insert(AuditRow).values({**row, "seq": ROWS + 1}))

    tamper(bench, append)
    assert broken_at(bench) == ROWS + 1


def test_a_row_of_another_firm_is_found(bench: Bench) -> None:
    fill(bench)
    fill(bench, "f2")

    def bring_over(connection: Connection) -> None:
        foreign = AuditRow.firm_id == "f2", AuditRow.seq == 5
        row = connection.execute(select(*AuditRow.__table__.columns).where(*foreign)).mappings().one()
        connection.execute(delete(AuditRow).where(*mine(5)))
        connection.execute(insert(AuditRow).values({**row, "firm_id": "f1"}))

    tamper(bench, bring_over)
    assert (broken_at(bench, "f1"), broken_at(bench, "f2")) == (5, None)


def test_a_cut_tail_does_not_show_in_the_chain_but_by_its_number_from_elsewhere(bench: Bench) -> None:
    """Rows cut off at the end leave a whole, shorter chain: the highest number must be kept outside the table."""
    fill(bench)
    kept_elsewhere = check_chain(bench.desk, "f1").rows
    tamper(bench, lambda c: c.execute(delete(AuditRow).where(AuditRow.firm_id == "f1", AuditRow.seq > ROWS - 3)))
    check = check_chain(bench.desk, "f1")
    assert check.whole
    assert check.rows == kept_elsewhere - 3


def test_the_rest_after_a_break_does_not_hide_it(bench: Bench) -> None:
    fill(bench)
    tamper(bench, lambda c: c.execute(update(AuditRow).where(*mine(5)).values(actor="x")))
    fill(bench)
    assert broken_at(bench) == 5


def test_each_firm_has_its_own_chain_under_its_own_key(bench: Bench) -> None:
    fill(bench, "f1")
    fill(bench, "f2", 5)
    with bench.desk.read("f1") as one, bench.desk.read("f2") as two:
        assert (len(one.audit_entries()), len(two.audit_entries())) == (ROWS, 5)
        assert first_break(two.keys.mac, one.audit_entries()) == 1


def test_writers_at_the_same_time_leave_one_whole_chain(bench: Bench) -> None:
    assert bench.desk

    def write(number: int) -> None:
        with bench.work() as work:
            work.audit(ACTOR, Tag.STAFF_CASE_TAKE, f"case:{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    check = check_chain(bench.desk, "f1")
    assert (check.rows, check.whole) == (41, True)


def test_what_was_rolled_back_leaves_no_gap(bench: Bench) -> None:
    fill(bench, rows=3)
    with pytest.raises(RuntimeError), bench.work() as work:
        work.audit(ACTOR, Tag.STAFF_CASE_TAKE, "case:x")
        raise RuntimeError
    fill(bench, rows=3)
    assert (check_chain(bench.desk, "f1").rows, broken_at(bench)) == (5, None)


def test_details_are_plain_values_only() -> None:
    assert clean({"a": 1, "b": "x", "c": None, "d": (1, "y"), "e": object(), "f": {"name": "张三"}}) == {
        "a": 1, "b": "x", "c": None, "d": ["1", "y"],
    }  # fmt: skip


def test_only_compliance_and_administration_verify(bench: Bench) -> None:
    for login in ("compliance", "admin"):
        assert verify_audit(bench.desk, bench.staff(login)).whole
    for login in ("witness", "review", "callback", "supervisor", "analyst", "service"):
        with pytest.raises(NotAllowed):
            verify_audit(bench.desk, bench.staff(login))
