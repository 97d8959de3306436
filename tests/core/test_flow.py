"""The flow engine alone, with an invented business: a library card (借书证)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.case import Case, State
from core.flow import (
    Answer,
    Answers,
    BrokenDeclaration,
    Business,
    Checked,
    Facts,
    Phase,
    Proof,
    Rejection,
    Rules,
    Step,
    fingerprint,
)

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RULES = Rules({"library": {"child_below": 14}})
ADULT, CHILD = 30, 9


# -- the invented business
def reader_check(answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    errors = {key: "请填写。" for key in ("name", "age") if not answers.get(key)}
    return Checked(errors, dict(answers))


def is_child(facts: Facts, rules: Rules, _now: datetime) -> bool:
    return 0 < facts.values("reader").get("age", 0) < rules["library"]["child_below"]


def guardian_check(answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    return Checked({} if answers.get("guardian") else {"guardian": "请填写监护人。"}, dict(answers))


def deposit_check(answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    return Checked({} if answers.get("deposit") else {"deposit": "请选择押金。"}, dict(answers))


COVERS = {"desk": ("name", "age"), "rules": ("deposit",), "card": ("name",)}
"""Proof -> the facts it attests; each proof makes the step of the same name done."""
STEP_OF = {"name": "reader", "age": "reader", "guardian": "guardian", "deposit": "deposit"}


def fact(facts: Facts, name: str) -> Any:
    return facts.values(STEP_OF[name]).get(name)


def mark(facts: Facts, kind: str) -> str:
    return fingerprint(kind, [fact(facts, name) for name in COVERS[kind]])


def proven(kind: str) -> Any:
    def done(facts: Facts, _rules: Rules, _now: datetime) -> bool:
        return facts.proof(kind, "ok", mark(facts, kind), kind) is not None

    return done


def nothing_to_answer(_answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    return Checked({"step": "由馆员完成。"})


def proof_step(key: str, title: str) -> Step:
    return Step(key, title, Phase.SIGN, nothing_to_answer, done=proven(key))


LIBRARY_CARD = Business(
    "library_card",
    "借书证",
    (
        Step("reader", "读者资料", Phase.DATA, reader_check),
        Step("guardian", "监护人", Phase.DATA, guardian_check, applies=is_child),
        Step("deposit", "押金", Phase.DATA, deposit_check),
        proof_step("desk", "馆员核对"),
        proof_step("rules", "阅读规则"),
        proof_step("card", "发卡"),
    ),
)
KEYS = [step.key for step in LIBRARY_CARD.steps]


@dataclass
class Library:
    """A case of the invented business; every change happens a second after the one before."""

    facts: Facts
    now: datetime = START

    @classmethod
    def new(cls) -> Library:
        case = Case("c1", "f1", "1", "library_card", "phone:1", "b1", State.FILLING, 1, START, START)
        return cls(Facts(case))

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def save(self, step: str, values: dict[str, Any]) -> None:
        """What `answer_step` does: store only what passes its check."""
        moment = self.tick()
        checked = LIBRARY_CARD.step(step).check(values, self.facts, RULES, moment)
        if checked.ok:
            answers = {**self.facts.answers, step: Answer(step, checked.values, moment)}
            self.facts = replace(self.facts, answers=answers)

    def prove(self, kind: str) -> None:
        proof = Proof(kind, "ok", mark(self.facts, kind), self.tick())
        self.facts = replace(self.facts, proofs=(*self.facts.proofs, proof))

    def reject(self, *targets: str) -> None:
        rejection = Rejection(f"r{self.now}", "review", (), targets, "请修改。", self.tick())
        self.facts = replace(self.facts, rejections=(*self.facts.rejections, rejection))

    def done(self) -> dict[str, bool]:
        return {step.key: step.is_done(self.facts, RULES, self.now) for step in LIBRARY_CARD.steps}

    def plan(self) -> list[str]:
        return [step.key for step in LIBRARY_CARD.plan(self.facts, RULES, self.now)]

    def current(self) -> str | None:
        step = LIBRARY_CARD.current(self.facts, RULES, self.now)
        return step.key if step else None

    def may_enter(self, key: str) -> bool:
        return LIBRARY_CARD.may_enter(key, self.facts, RULES, self.now)

    def valid_proofs(self) -> set[str]:
        return {kind for kind in COVERS if proven(kind)(self.facts, RULES, self.now)}

    def finish(self, age: int = ADULT) -> None:
        """Do whatever is left, in order, keeping what was saved."""
        known = {"name": "张三", "age": age, "guardian": "李四", "deposit": 100}
        while (key := self.current()) is not None:
            if key in COVERS:
                self.prove(key)
            else:
                names = [name for name, step in STEP_OF.items() if step == key]
                self.save(key, {name: fact(self.facts, name) or known[name] for name in names})


# -- any order of things that may happen
names, ages = st.sampled_from(["", "张三", "李四"]), st.sampled_from([0, CHILD, ADULT])
happenings = st.one_of(
    st.tuples(st.just("reader"), names, ages),
    st.tuples(st.just("guardian"), names),
    st.tuples(st.just("deposit"), st.sampled_from([0, 100, 200])),
    st.tuples(st.just("prove"), st.sampled_from(list(COVERS))),
    st.tuples(st.just("reject"), st.sets(st.sampled_from(KEYS), min_size=1)),
)
histories = st.lists(happenings, max_size=25)


def happen(library: Library, what: tuple[Any, ...]) -> None:
    kind, *rest = what
    if kind == "reader":
        library.save("reader", {"name": rest[0], "age": rest[1]})
    elif kind in {"guardian", "deposit"}:
        library.save(kind, {kind: rest[0]})
    elif kind == "prove":
        library.prove(rest[0])
    else:
        library.reject(*sorted(rest[0]))


def after(history: list[tuple[Any, ...]]) -> Library:
    library = Library.new()
    for what in history:
        happen(library, what)
    return library


@given(histories)
@settings(max_examples=200, deadline=None)
def test_a_step_can_be_entered_only_when_every_applicable_one_before_it_is_done(history: list[tuple[Any, ...]]) -> None:
    library = after(history)
    done, plan = library.done(), library.plan()
    for key in KEYS:
        earlier = plan[: plan.index(key)] if key in plan else []
        assert library.may_enter(key) is (key in plan and all(done[k] for k in earlier))


@given(histories)
@settings(max_examples=200, deadline=None)
def test_the_current_step_is_the_first_that_is_not_done(history: list[tuple[Any, ...]]) -> None:
    library = after(history)
    done = library.done()
    left = [key for key in library.plan() if not done[key]]
    assert library.current() == (left[0] if left else None)
    if left:
        assert library.may_enter(left[0])
        assert not any(library.may_enter(key) for key in left[1:])


@given(histories, st.sampled_from(["reader", "guardian", "deposit"]))
@settings(max_examples=200, deadline=None)
def test_saving_an_equal_value_clears_no_proof(history: list[tuple[Any, ...]], step: str) -> None:
    library = after(history)
    before, plan = library.valid_proofs(), library.plan()
    library.save(step, dict(library.facts.values(step)))
    assert library.valid_proofs() == before
    assert library.plan() == plan


@given(histories, happenings.filter(lambda what: what[0] in {"reader", "guardian", "deposit"}))
@settings(max_examples=300, deadline=None)
def test_a_changed_fact_invalidates_exactly_the_proofs_that_cover_it(
    history: list[tuple[Any, ...]], change: tuple[Any, ...]
) -> None:
    library = after(history)
    valid, facts = library.valid_proofs(), library.facts
    happen(library, change)
    changed = {name for name in STEP_OF if fact(facts, name) != fact(library.facts, name)}
    hit = {kind for kind in COVERS if changed & set(COVERS[kind])}
    still = library.valid_proofs() & valid
    back = {kind for kind in still & hit if len({p.fingerprint for p in library.facts.proofs if p.kind == kind}) > 1}
    assert still == valid - hit | back, "only a value changed back makes an older proof good again"


@given(histories, st.sets(st.sampled_from(KEYS), min_size=1))
@settings(max_examples=200, deadline=None)
def test_a_rejection_undoes_exactly_its_targets(history: list[tuple[Any, ...]], targets: set[str]) -> None:
    library = after(history)
    done = library.done()
    library.reject(*sorted(targets))
    assert library.done() == {key: was and key not in targets for key, was in done.items()}


@given(histories)
@settings(max_examples=100, deadline=None)
def test_whatever_happened_the_case_can_be_finished(history: list[tuple[Any, ...]]) -> None:
    library = after(history)
    library.finish()
    assert library.current() is None
    assert all(library.done()[key] for key in library.plan())


@given(histories, st.sampled_from(KEYS))
@settings(max_examples=100, deadline=None)
def test_doing_a_rejected_step_again_reaches_the_same_plan(history: list[tuple[Any, ...]], key: str) -> None:
    library = after(history)
    library.finish()
    plan, proofs = library.plan(), library.valid_proofs()
    library.reject(key)
    library.finish()
    assert (library.plan(), library.valid_proofs()) == (plan, proofs)


# -- single cases that say what is meant
def test_a_fresh_case_stands_at_its_first_step() -> None:
    library = Library.new()
    assert library.current() == "reader"
    assert [library.may_enter(key) for key in KEYS] == [True, False, False, False, False, False]


def test_a_step_that_does_not_apply_is_neither_planned_nor_entered() -> None:
    library = Library.new()
    library.finish(ADULT)
    assert "guardian" not in library.plan()
    assert not library.may_enter("guardian")


def test_an_answer_can_bring_a_step_into_the_plan_and_back_to_it() -> None:
    library = Library.new()
    library.finish(ADULT)
    library.save("reader", {"name": "张三", "age": CHILD})
    assert library.current() == "guardian"
    assert not library.may_enter("deposit")


def test_a_value_that_is_changed_back_makes_its_proof_good_again() -> None:
    library = Library.new()
    library.finish()
    library.save("deposit", {"deposit": 200})
    assert library.current() == "rules"
    library.save("deposit", {"deposit": 100})
    assert library.current() is None


def test_a_wrong_value_is_a_result_and_stores_nothing() -> None:
    library = Library.new()
    library.save("reader", {"name": "", "age": ADULT})
    checked = LIBRARY_CARD.step("reader").check({"name": "张三"}, library.facts, RULES, library.now)
    assert library.facts.answers == {}
    assert not checked.ok and list(checked.errors) == ["age"]


def test_a_saved_answer_that_no_longer_passes_its_check_is_not_done() -> None:
    library = Library.new()
    library.finish()
    stored = Answer("deposit", {"deposit": 0}, library.tick())
    library.facts = replace(library.facts, answers={**library.facts.answers, "deposit": stored})
    assert library.current() == "deposit"


def test_an_open_rejection_is_the_newest_one_that_was_not_answered() -> None:
    library = Library.new()
    library.finish()
    library.reject("reader")
    library.reject("reader", "deposit")
    found = library.facts.open_rejection("reader")
    assert found is not None and found.targets == ("reader", "deposit")
    library.save("reader", {"name": "张三", "age": ADULT})
    assert library.facts.open_rejection("reader") is None
    assert library.facts.open_rejection("deposit") is not None
    assert library.facts.open_rejection("guardian") is None


def test_the_newest_proof_decides_after_a_rejection() -> None:
    library = Library.new()
    library.finish()
    library.reject("desk")
    assert library.current() == "desk"
    library.prove("desk")
    assert library.current() is None


def test_a_fingerprint_depends_on_value_and_place_but_not_on_the_order_of_keys() -> None:
    assert fingerprint("a", {"x": 1, "y": 2}) == fingerprint("a", {"y": 2, "x": 1})
    different = [fingerprint("a", "b"), fingerprint("b", "a"), fingerprint("ab"), fingerprint(["a", "b"]),
                 fingerprint("a", None), fingerprint("a", ""), fingerprint("a")]  # fmt: skip
    assert len(set(different)) == len(different)


# -- declarations
def step(key: str = "a", title: str = "甲") -> Step:
    return Step(key, title, Phase.DATA, reader_check)


@pytest.mark.parametrize(
    "steps",
    [(), (step(), step()), (step(""),), (step(title=""),), (step(), step("b", ""))],
    ids=["empty", "repeated key", "no key", "no title", "one without a title"],
)
def test_a_broken_declaration_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(BrokenDeclaration):
        Business("broken", "坏业务", steps)


def test_a_foreign_step_is_refused_by_name_and_never_entered() -> None:
    with pytest.raises(BrokenDeclaration):
        LIBRARY_CARD.step("witness")
    assert not Library.new().may_enter("witness")


def test_unknown_firm_data_is_a_broken_installation() -> None:
    with pytest.raises(KeyError):
        RULES["agreements"]
