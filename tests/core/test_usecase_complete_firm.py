"""A firm of an older release gets the firm data that it lacks, once, and keeps what it has set."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from core.jobs.refresh_rollups import targets_of
from core.usecases.abandon_case import abandon_case
from core.usecases.complete_firm import complete_firm, with_missing
from core.usecases.loading import forget_firms, load, rules_for
from core.usecases.notify import notify
from core.usecases.offers import times_of
from db import tables as t
from tests.builders import case_at
from tests.desk_bench import Bench, defaults

GONE = ("reservation_rules", "callback_topics", "sms_texts")
OWN = {"code": {"title": "自己的", "text": "{code}"}}


def take_away(bench: Bench, *kinds: str) -> None:
    """As a firm that was founded before these kinds existed."""
    table = t.FirmData.__table__
    with bench.database.engine.execution_options(write=True).begin() as connection:
        connection.execute(delete(table).where(table.c.firm_id == "f1", table.c.kind.in_(kinds)))
    forget_firms()


def replace_by(bench: Bench, kind: str, body: Any) -> int:
    """A new version of the firm's own; its number."""
    with bench.work() as work:
        version = work.firms.current_versions()[kind] + 1
        work.firms.add_data(kind, version, body, work.now, "staff:admin")
    forget_firms()
    return version


def data(bench: Bench, firm: str = "f1") -> list[tuple[str, int, Any]]:
    table = t.FirmData.__table__
    query = select(table.c.kind, table.c.version, table.c.body).where(table.c.firm_id == firm)
    with bench.database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query.order_by(table.c.kind, table.c.version))]


def test_missing_kinds_are_added_once_and_for_this_firm_only(bench: Bench) -> None:
    whole, other = data(bench), data(bench, "f2")
    take_away(bench, *GONE)
    assert complete_firm(bench.desk, "f1") == tuple(sorted(GONE))
    assert data(bench) == whole and data(bench, "f2") == other
    assert bench.audit()[-1] == ("system:firm:complete", "firm:f1", {"kinds": sorted(GONE)})
    rows = len(bench.audit())
    assert complete_firm(bench.desk, "f1") == () and (len(bench.audit()), data(bench)) == (rows, whole)


def test_a_whole_firm_gets_nothing(bench: Bench) -> None:
    before = data(bench), bench.audit()
    for firm in ("f1", "f2"):
        assert complete_firm(bench.desk, firm) == ()
    assert (data(bench), bench.audit()) == before


def test_missing_texts_are_added_and_the_firm_s_own_are_kept(bench: Bench) -> None:
    version = replace_by(bench, "sms_texts", {"signature": "〔{firm}〕", "texts": OWN, "placeholders": {}})
    assert complete_firm(bench.desk, "f1") == ("sms_texts",)
    with bench.work() as work:
        assert work.firms.current_versions()["sms_texts"] == version + 1
        found = work.firms.data("sms_texts", version + 1)
        assert work.firms.data("sms_texts", version)["texts"] == OWN, "a version never changes"
    assert (found["signature"], found["texts"]["code"]) == ("〔{firm}〕", OWN["code"])
    assert found["texts"].keys() == defaults()["sms_texts"]["texts"].keys()
    assert complete_firm(bench.desk, "f1") == ()


def test_missing_thresholds_are_added_and_the_firm_s_own_are_kept(bench: Bench) -> None:
    own = {k: v for k, v in defaults()["thresholds"].items() if k != "desk_figures"}
    replace_by(bench, "thresholds", {**own, "queue": {"alone_hint_minutes": 9}, "access": []})
    assert complete_firm(bench.desk, "f1") == ("thresholds",)
    forget_firms()
    with bench.work() as work:
        assert rules_for(work)["thresholds"]["desk_figures"] == defaults()["thresholds"]["desk_figures"]
        assert times_of(work).alone.total_seconds() == 540 and targets_of(work).target_s == 60
        assert rules_for(work)["thresholds"]["access"] == [], "a list is the firm's"


def test_missing_choices_are_added_and_the_firm_s_own_are_kept(bench: Bench) -> None:
    """`business_rules` of an older release knows less to choose from."""
    own = {**defaults()["business_rules"], "businesses": {**defaults()["business_rules"]["businesses"]}}
    own["businesses"]["open_account"] = {"follow_up": False}
    new = ("certificate_password", "uploads", "pictures", "bank_branch", "queue", "video_risks")
    replace_by(bench, "business_rules", {key: value for key, value in own.items() if key not in new})
    assert complete_firm(bench.desk, "f1") == ("business_rules",)
    forget_firms()
    with bench.work() as work:
        found = rules_for(work)["business_rules"]
    assert found["businesses"]["open_account"] == {**defaults()["business_rules"]["businesses"]["open_account"],
                                                   "follow_up": False}  # fmt: skip
    assert all(found[key] == defaults()["business_rules"][key] for key in new)


def test_a_version_that_the_firm_has_planned_is_not_taken_from_it(bench: Bench) -> None:
    version = replace_by(bench, "sms_texts", {"signature": "", "texts": OWN, "placeholders": {}})
    with bench.work() as work:
        later = bench.now.replace(year=2027)
        work.firms.add_data("sms_texts", version + 1, defaults()["sms_texts"], later, "staff:admin")
    assert complete_firm(bench.desk, "f1") == ()


def test_a_case_from_before_goes_on(bench: Bench) -> None:
    """It pinned no version of a kind that is new, and an older version of the texts."""
    walk = case_at(bench, "follow_up")
    older = replace_by(bench, "sms_texts", {"signature": "", "texts": OWN, "placeholders": {}})
    case = walk.case(bench)
    pinned = {k: v for k, v in case.rules.items() if k != "reservation_rules"} | {"sms_texts": older}
    with bench.work() as work:
        work.cases.change(work.cases.get(case.id), rules=pinned)
    take_away(bench, "reservation_rules")
    complete_firm(bench.desk, "f1")
    forget_firms()
    with bench.work() as work:
        loaded = load(work, walk.case_id)
        assert loaded.rules["reservation_rules"] == defaults()["reservation_rules"]
        assert loaded.rules["sms_texts"]["texts"] == OWN
        values = {"business": "开户", "case_number": "1"}
        notify(work, loaded.rules, case.owner, walk.person.phone, "given_up", **values)
        assert "您已放弃" in work.jobs.recent_sms(bench.now.replace(year=2000))[0].text
    abandon_case(bench.desk, walk.actor, walk.case_id)


@pytest.mark.parametrize(
    ("own", "default", "whole"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 2, "b": 3}, {"a": 1}, {"a": 2, "b": 3}),
        ({"a": {"x": 1}}, {"a": {"x": 9, "y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1]}),
        ({"a": None}, {"a": {"x": 1}}, {"a": None}),
        ({"a": {"x": 1}}, {"a": 5}, {"a": {"x": 1}}),
    ],
)
def test_only_what_is_missing_is_taken(own: dict[str, Any], default: dict[str, Any], whole: dict[str, Any]) -> None:
    assert with_missing(own, default) == whole
