"""A change of the firm's rules: written by one person, decided by another one, in effect at its day."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from core.errors import NotAllowed, NotFound, Stale, WrongState
from core.flow import Rules
from core.records_rules import DraftState, RuleDraft
from core.rules.calendar import local_day, local_time
from core.rules.service_hours import ServiceHours
from core.usecases.decide_rules import approve_draft, refuse_draft
from core.usecases.draft_rules import (
    BODY,
    DAY,
    NOTE,
    begin_draft,
    propose_draft,
    save_draft,
    withdraw_draft,
)
from core.usecases.loading import load, rules_for
from core.usecases.read_rules import open_drafts, read_draft, rule_history, rule_states
from core.usecases.serve_customer import reject_witness
from db.tables_rules import RuleDraftRow
from tests.builders import LI, case_at
from tests.desk_bench import Bench
from tests.forms import answers_for

MAKER, SECOND = "admin", "compliance"


def written(bench: Bench, kind: str, change: Any, maker: str = MAKER, **content: Any) -> RuleDraft:
    """An open draft in which `change` has changed the body."""
    actor = bench.staff(maker)
    draft = begin_draft(bench.desk, actor, kind)
    body = deepcopy(draft.content.body)
    change(body)
    new = replace(draft.content, body=body, **{"note": "营业部要求", **content})
    return save_draft(bench.desk, actor, draft.id, draft.revision, new)


def proposed(bench: Bench, kind: str, change: Any, maker: str = MAKER, **content: Any) -> RuleDraft:
    draft = written(bench, kind, change, maker, **content)
    assert propose_draft(bench.desk, bench.staff(maker), draft.id) == ()
    return draft


def approved(bench: Bench, kind: str, change: Any, **content: Any) -> RuleDraft:
    draft = proposed(bench, kind, change, **content)
    approve_draft(bench.desk, bench.staff(SECOND), draft.id)
    return draft


def minutes(count: int) -> Any:
    """A change of 开户准备."""
    return lambda body: body.update(minutes=count)


def present(bench: Bench) -> Rules:
    with bench.desk.read("f1") as work:
        return rules_for(work)


def test_a_draft_becomes_a_version_by_a_second_person(bench: Bench) -> None:
    draft = proposed(bench, "prepare", minutes(20))
    assert present(bench)["prepare"]["minutes"] == 15
    assert approve_draft(bench.desk, bench.staff(SECOND), draft.id) == ("prepare",)
    assert (present(bench)["prepare"]["minutes"], present(bench).versions["prepare"]) == (20, 2)
    history = rule_history(bench.desk, bench.staff(MAKER), "prepare")
    newest = history.versions[0]
    assert (newest.version, newest.changed_by) == (2, "staff:admin")
    assert newest.effective_from <= bench.now
    done = history.drafts[0]
    assert (done.state, done.version, done.decided_by) == (DraftState.APPROVED, 2, "staff:compliance")
    tags = [tag for tag in bench.tags() if tag.startswith("staff:rule")]
    assert tags == ["staff:rule:begin", "staff:rule:save", "staff:rule:propose", "staff:rule:approve"]


def test_the_maker_does_not_decide(bench: Bench) -> None:
    draft = proposed(bench, "prepare", minutes(20), maker="supervisor")
    with pytest.raises(NotAllowed, match="两个人"):
        approve_draft(bench.desk, bench.staff("supervisor"), draft.id)
    with pytest.raises(NotAllowed, match="两个人"):
        refuse_draft(bench.desk, bench.staff("supervisor"), draft.id, "不行")
    assert present(bench)["prepare"]["minutes"] == 15
    approve_draft(bench.desk, bench.staff(SECOND), draft.id)


def test_the_database_holds_the_two_persons_too(bench: Bench) -> None:
    row = {
        "firm_id": "f1", "id": "d", "kind": "prepare", "base_version": 1, "body": {}, "note": "", "open_cases": False,
        "revision": 1, "batch": "", "made_by": "staff:a", "made_at": bench.now, "reason": "",
    }  # fmt: skip
    for wrong in ({"state": "approved", "decided_by": "staff:a"}, {"state": "approved", "decided_by": None}):
        with pytest.raises(IntegrityError), bench.database.engine.begin() as connection:
            connection.execute(insert(RuleDraftRow).values(**row, **wrong))


def test_only_the_maker_writes_and_only_while_it_is_open(bench: Bench) -> None:
    draft = written(bench, "prepare", minutes(20))
    other = bench.staff("supervisor")
    for act in (propose_draft, withdraw_draft):
        with pytest.raises(WrongState, match="另一位同事"):
            act(bench.desk, other, draft.id)
    assert propose_draft(bench.desk, bench.staff(MAKER), draft.id) == ()
    with pytest.raises(WrongState):
        save_draft(bench.desk, bench.staff(MAKER), draft.id, draft.revision, draft.content)
    withdraw_draft(bench.desk, bench.staff(MAKER), draft.id)
    with pytest.raises(WrongState):
        approve_draft(bench.desk, bench.staff(SECOND), draft.id)


def test_two_tabs_do_not_overwrite_each_other(bench: Bench) -> None:
    draft = written(bench, "prepare", minutes(20))
    with pytest.raises(Stale):
        save_draft(bench.desk, bench.staff(MAKER), draft.id, draft.revision - 1, draft.content)


def test_what_has_to_be_put_right_before_it_is_handed_in(bench: Bench) -> None:
    maker = bench.staff(MAKER)
    draft = begin_draft(bench.desk, maker, "prepare")
    places = [problem.path for problem in propose_draft(bench.desk, maker, draft.id)]
    assert places == [NOTE, BODY]
    yesterday = local_day(bench.now) - timedelta(days=1)
    wrong = written(bench, "prepare", minutes(0), effective_on=yesterday)
    found = {problem.path: problem.text for problem in propose_draft(bench.desk, maker, wrong.id)}
    assert found.keys() == {DAY, ("minutes",)}
    assert found[("minutes",)] == "大约用时应在 1 至 120 分钟之间。"
    assert read_draft(bench.desk, maker, wrong.id).draft.state is DraftState.OPEN


def test_a_refused_draft_says_why_and_is_taken_up_again(bench: Bench) -> None:
    draft = proposed(bench, "prepare", minutes(20))
    second = bench.staff(SECOND)
    assert refuse_draft(bench.desk, second, draft.id, "  ") == {"reason": "请写明退回的原因，最多 500 字。"}
    assert refuse_draft(bench.desk, second, draft.id, "时间太长") == {}
    seen = read_draft(bench.desk, bench.staff(MAKER), draft.id).draft
    assert (seen.state, seen.reason) == (DraftState.REFUSED, "时间太长")
    again = begin_draft(bench.desk, bench.staff(MAKER), "prepare", from_draft=draft.id)
    assert (again.content.body["minutes"], again.content.note) == (20, "营业部要求")


def test_two_drafts_of_the_same_version(bench: Bench) -> None:
    """The second one is refused and says who was first; taken up again it keeps what does not collide."""
    first = proposed(bench, "prepare", minutes(20))

    def both(body: dict[str, Any]) -> None:
        body.update(minutes=25, promise="当天复核。")

    second = proposed(bench, "prepare", both, maker="supervisor")
    approve_draft(bench.desk, bench.staff(SECOND), first.id)
    with pytest.raises(Stale, match=r"第 1 版，管理员已于 .* 改为第 2 版"):
        approve_draft(bench.desk, bench.staff(SECOND), second.id)
    assert "管理员" in read_draft(bench.desk, bench.staff(SECOND), second.id).moved
    again = begin_draft(bench.desk, bench.staff("supervisor"), "prepare", from_draft=second.id)
    assert (again.base_version, again.content.body["minutes"], again.content.body["promise"]) == (2, 20, "当天复核。")


def test_a_planned_version_takes_effect_at_the_beginning_of_its_day(bench: Bench) -> None:
    day = local_day(bench.now) + timedelta(days=3)
    approved(bench, "prepare", minutes(20), effective_on=day)
    assert present(bench)["prepare"]["minutes"] == 15
    bench.clock.now = local_time(day, 0) - timedelta(seconds=1)
    assert present(bench)["prepare"]["minutes"] == 15
    [state] = [each for each in rule_states(bench.desk, bench.staff(MAKER)) if each.kind.key == "prepare"]
    assert (state.present.version, [version.version for version in state.planned]) == (1, [2])
    bench.clock.now = local_time(day, 0)
    assert present(bench)["prepare"]["minutes"] == 20


def test_no_version_overtakes_one_that_is_planned(bench: Bench) -> None:
    day = local_day(bench.now) + timedelta(days=3)
    approved(bench, "prepare", minutes(20), effective_on=day)
    early = written(bench, "prepare", minutes(30), effective_on=day - timedelta(days=1))
    assert early.base_version == 2
    [problem] = propose_draft(bench.desk, bench.staff(MAKER), early.id)
    assert f"{day:%Y-%m-%d}" in problem.text
    approved(bench, "prepare", minutes(30), effective_on=day)
    bench.clock.now = local_time(day, 0)
    assert present(bench)["prepare"]["minutes"] == 30


def test_a_day_that_passed_while_it_waited_is_refused(bench: Bench) -> None:
    draft = proposed(bench, "prepare", minutes(20), effective_on=local_day(bench.now))
    bench.pass_time(days=1)
    with pytest.raises(WrongState, match="生效日期已经过去"):
        approve_draft(bench.desk, bench.staff(SECOND), draft.id)


def longer(body: dict[str, Any]) -> None:
    """One question more in the questionnaire, without points."""
    question = deepcopy(body["questions"][0])
    body["questions"].append({**question, "key": "q99", "text": "您知道保证金吗？", "cap": 0})


def test_a_case_keeps_the_rules_it_began_with(bench: Bench) -> None:
    walk = case_at(bench, "bank")
    approved(bench, "questionnaire", longer)
    bench.run_jobs()
    with bench.desk.read("f1") as work:
        loaded = load(work, walk.case_id)
        assert loaded.rules.versions["questionnaire"] == 1
        assert "q99" not in {question["key"] for question in loaded.rules["questionnaire"]["questions"]}
        assert loaded.done["suitability"]
        assert "q99" in {question["key"] for question in rules_for(work)["questionnaire"]["questions"]}


def test_open_cases_follow_when_the_firm_says_so(bench: Bench) -> None:
    """What the change invalidates follows by itself: the answered questionnaire has a question more now."""
    walk = case_at(bench, "agreements")
    with bench.desk.read("f1") as work:
        before = load(work, walk.case_id)
    assert before.done["suitability"]
    day = local_day(bench.now) + timedelta(days=1)
    approved(bench, "questionnaire", longer, effective_on=day, open_cases=True)
    bench.run_jobs()
    with bench.desk.read("f1") as work:
        assert load(work, walk.case_id).rules.versions["questionnaire"] == 1
    bench.clock.now = local_time(day, 0)
    bench.run_jobs()
    with bench.desk.read("f1") as work:
        after = load(work, walk.case_id)
    assert after.rules.versions == {**before.rules.versions, "questionnaire": 2}
    assert not after.done["suitability"] and after.case.current_step == "suitability"
    applied = [(subject, detail) for tag, subject, detail in bench.audit() if tag == "system:rule:apply"]
    assert applied == [(f"case:{walk.case_id}", {"kind": "questionnaire", "before": 1, "version": 2})]


def test_what_was_handed_in_keeps_its_rules(bench: Bench) -> None:
    walk = case_at(bench, "submitted")
    approved(bench, "questionnaire", longer, open_cases=True)
    bench.run_jobs()
    assert walk.case(bench).rules["questionnaire"] == 1


def test_drafts_of_another_firm_are_not_found(bench: Bench) -> None:
    draft = proposed(bench, "prepare", minutes(20))
    with pytest.raises(NotFound):
        approve_draft(bench.desk, bench.staff(SECOND, firm="f2"), draft.id)
    assert open_drafts(bench.desk, bench.staff(SECOND, firm="f2")) == []
    assert [each.id for each, _ in open_drafts(bench.desk, bench.staff(SECOND))] == [draft.id]


def test_an_unknown_kind_is_refused(bench: Bench) -> None:
    with pytest.raises(NotFound):
        begin_draft(bench.desk, bench.staff(MAKER), "nothing")


def test_days_are_days_in_shanghai(bench: Bench) -> None:
    approved(bench, "prepare", minutes(20), effective_on=date(2026, 6, 1))
    planned = rule_history(bench.desk, bench.staff(MAKER), "prepare").versions[0]
    assert planned.effective_from.isoformat() == "2026-05-31T16:00:00+00:00"


def test_a_new_firm_shows_its_own_rules_at_their_day(bench: Bench) -> None:
    """Other hours, one more question and one more reason, approved by a second account, from their day on."""
    day = local_day(bench.now) + timedelta(days=1)

    def hours(body: dict[str, Any]) -> None:
        weekly = body["channels"]["witness"]["weekly"]
        body["channels"]["witness"]["weekly"] = {name: [["09:00", "16:05"]] for name in weekly}

    def reason(body: dict[str, Any]) -> None:
        body["reasons"].append(
            {**body["reasons"][0], "code": "P20", "label": "照片有水印", "customer_text": "请重拍。"}
        )

    for kind, change in (("service_hours", hours), ("questionnaire", longer), ("reject_reasons", reason)):
        approved(bench, kind, change, effective_on=day)
    assert "16:05" not in ServiceHours.of(present(bench)["service_hours"], "witness").sentence()
    bench.clock.now = local_time(day, 8 * 60 + 50)
    assert "每天 09:00-16:05" in ServiceHours.of(present(bench)["service_hours"], "witness").sentence()
    walk = case_at(bench, "suitability", person=LI)
    given = answers_for(present(bench)["questionnaire"], walk.level)
    without = {key: chosen for key, chosen in given.items() if key != "q99"}
    assert walk.answer(bench, "suitability", {"answers": without}) == {"q99": "请回答这一题。"}
    assert not walk.answer(bench, "suitability", {"answers": given})
    walk.go_on(bench, "exchanges")
    walk.go_on(bench, "agreements")
    with pytest.raises(WrongState, match="09:00-16:05"):
        walk.go_on(bench, "witness")
    bench.clock.now = local_time(day, 9 * 60 + 1)
    walk.go_on(bench, "witness")
    reject_witness(bench.desk, bench.staff("witness"), *walk.held, ["P20"], "请重拍。", "")
    assert walk.facts(bench).rejections[-1].codes == ("P20",)
