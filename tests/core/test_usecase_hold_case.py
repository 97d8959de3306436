"""Who has a case: taken, given, over the cap, put off, before the supervisor, left by somebody who is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import limits
from core.case import State
from core.errors import NotAllowed, NotFound, WrongState
from core.jobs.sweep import sweep
from core.records_casework import Happened
from core.usecases.change_staff import close_staff, reopen_staff, set_roles
from core.usecases.hold_case import assign_case, claim_case, give_back, hand_over
from core.usecases.open_work import open_work
from core.usecases.park_case import add_case_note, answer_escalation, escalate_case, snooze_case, wake_case
from core.usecases.review_case import approve_case, release_case, take_case
from core.usecases.work_lists import counted_lists, work_list
from tests.builders import LI, ZHANG, Walk, case_at
from tests.desk_bench import Bench


def holder(bench: Bench, walk: Walk) -> str | None:
    with bench.desk.read("f1") as work:
        return work.casework.of_case(work.cases.get(walk.case_id)).holder_id


def listed(bench: Bench, login: str, key: str) -> list[str]:
    return [row.case.id for row in work_list(bench.desk, bench.staff(login), key).rows]


def happened(bench: Bench, walk: Walk) -> list[tuple[Happened, str, str]]:
    with bench.desk.read("f1") as work:
        return [(each.kind, each.subject, each.actor) for each in work.casework.events(walk.case_id)]


def set_cap(bench: Bench, cap: int) -> None:
    with bench.work() as work:
        version = work.firms.current_versions()["case_work"]
        body = {**work.firms.data("case_work", version), "cap": cap}
        work.firms.add_data("case_work", version + 1, body, work.now, "test")


def test_taking_a_review_makes_its_reviewer_the_holder_until_it_is_decided(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    assert holder(bench, walk) == "review"
    assert listed(bench, "review", "mine") == [walk.case_id]
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    assert walk.case(bench).state is State.CALLBACK
    assert holder(bench, walk) is None, "the next stage is somebody else's"


def test_releasing_and_idling_free_what_was_only_taken(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    release_case(bench.desk, bench.staff("review"), walk.case_id)
    assert holder(bench, walk) is None
    take_case(bench.desk, bench.staff("review2"), walk.case_id)
    bench.pass_time(limits.REVIEW_IDLE + timedelta(seconds=1))
    while sweep(bench.desk, "f1"):
        """The silent witness is off duty as well."""
    assert walk.case(bench).state is State.SUBMITTED
    assert holder(bench, walk) is None


def test_a_callback_is_claimed_by_one_and_put_back_by_that_one_only(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    caller = bench.staff("callback")
    with pytest.raises(NotAllowed):
        claim_case(bench.desk, bench.staff("review"), walk.case_id)
    claim_case(bench.desk, caller, walk.case_id)
    claim_case(bench.desk, caller, walk.case_id)
    assert bench.tags().count("staff:case:assign") == 1, "claiming twice is one claim"
    give_back(bench.desk, bench.staff("review"), walk.case_id)
    assert holder(bench, walk) == "callback"
    give_back(bench.desk, caller, walk.case_id)
    assert holder(bench, walk) is None


def test_what_a_supervisor_gave_is_not_taken_away_by_a_colleague(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    assign_case(bench.desk, bench.staff("supervisor"), walk.case_id, "review2")
    with pytest.raises(WrongState, match="分配给其他同事"):
        take_case(bench.desk, bench.staff("review"), walk.case_id)
    take_case(bench.desk, bench.staff("review2"), walk.case_id)
    release_case(bench.desk, bench.staff("review2"), walk.case_id)
    assert holder(bench, walk) == "review2", "given, so it stays until it is put back on purpose"
    assign_case(bench.desk, bench.staff("supervisor"), walk.case_id, "review")
    take_case(bench.desk, bench.staff("review"), walk.case_id)
    assert walk.case(bench).reviewer_id == "review"


def test_a_supervisor_takes_a_case_from_a_reviewer_who_works_in_it(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    assign_case(bench.desk, bench.staff("supervisor"), walk.case_id, "review2")
    case = walk.case(bench)
    assert (case.state, case.reviewer_id, holder(bench, walk)) == (State.SUBMITTED, None, "review2")
    with pytest.raises(WrongState):
        approve_case(bench.desk, bench.staff("review"), walk.case_id)


@pytest.mark.parametrize("login", ["callback", "nobody", "both"])
def test_a_case_is_given_only_to_somebody_who_may_do_it(bench: Bench, login: str) -> None:
    """Not to another role, nobody unknown, and not for review to the witness of the case."""
    walk = case_at(bench, "submitted", witness="both")
    with pytest.raises(NotFound, match="可以处理"):
        assign_case(bench.desk, bench.staff("supervisor"), walk.case_id, login)
    assert holder(bench, walk) is None


def test_nobody_holds_more_than_the_cap(bench: Bench) -> None:
    first, second = case_at(bench, "submitted", person=ZHANG), case_at(bench, "submitted", person=LI)
    set_cap(bench, 1)
    take_case(bench.desk, bench.staff("review"), first.case_id)
    with pytest.raises(WrongState, match="上限为 1 笔"):
        take_case(bench.desk, bench.staff("review"), second.case_id)
    with pytest.raises(WrongState, match="上限为 1 笔"):
        assign_case(bench.desk, bench.staff("supervisor"), second.case_id, "review")
    take_case(bench.desk, bench.staff("review"), first.case_id)
    take_case(bench.desk, bench.staff("review2"), second.case_id)


def test_a_leaver_leaves_nothing_behind(bench: Bench) -> None:
    """What was given and what is locked: both are free in the transaction that closes the account."""
    locked, given = case_at(bench, "in_review", person=ZHANG), case_at(bench, "submitted", person=LI)
    assign_case(bench.desk, bench.staff("supervisor"), given.case_id, "review")
    close_staff(bench.desk, bench.staff("admin"), "review")
    assert [holder(bench, walk) for walk in (locked, given)] == [None, None]
    assert locked.case(bench).state is State.SUBMITTED
    closed = [detail for tag, _, detail in bench.audit() if tag == "staff:person:change"]
    assert closed[-1]["freed"] == 2
    with pytest.raises(NotFound):
        assign_case(bench.desk, bench.staff("supervisor"), given.case_id, "review")
    take_case(bench.desk, bench.staff("review2"), locked.case_id)


def test_who_loses_the_role_loses_the_cases(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    assert not set_roles(bench.desk, bench.staff("admin"), "review", ["review", "service"])
    assert holder(bench, walk) == "review"
    assert not set_roles(bench.desk, bench.staff("admin"), "review", ["service"])
    assert (holder(bench, walk), walk.case(bench).state) == (None, State.SUBMITTED)


def test_the_cases_of_an_absent_colleague_are_handed_over_as_far_as_allowed(bench: Bench) -> None:
    """The other one witnessed the second case: that one is free for a third."""
    fits, witnessed = case_at(bench, "in_review", person=ZHANG), case_at(bench, "in_review", person=LI, witness="both")
    moved = hand_over(bench.desk, bench.staff("supervisor"), "review", "both")
    assert moved == {"given": 1, "freed": 1}
    assert (holder(bench, fits), holder(bench, witnessed)) == ("both", None)
    reopen_staff(bench.desk, bench.staff("admin"), "review")
    assert hand_over(bench.desk, bench.staff("supervisor"), "review") == {"given": 0, "freed": 0}


def test_what_is_put_off_leaves_its_list_and_comes_back_by_itself(bench: Bench) -> None:
    walk, reviewer = case_at(bench, "submitted"), bench.staff("review")
    until = bench.now + timedelta(hours=3)
    assert not snooze_case(bench.desk, reviewer, walk.case_id, until, "等客户补件")
    assert (listed(bench, "review", "review"), listed(bench, "review", "snoozed")) == ([], [walk.case_id])
    counts = {each.spec.key: each.count for each in counted_lists(bench.desk, reviewer)}
    assert (counts["review"], counts["snoozed"], counts["unheld"]) == (0, 1, 0)
    bench.pass_time(hours=3)
    assert (listed(bench, "review", "review"), listed(bench, "review", "snoozed")) == ([walk.case_id], [])


@pytest.mark.parametrize(
    ("hours", "reason", "field"),
    [(0, "等", "until"), (24 * 11, "等", "until"), (3, " ", "reason"), (3, "长" * 501, "reason")],
)
def test_putting_off_needs_a_time_to_come_and_a_reason(bench: Bench, hours: int, reason: str, field: str) -> None:
    walk = case_at(bench, "submitted")
    until = bench.now + timedelta(hours=hours)
    assert list(snooze_case(bench.desk, bench.staff("review"), walk.case_id, until, reason)) == [field]
    assert listed(bench, "review", "snoozed") == []


def test_a_case_is_woken_before_its_time(bench: Bench) -> None:
    walk, reviewer = case_at(bench, "submitted"), bench.staff("review")
    snooze_case(bench.desk, reviewer, walk.case_id, bench.now + timedelta(days=1), "等客户补件")
    wake_case(bench.desk, reviewer, walk.case_id)
    wake_case(bench.desk, reviewer, walk.case_id)
    assert listed(bench, "review", "review") == [walk.case_id]
    assert bench.tags().count("staff:case:wake") == 1


def test_an_escalation_is_answered_by_the_supervisor(bench: Bench) -> None:
    walk, reviewer, supervisor = case_at(bench, "submitted"), bench.staff("review"), bench.staff("supervisor")
    assert escalate_case(bench.desk, reviewer, walk.case_id, "")["reason"]
    assert not escalate_case(bench.desk, reviewer, walk.case_id, "证件照疑似翻拍")
    with pytest.raises(WrongState, match="已上报"):
        escalate_case(bench.desk, reviewer, walk.case_id, "再报一次")
    assert listed(bench, "supervisor", "escalated") == [walk.case_id]
    with pytest.raises(NotAllowed):
        answer_escalation(bench.desk, reviewer, walk.case_id, "自己答")
    assert not answer_escalation(bench.desk, supervisor, walk.case_id, "请客户重拍")
    assert listed(bench, "supervisor", "escalated") == []
    remarks = open_work(bench.desk, reviewer, walk.case_id).remarks
    assert [(each.text, each.author) for each in remarks] == [("请客户重拍", "周敏"), ("证件照疑似翻拍", "赵强")]


def test_notes_are_sealed_signed_and_read_on_record(bench: Bench) -> None:
    walk, words = case_at(bench, "submitted"), "客户来电说明地址"
    assert not add_case_note(bench.desk, bench.staff("compliance"), walk.case_id, words)
    assert open_work(bench.desk, bench.staff("callback"), walk.case_id).remarks[0].text == words
    assert ("staff:personal:read", f"case:{walk.case_id}", {"purpose": "work"}) in bench.audit()
    assert happened(bench, walk)[-1] == (Happened.NOTED, "", "staff:compliance")
    assert words not in str(bench.audit())


def test_each_change_of_state_is_kept_with_who_and_when(bench: Bench) -> None:
    walk = case_at(bench, "callback")
    states = [(subject, actor) for kind, subject, actor in happened(bench, walk) if kind is Happened.STATE]
    assert states == [
        ("filling", walk.owner), ("submitted", walk.owner), ("in_review", "staff:review"), ("callback", "staff:review"),
    ]  # fmt: skip
    with bench.desk.read("f1") as work:
        tags = {entry.seq: entry.tag for entry in work.audit_entries()}
        signed = [
            tags[each.seq] for each in work.casework.events(walk.case_id) if each.kind is Happened.STATE and each.seq
        ]
    assert signed == ["customer:case:start", "customer:case:submit", "staff:case:take", "staff:case:approve"]
