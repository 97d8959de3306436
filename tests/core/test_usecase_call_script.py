"""What the server chooses and checks in a call: question, challenge, code by SMS, a call for help."""

from __future__ import annotations

import re

import pytest

from core import limits
from core.actor import Actor
from core.call_notes import asked, challenge_of, code_state, help_wanted, right_answers
from core.errors import NotAllowed, NotFound, Stale, TooMany, WrongState
from core.records import Ticket
from core.usecases.call_script import (
    call_supervisor,
    draw_challenge,
    draw_question,
    enter_call_code,
    mark_answer,
    question_of,
    send_call_code,
)
from core.usecases.queue_overview import queue_overview
from core.usecases.serve_customer import missing_proofs, script_marks
from tests.builders import Walk, case_at
from tests.desk_bench import Bench

OPEN = "答对一道随机问题"


def witness(bench: Bench, walk: Walk) -> Actor:
    return bench.staff(walk.witness, firm=walk.firm)


def ticket_of(bench: Bench, walk: Walk) -> Ticket:
    with bench.desk.read(walk.firm) as work:
        found = work.queue.find(walk.ticket)
    assert found is not None
    return found


def test_a_question_is_about_what_is_on_file_and_each_is_asked_once(bench: Bench) -> None:
    walk, seen = case_at(bench, "in_call"), set()
    pool = walk.loaded(bench).rules["witness_script"]["random_questions"]
    for _ in pool:
        draw_question(bench.desk, witness(bench, walk), *walk.held)
        question = question_of(walk.loaded(bench), ticket_of(bench, walk))
        assert question is not None and question.answer and question.right is None
        seen.add(question.key)
    assert seen == {row["key"] for row in pool}
    with pytest.raises(WrongState):
        draw_question(bench.desk, witness(bench, walk), *walk.held)


def test_the_answer_is_never_kept_in_the_ticket(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for _ in walk.loaded(bench).rules["witness_script"]["random_questions"]:
        draw_question(bench.desk, witness(bench, walk), *walk.held)
    profile = walk.facts(bench).values("profile")
    kept = str(ticket_of(bench, walk).script)
    assert not [value for value in profile.values() if len(str(value)) > 3 and str(value) in kept]


def test_a_pass_needs_one_right_answer(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    actor = witness(bench, walk)
    assert OPEN in missing_proofs(walk.loaded(bench), ticket_of(bench, walk))
    with pytest.raises(WrongState):
        mark_answer(bench.desk, actor, *walk.held, right=True)
    draw_question(bench.desk, actor, *walk.held)
    mark_answer(bench.desk, actor, *walk.held, right=False)
    assert OPEN in missing_proofs(walk.loaded(bench), ticket_of(bench, walk))
    draw_question(bench.desk, actor, *walk.held)
    mark_answer(bench.desk, actor, *walk.held, right=True)
    ticket = ticket_of(bench, walk)
    assert [row["right"] for row in asked(ticket)] == [False, True] and right_answers(ticket) == 1
    assert OPEN not in missing_proofs(walk.loaded(bench), ticket)


def test_the_server_chooses_the_challenge(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    listed = {row["key"]: row["text"] for row in walk.loaded(bench).rules["witness_script"]["challenges"]}
    for _ in range(30):
        text = draw_challenge(bench.desk, witness(bench, walk), *walk.held)
        drawn = challenge_of(ticket_of(bench, walk))
        assert drawn["text"] == text and text.startswith(listed[drawn["key"]])
        assert (drawn["key"] == "digits") == bool(re.search(r"：\d \d \d \d$", text))


def test_a_code_typed_by_the_customer_proves_the_phone(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    send_call_code(bench.desk, witness(bench, walk), *walk.held)
    bench.run_jobs()
    assert code_state(ticket_of(bench, walk)) == "sent"
    assert not enter_call_code(bench.desk, walk.actor, walk.ticket, "000000x")
    assert enter_call_code(bench.desk, walk.actor, walk.ticket, f" {bench.sms.code()} ")
    ticket = ticket_of(bench, walk)
    assert code_state(ticket) == "right" and "phone" in script_marks(ticket)
    with pytest.raises(NotFound):
        enter_call_code(bench.desk, walk.actor, walk.ticket, bench.sms.code())


def test_a_code_ends_with_its_time_its_tries_and_not_for_others(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    actor = witness(bench, walk)
    send_call_code(bench.desk, actor, *walk.held)
    bench.run_jobs()
    with pytest.raises(TooMany):
        send_call_code(bench.desk, actor, *walk.held)
    with pytest.raises(NotAllowed):
        enter_call_code(bench.desk, Actor("f1", "phone:somebody"), walk.ticket, bench.sms.code())
    for _ in range(limits.CODE_TRIES):
        assert not enter_call_code(bench.desk, walk.actor, walk.ticket, "wrong")
    assert not enter_call_code(bench.desk, walk.actor, walk.ticket, bench.sms.code())
    bench.pass_time(limits.CODE_RESEND)
    send_call_code(bench.desk, actor, *walk.held)
    bench.run_jobs()
    bench.pass_time(limits.CODE_LIFE)
    assert not enter_call_code(bench.desk, walk.actor, walk.ticket, bench.sms.code())


def test_a_witness_who_asks_for_help_stands_in_the_alerts(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    actor = witness(bench, walk)
    with pytest.raises(NotFound):
        call_supervisor(bench.desk, actor, *walk.held, "because")
    call_supervisor(bench.desk, actor, *walk.held, "suspicious")
    assert help_wanted(ticket_of(bench, walk)) == "suspicious"
    branch = queue_overview(bench.desk, bench.staff("supervisor"))[0]
    assert [(a.kind, a.who) for a in branch.alerts if a.kind == "help"] == [("help", walk.case(bench).number)]


def test_only_the_witness_of_the_call_draws(bench: Bench) -> None:
    walk = case_at(bench, "in_call")
    for act in (draw_question, draw_challenge, send_call_code):
        with pytest.raises(Stale):
            act(bench.desk, bench.staff("witness2"), *walk.held)
        with pytest.raises(NotAllowed):
            act(bench.desk, bench.staff("review"), *walk.held)
