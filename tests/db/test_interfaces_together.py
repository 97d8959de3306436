"""Eight threads at once on both databases: a reader of events misses none, and each is delivered once, in order."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from core.case import State
from core.jobs.deliver_webhook import deliver_webhook
from core.published_events import EVENT_TITLES
from core.usecases.webhooks import add_webhook, delivery_log
from tests.builders import case_at
from tests.desk_bench import Bench

CASES, THREADS = 12, 8


def copies(bench: Bench) -> list[str]:
    """Cases that can be handed in independently of each other."""
    case = case_at(bench, "photos").case(bench)
    ids = [f"copy{number}" for number in range(CASES)]
    with bench.work() as work:
        for number, case_id in enumerate(ids):
            work.cases.add_case(
                replace(case, id=case_id, number=f"80019901010000{number:02d}", owner=f"phone:copy{number}")
            )
    return ids


def move(bench: Bench, case_id: str, state: State) -> None:
    with bench.work() as work:
        work.cases.change(work.cases.get(case_id), state=state)


def read_on(bench: Bench, after: int) -> list[int]:
    with bench.desk.read("f1") as work:
        return [event.seq for event in work.interfaces.events_after(after, 100)]


def test_whoever_reads_on_while_others_write_misses_nothing(bench: Bench) -> None:
    ids, seen = copies(bench), list[int]()
    with ThreadPoolExecutor(THREADS) as pool:
        writing = [pool.submit(move, bench, case_id, State.SUBMITTED) for case_id in ids]
        while not all(each.done() for each in writing):
            seen += read_on(bench, seen[-1] if seen else 0)
    assert [each.exception() for each in writing] == [None] * CASES
    seen += read_on(bench, seen[-1] if seen else 0)
    assert seen == list(range(1, CASES + 1))


def test_several_workers_deliver_each_event_once_and_in_order(bench: Bench) -> None:
    ids = copies(bench)
    errors, _secret = add_webhook(bench.desk, bench.staff("admin"), "系统", "https://crm.example/", list(EVENT_TITLES))
    assert not errors
    hook = delivery_log(bench.desk, bench.staff("admin")).hooks[0].id
    for case_id in ids:
        move(bench, case_id, State.SUBMITTED)

    def deliver(_turn: int) -> None:
        for _ in range(CASES):
            deliver_webhook(bench.desk, "f1", {"webhook": hook})

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(deliver, range(3)))
    told = [json.loads(body)["sequence"] for _, _, body in bench.hooks.sent]
    assert told == sorted(set(told)), "in order, none twice"
    bench.pass_time(minutes=2)
    bench.run_jobs()
    told = [json.loads(body)["sequence"] for _, _, body in bench.hooks.sent]
    assert told == list(range(1, CASES + 1))
    assert {each.state for each in delivery_log(bench.desk, bench.staff("admin")).deliveries} == {"done"}
