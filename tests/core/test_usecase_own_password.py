"""The own password of a member of staff."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import limits
from core.actor import Actor
from core.audit import Tag
from core.errors import NotAllowed
from core.usecases.own_password import WRONG, change_own_password
from core.usecases.sessions import exchange_ticket, find_session
from core.usecases.sign_in_staff import sign_in_staff
from tests.desk_bench import STAFF_PASSWORD, Bench

NEW = "quite another one"


def signed_in(bench: Bench, password: str = STAFF_PASSWORD) -> str | None:
    """Sign in as the reviewer; the session's id."""
    ticket = sign_in_staff(bench.desk, "f1", "review", password)
    session = find_session(bench.desk, "staff", token=exchange_ticket(bench.desk, ticket)) if ticket else None
    return session.id if session else None


def test_the_new_password_counts_and_other_sign_ins_end(bench: Bench) -> None:
    here, elsewhere = signed_in(bench), signed_in(bench)
    actor = replace(bench.staff("review"), session_id=str(here))
    assert change_own_password(bench.desk, actor, STAFF_PASSWORD, NEW, NEW) == {}
    assert find_session(bench.desk, "staff", session_ref=f"f1.{here}")
    assert find_session(bench.desk, "staff", session_ref=f"f1.{elsewhere}") is None
    assert signed_in(bench) is None and signed_in(bench, NEW)
    assert str(Tag.STAFF_PERSON_CHANGE) in bench.tags()


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (("wrong", NEW, NEW), {"current": WRONG}),
        ((STAFF_PASSWORD, "short", "short"), {"new": "密码为 10 至 128 位。"}),
        ((STAFF_PASSWORD, NEW, NEW + "x"), {"again": "两次输入的新密码不一致。"}),
        ((STAFF_PASSWORD, "my review word", "my review word"), {"new": "密码不能包含工号。"}),
    ],
)
def test_mistakes_stand_at_their_fields_and_change_nothing(
    bench: Bench, given: tuple[str, str, str], errors: dict[str, str]
) -> None:
    assert change_own_password(bench.desk, bench.staff("review"), *given) == errors
    assert signed_in(bench)


def test_guessing_locks_the_account(bench: Bench) -> None:
    for _ in range(limits.STAFF_TRIES):
        change_own_password(bench.desk, bench.staff("review"), "wrong", NEW, NEW)
    with pytest.raises(NotAllowed):
        change_own_password(bench.desk, bench.staff("review"), STAFF_PASSWORD, NEW, NEW)


def test_customers_have_none(bench: Bench) -> None:
    with pytest.raises(NotAllowed):
        change_own_password(bench.desk, Actor("f1", "phone:x"), STAFF_PASSWORD, NEW, NEW)
