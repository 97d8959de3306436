"""A new phone number at the counter: two persons, old sign-ins end, the old number opens nothing any more."""

from __future__ import annotations

import pytest

from core.actor import Actor, Role
from core.errors import NotAllowed, NotFound
from core.usecases.counter_phone import propose_phone
from core.usecases.decide_proposal import approve_proposal, refuse_proposal
from core.usecases.look_up_customer import add_note, open_customer
from core.usecases.own_cases import own_cases
from core.usecases.read_case import read_case
from core.usecases.sessions import exchange_ticket, find_session, open_session
from tests.builders import ZHANG, Walk, case_at, sign_in
from tests.desk_bench import EXISTING, Bench

NEW = "11150813077"


def opened(bench: Bench) -> tuple[Walk, str]:
    walk = case_at(bench, "active", chosen=("DCE",))
    customer_id = walk.case(bench).customer_id
    assert customer_id is not None
    return walk, customer_id


def propose(bench: Bench, customer_id: str, phone: str = NEW, *, by: str = "review", id_seen: bool = True,
            reason: str = "旧号码已停用") -> dict[str, str]:  # fmt: skip
    return propose_phone(bench.desk, bench.staff(by), customer_id, phone, reason, id_seen=id_seen)


def waiting(bench: Bench, customer_id: str) -> str:
    with bench.desk.read("f1") as work:
        return work.matters.proposals_of(customer_id)[0].id


def changed(bench: Bench, customer_id: str) -> None:
    assert not propose(bench, customer_id)
    approve_proposal(bench.desk, bench.staff("review2"), waiting(bench, customer_id))


def session(bench: Bench, subject: str) -> Actor:
    with bench.work() as work:
        ticket = open_session(work, "customer", subject)
    found = find_session(bench.desk, "customer", token=exchange_ticket(bench.desk, ticket))
    assert found is not None
    return Actor("f1", subject, frozenset(), found.id)


def is_signed_in(bench: Bench, actor: Actor) -> bool:
    return find_session(bench.desk, "customer", session_ref=f"f1.{actor.session_id}") is not None


def test_the_new_number_counts_after_a_second_person_said_yes(bench: Bench) -> None:
    _, customer_id = opened(bench)
    assert not propose(bench, customer_id)
    with bench.desk.read("f1") as work:
        assert work.people.find_customer(customer_id=customer_id).phone == ZHANG.phone  # type: ignore[union-attr]
    with pytest.raises(NotAllowed, match="两个人"):
        approve_proposal(bench.desk, bench.staff("review"), waiting(bench, customer_id))
    approve_proposal(bench.desk, bench.staff("review2"), waiting(bench, customer_id))
    with bench.desk.read("f1") as work:
        assert work.people.find_customer(customer_id=customer_id).phone == NEW  # type: ignore[union-attr]
        assert work.people.customer_file(customer_id).profile["phone"] == NEW
    bench.run_jobs()
    assert {phone for phone, _ in bench.sms.sent[-2:]} == {ZHANG.phone, NEW}
    assert {"staff:proposal:add", "staff:proposal:approve"} <= set(bench.tags())
    assert NEW not in str(bench.audit()) and ZHANG.phone not in str(bench.audit())


def test_the_old_number_opens_nothing_any_more(bench: Bench) -> None:
    walk, customer_id = opened(bench)
    by_phone, on_file = session(bench, walk.owner), session(bench, f"customer:{customer_id}")
    assert not add_note(bench.desk, bench.staff("service"), f"customer:{customer_id}", "备注")
    changed(bench, customer_id)
    assert not is_signed_in(bench, by_phone) and not is_signed_in(bench, on_file)
    bench.pass_time(seconds=61)
    stranger = Actor("f1", sign_in(bench, phone=ZHANG.phone))
    assert stranger.id == walk.owner and own_cases(bench.desk, stranger) == [], "who holds the old number now"
    bench.pass_time(seconds=61)
    owner = Actor("f1", sign_in(bench, id_number=ZHANG.id_number))
    assert bench.sms.sent[-1][0] == NEW
    assert [row.case.id for row in own_cases(bench.desk, owner)] == [walk.case_id]
    assert len(open_customer(bench.desk, bench.staff("service"), f"customer:{customer_id}").notes) == 1


def test_a_business_that_is_open_meanwhile_brings_the_old_number_back_to_nobody(bench: Bench) -> None:
    walk, customer_id = opened(bench)
    again = walk.again("settlement")
    again.start(bench)
    again.walk_to(bench)
    changed(bench, customer_id)
    again.hand_in(bench)
    again.do_submitted(bench)
    again.do_in_review(bench)
    bench.run_jobs()
    assert {phone for phone, text in bench.sms.sent if again.case(bench).number in text} == {NEW}
    with bench.desk.read("f1") as work:
        assert work.people.find_customer(customer_id=customer_id).phone == NEW  # type: ignore[union-attr]
        assert work.people.customer_file(customer_id).profile["phone"] == NEW


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id_seen": False}, "id_seen"),
        ({"phone": "123"}, "phone"),
        ({"phone": EXISTING.phone}, "phone"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_a_change_needs(bench: Bench, changes: dict[str, object], field: str) -> None:
    assert field in propose(bench, EXISTING.id, **changes)  # type: ignore[arg-type]
    with bench.desk.read("f1") as work:
        assert work.matters.waiting_proposals() == []


def test_a_refused_number_leaves_the_old_one(bench: Bench) -> None:
    _, customer_id = opened(bench)
    assert not propose(bench, customer_id)
    assert not refuse_proposal(bench.desk, bench.staff("review2"), waiting(bench, customer_id), "未见到本人")
    with bench.desk.read("f1") as work:
        assert work.people.find_customer(customer_id=customer_id).phone == ZHANG.phone  # type: ignore[union-attr]


@pytest.mark.parametrize("role", [Role.SERVICE, Role.SUPERVISOR, Role.COMPLIANCE, Role.ADMIN])
def test_other_roles_change_no_number(bench: Bench, role: Role) -> None:
    with pytest.raises(NotAllowed):
        propose_phone(bench.desk, bench.staff("service", role), EXISTING.id, NEW, "停用", id_seen=True)


def test_another_firm_changes_no_number(bench: Bench) -> None:
    _, customer_id = opened(bench)
    with pytest.raises(NotFound):
        propose_phone(bench.desk, bench.staff("review", firm="f2"), customer_id, NEW, "停用", id_seen=True)


def test_the_callback_sees_the_number_that_was_changed_since(bench: Bench) -> None:
    """Changed between the approval and the call: the one of the case would ring in vain."""
    walk = case_at(bench, "callback")
    customer_id = walk.case(bench).customer_id
    assert customer_id is not None
    caller = bench.staff("callback")
    assert read_case(bench.desk, caller, walk.case_id, "callback").phone == ZHANG.phone
    changed(bench, customer_id)
    assert read_case(bench.desk, caller, walk.case_id, "callback").phone == NEW
    assert walk.facts(bench).values("profile")["phone"] == ZHANG.phone, "what was handed in stays"
    walk.do_callback(bench)
    bench.run_jobs()
    assert bench.sms.sent[-1][0] == NEW and "已激活" in bench.sms.sent[-1][1]
