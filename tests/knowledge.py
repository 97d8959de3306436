"""Taking the online test through its use cases, with as many right answers as wanted."""

from __future__ import annotations

from core.usecases.knowledge_test import Sheet, choose_option, hand_in, start_test
from tests.desk_bench import Bench
from tests.walk import Walk


def answer_some(bench: Bench, walk: Walk, sheet: Sheet, *, right: int, wrong: int = 0) -> None:
    """Answer questions from the first on: so many right, then so many wrong."""
    with bench.inner_desk().read(walk.firm) as work:
        attempt = work.knowledge.find(sheet.id)
    assert attempt is not None
    for number, question in enumerate(attempt.questions[: right + wrong]):
        other = next(key for key, _ in question.options if key != question.right)
        option = question.right if number < right else other
        assert choose_option(bench.inner_desk(), walk.actor, walk.case_id, sheet.id, question.key, option)


def take_test(bench: Bench, walk: Walk, right: int = 20) -> Sheet:
    """A whole test, handed in after some minutes."""
    sheet = start_test(bench.inner_desk(), walk.actor, walk.case_id)
    answer_some(bench, walk, sheet, right=right, wrong=20 - right)
    bench.pass_time(minutes=12)
    hand_in(bench.inner_desk(), walk.actor, walk.case_id, sheet.id)
    return sheet
