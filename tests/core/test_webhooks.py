"""Webhooks: every change of state is told, in order, once each by id, signed, also to a receiver that was down."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from core.case import State
from core.errors import NotFound, WrongState
from core.jobs.sweep import forget
from core.published_events import EVENT_TITLES, events_of
from core.records_interfaces import PublishedEvent
from core.usecases.abandon_case import abandon_case
from core.usecases.review_case import approve_case, reject_review, release_case, take_case
from core.usecases.webhooks import (
    MOST,
    add_webhook,
    close_webhook,
    delivery_log,
    drop_delivery,
    resend_delivery,
)
from core.webhooks import GIVE_UP, PAUSES, SIGNATURE, body_of, pause_after, signature, url_problem
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

URL = "https://crm.example/hooks"


def listen(bench: Bench, *kinds: str) -> str:
    """The secret of a new address."""
    errors, secret = add_webhook(bench.desk, bench.staff("admin"), "客户关系系统", URL, kinds or list(EVENT_TITLES))
    assert not errors
    return secret


def sent(bench: Bench) -> list[dict[str, object]]:
    return [json.loads(body) for _, _, body in bench.hooks.sent]


def states(bench: Bench) -> list[str]:
    return [each.state for each in delivery_log(bench.desk, bench.staff("admin")).deliveries]


def back_and_forth(bench: Bench, walk: Walk, times: int) -> None:
    """The reviewer takes and releases, which nobody outside hears of."""
    for _ in range(times):
        take_case(bench.desk, bench.staff("review"), walk.case_id)
        release_case(bench.desk, bench.staff("review"), walk.case_id)


@pytest.mark.parametrize(("before", "after", "kinds"), [
    (State.FILLING, State.SUBMITTED, ("case.submitted",)),
    (State.REJECTED, State.SUBMITTED, ("case.submitted",)),
    (State.IN_REVIEW, State.SUBMITTED, ()),
    (State.SUBMITTED, State.IN_REVIEW, ()),
    (State.IN_REVIEW, State.REJECTED, ("case.rejected",)),
    (State.IN_REVIEW, State.CALLBACK, ("case.approved",)),
    (State.IN_REVIEW, State.DONE, ("case.approved", "case.done")),
    (State.APPROVED, State.DONE, ("case.done",)),
    (State.CALLBACK, State.ACTIVE, ("case.activated",)),
    (State.FILLING, State.EXPIRED, ("case.expired",)),
    (State.FILLING, State.ABANDONED, ("case.abandoned",)),
    (State.IN_REVIEW, State.TERMINATED, ("case.terminated",)),
])  # fmt: skip
def test_what_a_change_of_state_means_to_others(before: State, after: State, kinds: tuple[str, ...]) -> None:
    assert events_of(before, after) == kinds
    assert set(kinds) <= set(EVENT_TITLES)


def test_an_event_is_sent_once_and_signed(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    secret = listen(bench)
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    bench.run_jobs()
    [(url, headers, body)] = bench.hooks.sent
    assert url == URL
    moment, mac = (part.split("=")[1] for part in headers[SIGNATURE].split(","))
    assert mac == hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert abs(int(moment) - bench.now.timestamp()) < 5
    told = json.loads(body)
    assert told["type"] == "case.approved" and told["id"] == headers["Jianzheng-Event"]
    assert told["case"] == {
        "number": walk.case(bench).number, "business": "open_account", "state": "callback", "branch": "b1",
    }  # fmt: skip
    for personal in (walk.person.name, walk.person.phone, walk.person.id_number, walk.owner):
        assert personal.encode() not in body
    bench.run_jobs()
    assert len(bench.hooks.sent) == 1 and states(bench) == ["done"]


def test_a_receiver_that_is_down_for_an_hour_gets_everything_in_order_once(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    bench.hooks.broken = True
    kinds = []
    for number in range(6):
        with bench.work() as work:
            case = work.cases.get(walk.case_id)
            state = (State.REJECTED, State.SUBMITTED)[number % 2]
            work.cases.change(case, state=state)
        kinds.append(("case.rejected", "case.submitted")[number % 2])
        bench.run_jobs()
        bench.pass_time(minutes=10)
    assert bench.hooks.sent == [] and bench.hooks.tried < 20, "a receiver that is down is not hammered"
    bench.hooks.broken = False
    for _ in range(30):
        bench.run_jobs()
        bench.pass_time(minutes=2)
    told = sent(bench)
    assert [each["type"] for each in told] == kinds
    assert [each["sequence"] for each in told] == sorted({int(str(each["sequence"])) for each in told})
    assert len({each["id"] for each in told}) == 6
    assert states(bench) == ["done"] * 6
    with bench.work() as work:
        assert not work.jobs.due()


def test_an_answer_that_is_no_success_is_tried_again_and_kept_short(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    bench.hooks.status = 500
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    bench.run_jobs()
    [found] = delivery_log(bench.desk, bench.staff("admin"), "waiting").deliveries
    assert (found.attempts, found.status) == (1, 500) and found.next_at > bench.now
    bench.hooks.status = 204
    bench.pass_time(PAUSES[0])
    bench.run_jobs()
    assert states(bench) == ["done"]


def test_after_three_days_it_is_given_up_and_can_be_sent_again(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    bench.hooks.broken = True
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    began = bench.now
    while states(bench) == ["waiting"]:
        bench.run_jobs()
        bench.pass_time(hours=1)
    assert GIVE_UP - PAUSES[-1] - timedelta(hours=2) < bench.now - began <= GIVE_UP + timedelta(hours=1)
    assert states(bench) == ["failed"] and bench.hooks.tried < 40
    bench.hooks.broken = False
    [found] = delivery_log(bench.desk, bench.staff("admin")).deliveries
    resend_delivery(bench.desk, bench.staff("admin"), found.id)
    bench.run_jobs()
    assert states(bench) == ["done"] and len(bench.hooks.sent) == 1
    with pytest.raises(WrongState):
        resend_delivery(bench.desk, bench.staff("admin"), found.id)
    assert bench.tags()[-1] == "staff:webhook:resend"


def test_what_is_dropped_lets_the_next_ones_go(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    bench.hooks.broken = True
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["P01"], "请重新上传。", "")
    abandon_case(bench.desk, walk.actor, walk.case_id)
    bench.run_jobs()
    newest, oldest = delivery_log(bench.desk, bench.staff("admin")).deliveries
    assert (oldest.attempts, newest.attempts) == (1, 0), "a later event never goes before an earlier one"
    drop_delivery(bench.desk, bench.staff("admin"), oldest.id)
    bench.hooks.broken = False
    bench.pass_time(minutes=1)
    bench.run_jobs()
    assert [each["type"] for each in sent(bench)] == ["case.abandoned"]
    with pytest.raises(NotFound):
        drop_delivery(bench.desk, bench.staff("admin"), oldest.id)


def test_a_closed_address_hears_nothing_more(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    approve_case(bench.desk, bench.staff("review"), walk.case_id)
    hook = delivery_log(bench.desk, bench.staff("admin")).hooks[0]
    close_webhook(bench.desk, bench.staff("admin"), hook.id)
    bench.run_jobs()
    assert bench.hooks.sent == [] and states(bench) == ["stopped"]
    with pytest.raises(NotFound):
        close_webhook(bench.desk, bench.staff("admin"), hook.id)


def test_ended_deliveries_are_forgotten_after_a_while_and_waiting_ones_never(bench: Bench) -> None:
    walk = case_at(bench, "in_review")
    listen(bench)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["P01"], "请重新上传。", "")
    bench.run_jobs()
    bench.hooks.broken = True
    abandon_case(bench.desk, walk.actor, walk.case_id)
    forget(bench.desk, "f1")
    assert states(bench) == ["waiting", "done"]
    bench.pass_time(days=91)
    forget(bench.desk, "f1")
    assert states(bench) == ["waiting"]


def test_only_wanted_events_are_told_and_none_of_a_transaction_that_failed(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    listen(bench, "case.rejected")
    back_and_forth(bench, walk, 2)
    with pytest.raises(RuntimeError), bench.work() as work:
        work.cases.change(work.cases.get(walk.case_id), state=State.REJECTED)
        raise RuntimeError
    bench.run_jobs()
    assert bench.hooks.sent == []
    take_case(bench.desk, bench.staff("review"), walk.case_id)
    reject_review(bench.desk, bench.staff("review"), walk.case_id, ["P01"], "请重新上传。", "")
    bench.run_jobs()
    assert [each["type"] for each in sent(bench)] == ["case.rejected"]


@pytest.mark.parametrize(("url", "demo", "good"), [
    ("https://crm.example/hooks?x=1", False, True), ("http://crm.example/", True, True),
    ("http://crm.example/", False, False), ("ftp://crm.example/", True, False), ("https://", True, False),
    ("https://a:b@crm.example/", True, False), ("https://crm.example/#x", True, False), ("", True, False),
    ("https://crm.example:99999/", True, False), ("https://crm example/", True, False),
    ("https://例.example", True, False),
    ("https://crm.example/" + "x" * 500, True, False), ("https://[::1", True, False), ("https://x\r\ny", True, False),
])  # fmt: skip
def test_addresses(url: str, demo: bool, good: bool) -> None:
    assert (url_problem(url, demo=demo) == "") is good


def test_mistakes_are_named_at_their_fields(bench: Bench) -> None:
    admin = bench.staff("admin")
    assert set(add_webhook(bench.desk, admin, " ", "gopher://x", [])[0]) == {"title", "url", "kinds"}
    assert list(add_webhook(bench.desk, admin, "a", URL, ["case.unknown"])[0]) == ["kinds"]
    for _ in range(MOST):
        listen(bench)
    assert list(add_webhook(bench.desk, admin, "a", URL, ["case.done"])[0]) == ["title"]


def test_signature_and_pauses() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    event = PublishedEvent(1, "e1", "case.done", "8001202603020001", "open_account", "done", "b1", at)
    known = signature("whsec_x", at, body_of(event))
    assert known == signature("whsec_x", at, body_of(event)) != signature("whsec_y", at, body_of(event))
    assert known != signature("whsec_x", at + timedelta(seconds=1), body_of(event))
    assert [pause_after(n) for n in (1, 2, 99)] == [PAUSES[0], PAUSES[1], PAUSES[-1]]
    assert list(PAUSES) == sorted(PAUSES)
