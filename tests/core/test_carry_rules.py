"""The whole set of rules as a file: out of one firm, into another one, approved there by a second person."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from core.errors import NotAllowed, Stale
from core.records_rules import DraftState
from core.rules.calendar import local_day, local_time
from core.usecases.carry_rules import export_rules, import_rules
from core.usecases.change_branches import all_branches, save_branch
from core.usecases.decide_rules import approve_draft, refuse_draft
from core.usecases.loading import rules_for
from core.usecases.read_rules import open_drafts, read_draft
from tests.core.test_rule_drafts import approved, minutes
from tests.desk_bench import Bench


def changed_firm(bench: Bench) -> bytes:
    """The file of a firm that changed three kinds."""
    approved(bench, "prepare", minutes(20))
    approved(bench, "age_rules", lambda body: body["rules"][1].update({"from": 60}))

    def shorter(body):
        body["channels"]["witness"]["weekly"]["mon"] = [["09:00", "11:30"]]

    approved(bench, "service_hours", shorter)
    return export_rules(bench.desk, bench.staff("admin"))


def test_export_import_export_gives_the_same_bytes(bench: Bench) -> None:
    data = changed_firm(bench)
    maker, second = bench.staff("admin", firm="f2"), bench.staff("compliance", firm="f2")
    assert export_rules(bench.desk, maker) != data
    done = import_rules(bench.desk, maker, data, "试点结束")
    assert (done.problems, done.kinds) == ({}, ("age_rules", "prepare", "service_hours"))
    waiting = [draft for draft, _ in open_drafts(bench.desk, second)]
    assert {draft.state for draft in waiting} == {DraftState.PROPOSED}
    with pytest.raises(NotAllowed):
        approve_draft(bench.desk, maker, waiting[0].id)
    assert sorted(approve_draft(bench.desk, second, waiting[0].id)) == ["age_rules", "prepare", "service_hours"]
    assert export_rules(bench.desk, maker) == data
    assert import_rules(bench.desk, maker, data, "再来一次").kinds == ()
    assert open_drafts(bench.desk, maker) == []


def test_drafts_of_one_import_stand_or_fall_together(bench: Bench) -> None:
    data = changed_firm(bench)
    maker, second = bench.staff("admin", firm="f2"), bench.staff("compliance", firm="f2")
    import_rules(bench.desk, maker, data, "试点结束")
    drafts = [draft for draft, _ in open_drafts(bench.desk, second)]
    assert refuse_draft(bench.desk, second, drafts[1].id, "先不导入") == {}
    assert {read_draft(bench.desk, maker, draft.id).draft.state for draft in drafts} == {DraftState.REFUSED}


def test_one_rule_that_moved_on_keeps_the_whole_import_out(bench: Bench) -> None:
    data = export_rules(bench.desk, bench.staff("admin", firm="f2"))
    approved(bench, "prepare", minutes(20))
    approved(bench, "age_rules", lambda body: body["rules"][1].update({"from": 60}))
    maker, second = bench.staff("supervisor"), bench.staff("compliance")
    import_rules(bench.desk, maker, data, "恢复")
    approved(bench, "prepare", minutes(30))
    drafts = [draft for draft, _ in open_drafts(bench.desk, second)]
    with pytest.raises(Stale):
        approve_draft(bench.desk, second, next(draft.id for draft in drafts if draft.kind == "age_rules"))
    with bench.desk.read("f1") as work:
        assert rules_for(work)["age_rules"]["rules"][1]["from"] == 60


def test_a_wrong_file_writes_nothing(bench: Bench) -> None:
    maker = bench.staff("admin")
    whole = json.loads(export_rules(bench.desk, maker))
    whole["kinds"]["prepare"]["minutes"] = 20
    whole["kinds"]["questionnaire"]["bands"][0]["to"] = 99
    wrong = import_rules(bench.desk, maker, json.dumps(whole).encode(), "试点结束")
    assert wrong.problems.keys() == {"questionnaire"}
    past = local_day(bench.now) - timedelta(days=1)
    whole = json.loads(export_rules(bench.desk, maker))
    whole["kinds"]["prepare"]["minutes"] = 20
    wrong = import_rules(bench.desk, maker, json.dumps(whole).encode(), " ", past)
    assert wrong.problems.keys() == {"@note", "@effective_on"}
    assert open_drafts(bench.desk, maker) == []


def test_an_import_takes_effect_at_its_day(bench: Bench) -> None:
    data = changed_firm(bench)
    day = local_day(bench.now) + timedelta(days=2)
    import_rules(bench.desk, bench.staff("admin", firm="f2"), data, "试点结束", day)
    second = bench.staff("compliance", firm="f2")
    approve_draft(bench.desk, second, open_drafts(bench.desk, second)[0][0].id)
    for moment, wanted in ((local_time(day, 0) - timedelta(seconds=1), 15), (local_time(day, 0), 20)):
        bench.clock.now = moment
        with bench.desk.read("f2") as work:
            assert rules_for(work)["prepare"]["minutes"] == wanted


def test_a_branch_shows_at_once(bench: Bench) -> None:
    admin = bench.staff("admin")
    with bench.desk.read("f1") as work:
        assert "杭州营业部" not in rules_for(work)["branches"].values()
    assert save_branch(bench.desk, admin, "", " 杭州营业部 ", "杭州市", "样张路 9 号") == {}
    assert save_branch(bench.desk, admin, "b1", "杭州营业部", "上海市", "样张路 1 号") == {"name": "已有同名的营业部。"}
    assert save_branch(bench.desk, admin, "b1", "", "上海市", "x" * 201).keys() == {"name", "address"}
    assert save_branch(bench.desk, admin, "b1", "上海营业部", "上海市", "样张路 1 号") == {}
    with bench.desk.read("f1") as work:
        assert set(rules_for(work)["branches"].values()) == {"上海营业部", "郑州营业部", "杭州营业部"}
    assert all_branches(bench.desk, bench.staff("admin", firm="f2"))[0].name == "总部营业部"


def test_a_branch_of_another_process_shows_within_a_minute(bench: Bench) -> None:
    """Written past this process's memory, as another process would."""
    with bench.desk.read("f1") as work:
        before = rules_for(work)["branches"]
    with bench.work() as work:
        first = work.firms.branches()[0]
        work.firms.change_branch(type(first)(first.id, "改名营业部", first.city, first.address))
    bench.pass_time(seconds=61)
    with bench.desk.read("f1") as work:
        assert rules_for(work)["branches"][first.id] == "改名营业部" != before[first.id]
