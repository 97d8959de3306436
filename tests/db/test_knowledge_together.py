"""One customer in eight tabs at once, on both databases: one test, and no answer is lost."""

from __future__ import annotations

from core.errors import Stale
from core.usecases.knowledge_test import choose_option, hand_in, start_test
from tests.builders import Walk, case_at
from tests.db.test_together import THREADS, together
from tests.desk_bench import Bench


def attempts(bench: Bench, walk: Walk) -> int:
    with bench.work() as work:
        return len(work.knowledge.of_person(walk.owner, ""))


def test_pressing_start_in_every_tab_draws_one_test(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")

    def start(_: int) -> str:
        try:
            return start_test(bench.desk, walk.actor, walk.case_id).id
        except Stale:
            return ""

    found = together(bench, start, THREADS)
    assert attempts(bench, walk) == 1
    assert len(set(found) - {""}) == 1


def test_no_answer_of_any_tab_is_lost(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)

    def answer(number: int) -> bool:
        question = sheet.questions[number]
        return choose_option(bench.desk, walk.actor, walk.case_id, sheet.id, question.key, "a")

    assert all(together(bench, answer, len(sheet.questions)))
    with bench.work() as work:
        kept = work.knowledge.find(sheet.id)
    assert kept is not None
    assert set(kept.answers) == {question.key for question in sheet.questions}


def test_handing_in_from_every_tab_counts_once(bench: Bench) -> None:
    walk = case_at(bench, "exchanges")
    sheet = start_test(bench.desk, walk.actor, walk.case_id)
    together(bench, lambda _: hand_in(bench.desk, walk.actor, walk.case_id, sheet.id), THREADS)
    results = [proof for proof in walk.facts(bench).proofs if proof.kind == "knowledge_test"]
    assert [proof.body["points"] for proof in results] == [0]
