"""What a session keeps of its case between runs never outlives what is stored, nor the day it was worked out for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.steps.agreements import unread
from core.usecases.answer_step import keep_draft
from core.usecases.loading import Kept, Loaded, load, load_case
from core.usecases.photos import remove_photo
from core.usecases.read_agreement import open_agreement
from tests.builders import LI, MILESTONES, ZHANG, Walk, case_at
from tests.desk_bench import Bench

CORE = Path(__file__).parents[2] / "core"
Write = Callable[[Bench, Walk], object]


def again(bench: Bench, walk: Walk, kept: Kept) -> Loaded:
    """What the next run of a page sees."""
    with bench.desk.read(walk.firm) as work:
        return load_case(work, work.cases.get(walk.case_id), kept)


def anew(bench: Bench, walk: Walk) -> Loaded:
    """What is stored, read without anything kept."""
    with bench.desk.read(walk.firm) as work:
        return load(work, walk.case_id)


def draft(bench: Bench, walk: Walk, text: str = "") -> None:
    keep_draft(bench.desk, walk.actor, walk.case_id, "profile", {"name": text})


def second_draft(bench: Bench, walk: Walk) -> None:
    draft(bench, walk, "second")


def opened(bench: Bench, walk: Walk) -> None:
    loaded = anew(bench, walk)
    code = unread(loaded.facts, loaded.rules, loaded.now)[0].code
    open_agreement(bench.desk, walk.actor, walk.case_id, code)


def test_unchanged_facts_are_the_same_object_and_what_follows_from_them_is_worked_out_once(bench: Bench) -> None:
    walk, kept = case_at(bench, "agreements"), Kept()
    first, second = again(bench, walk, kept), again(bench, walk, kept)
    assert second.facts is first.facts
    assert second.done is first.done
    assert second.plan is first.plan


def test_every_step_of_the_way_is_seen_at_the_next_run(bench: Bench) -> None:
    walk, kept = case_at(bench, "device"), Kept()
    for place in MILESTONES[:-1]:
        before = again(bench, walk, kept)
        walk.go_on(bench, place)
        bench.run_inner_jobs(walk.firm)
        now, stored = again(bench, walk, kept), anew(bench, walk)
        assert now.facts == stored.facts, place
        assert (now.case, now.done, now.current) == (stored.case, stored.done, stored.current), place
        assert now.case == before.case or now.facts is not before.facts, place


@pytest.mark.parametrize(
    ("place", "write"),
    [
        ("profile", draft),
        ("profile", second_draft),
        ("agreements", opened),
        ("in_call", lambda bench, walk: walk.capture(bench, "capture_front")),
    ],
)
def test_a_write_that_leaves_the_version_alone_is_seen_too(bench: Bench, place: str, write: Write) -> None:
    walk, kept = case_at(bench, place), Kept()
    if write is second_draft:
        draft(bench, walk)
    before = again(bench, walk, kept)
    write(bench, walk)
    after = again(bench, walk, kept)
    assert after.case == before.case
    assert after.facts == anew(bench, walk).facts != before.facts


def test_a_replaced_photo_is_seen(bench: Bench) -> None:
    walk, kept = case_at(bench, "profile"), Kept()
    photo = again(bench, walk, kept).facts.slot("id_front")[0]
    remove_photo(bench.desk, walk.actor, walk.case_id, photo.id)
    assert again(bench, walk, kept).facts.slot("id_front") == ()


def test_two_cases_do_not_mix(bench: Bench) -> None:
    first, second = case_at(bench, "profile", person=ZHANG), Walk(person=LI)
    second.start(bench)
    kept = Kept()
    for walk in (first, second, first):
        assert again(bench, walk, kept).facts == anew(bench, walk).facts


def test_a_document_that_runs_out_overnight_is_missed_in_the_morning_with_the_same_facts(bench: Bench) -> None:
    last_day = bench.clock.now + timedelta(days=1)
    walk = case_at(bench, "bank", profile={"valid_to": last_day.date().isoformat()})
    kept = Kept()
    before = again(bench, walk, kept)
    bench.pass_time(days=3)
    after = again(bench, walk, kept)
    assert after.facts is before.facts
    assert (before.done["profile"], after.done["profile"]) == (True, False)


def _calls_with_now(source: str) -> set[str]:
    """Names of the functions and methods that are given `now`; `.attribute` when it is used in any other way."""
    tree = ast.parse(source)
    given = {
        id(argument): call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", ".")
        for call in ast.walk(tree) if isinstance(call, ast.Call) for argument in call.args
    }  # fmt: skip
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in {"now", "_now"}]
    return {given.get(id(node), f".{ast.unparse(node)}") for node in used}


def test_steps_know_the_clock_only_as_the_day() -> None:
    files = [
        *sorted((CORE / "steps").glob("*.py")),
        *sorted((CORE / "businesses").glob("*.py")),
        CORE / "agreements.py",
    ]
    sources = [path.read_text("utf-8") for path in files]
    own = {node.name for text in sources for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    used = {name for text in sources for name in _calls_with_now(text)}
    assert "local_day" in used
    assert used - own <= {"local_day", "answer_holds"}, "answer_holds (core/flow.py) gives it to check alone"


def test_a_changed_copy_of_facts_starts_without_what_was_worked_out(bench: Bench) -> None:
    loaded = anew(bench, case_at(bench, "profile"))
    assert loaded.done["photos"]
    changed = replace(loaded, facts=replace(loaded.facts, evidence=()))
    assert not changed.done["photos"]
