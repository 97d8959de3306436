"""补签协议: whom a campaign asks, what customers and staff see of it, from the campaign to the signature (R007)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from core.actor import Actor, Role
from core.case import State
from core.defaults import load_kind
from core.errors import NotAllowed, NotFound, TooMany, WrongState
from core.jobs.tell_supplements import remind_supplements_due
from core.rules.calendar import local_day
from core.supplement import Demand, Holder, Only, Progress, Reach, Standing, account_numbers, chosen, problems
from core.usecases.abandon_case import abandon_case
from core.usecases.begin_supplement import begin_supplement, wanted_of
from core.usecases.own_cases import deadline_of
from core.usecases.start_case import start_case
from core.usecases.supplements import (
    campaign_list,
    cancel_supplements,
    choices,
    customers_of,
    demand_problems,
    preview_supplements,
    remind_supplements,
    start_supplements,
)
from tests.builders import LI, ZHANG, Walk, case_at, sign_in
from tests.db.test_together import together
from tests.desk_bench import Bench

REASON = "监管要求更新风险揭示内容"
TODAY = date(2026, 3, 2)
HOLDERS = (
    Holder("a", "01000001", ("SHFE", "DCE"), "ordinary"),
    Holder("b", "01000002", ("CFFEX",), "professional"),
    Holder("c", "01000003", (), "ordinary"),
)
SIGNED = {("a", "risk_statement"): "2025.1", ("b", "risk_statement"): "2026.1", ("c", "tax_statement"): "2025.1"}
PRESENT = {"risk_statement": "2026.1", "tax_statement": "2026.1"}


def demand(bench: Bench | None = None, **changes: Any) -> Demand:
    """What staff ask for, unless a test says otherwise: the risk statement, of everybody, within a month."""
    today = local_day(bench.now) if bench else TODAY
    asked = Demand(("risk_statement",), Reach.ALL, today + timedelta(days=30), REASON)
    return replace(asked, **changes)


def holder_of_account(bench: Bench, **options: Any) -> Walk:
    return case_at(bench, "active", chosen=("DCE",), **options)


def begun(bench: Bench, walk: Walk) -> Walk:
    """The customer signs in again and comes to the hall."""
    found = walk.again("supplement")
    bench.run_jobs()
    bench.pass_time(seconds=61)
    found.owner = sign_in(bench, id_number=walk.person.id_number)
    case = begin_supplement(bench.desk, found.actor)
    assert case is not None
    found.case_id = case.id
    return found


def started(bench: Bench, **changes: Any) -> str:
    """A campaign; its id."""
    assert start_supplements(bench.desk, bench.staff("supervisor"), demand(bench, **changes))
    return campaign_list(bench.desk, bench.staff("supervisor"))[0].campaign.id


def progress(bench: Bench) -> dict[str, int]:
    row = campaign_list(bench.desk, bench.staff("admin"))[0]
    return {str(each): row.progress.of(each) for each in Standing if row.progress.of(each)}


def texts(bench: Bench, about: str) -> list[tuple[str, str]]:
    bench.run_jobs()
    return [(phone, text) for phone, text in bench.sms.sent if about in text]


def publish(bench: Bench, code: str, version: str) -> None:
    """The firm puts a new version of an agreement into force."""
    body = load_kind("agreements")
    for row in body["agreements"]:
        row["version"] = version if row["code"] == code else row["version"]
    with bench.work() as work:
        work.firms.add_data("agreements", 2, body, work.now, "staff:admin")


# -- whom
@pytest.mark.parametrize(("changes", "expected"), [
    ({}, "abc"),
    ({"reach": Reach.EXCHANGE, "value": "DCE"}, "a"),
    ({"reach": Reach.EXCHANGE, "value": "INE"}, ""),
    ({"reach": Reach.CLASS, "value": "professional"}, "b"),
    ({"reach": Reach.OUTDATED}, "a"),
    ({"reach": Reach.OUTDATED, "codes": ("risk_statement", "tax_statement")}, "ac"),
    ({"reach": Reach.ACCOUNTS, "accounts": ("01000003", "01000009", "01000001")}, "ac"),
])  # fmt: skip
def test_a_demand_means_these_customers(changes: dict[str, Any], expected: str) -> None:
    found = chosen(HOLDERS, demand(**changes), SIGNED, PRESENT)
    assert "".join(each.customer_id for each in found) == expected


def test_pasted_accounts_are_taken_apart() -> None:
    assert account_numbers(" 01000001\n01000002，01000003、01000001; \t") == ("01000001", "01000002", "01000003")
    assert account_numbers(" \n") == ()


@pytest.mark.parametrize(("changes", "fields"), [
    ({}, set()),
    ({"codes": ()}, {"codes"}),
    ({"codes": ("privacy",)}, {"codes"}),
    ({"reach": Reach.EXCHANGE}, {"value"}),
    ({"reach": Reach.CLASS, "value": "rich"}, {"value"}),
    ({"reach": Reach.ACCOUNTS}, {"accounts"}),
    ({"reach": Reach.ACCOUNTS, "accounts": ("123",)}, {"accounts"}),
    ({"due_on": TODAY}, {"due_on"}),
    ({"due_on": TODAY + timedelta(days=400)}, {"due_on"}),
    ({"reason": ""}, {"reason"}),
    ({"reason": "很" * 41}, {"reason"}),
])  # fmt: skip
def test_mistakes_are_named_by_field(changes: dict[str, Any], fields: set[str]) -> None:
    values = {Reach.EXCHANGE: {"SHFE", "DCE"}, Reach.CLASS: {"ordinary"}}
    assert problems(demand(**changes), PRESENT, values, TODAY).keys() == fields


def test_who_is_overdue_has_not_signed_when_the_day_is_over() -> None:
    stand = Progress({Standing.WAITING: 3, Standing.STARTED: 1, Standing.SIGNED: 5, Standing.CANCELLED: 2})
    assert stand.total == 9
    assert (stand.overdue(TODAY, TODAY), stand.overdue(TODAY, TODAY + timedelta(days=1))) == (0, 4)


# -- the firm's side
def test_a_campaign_is_previewed_started_and_told_once(bench: Bench) -> None:
    holder_of_account(bench)
    staff = bench.staff("supervisor")
    assert "risk_statement" in choices(bench.desk, staff).agreements
    assert "privacy" not in choices(bench.desk, staff).agreements
    assert not demand_problems(bench.desk, staff, demand(bench))
    found = preview_supplements(bench.desk, staff, demand(bench))
    assert (found.customers, found.busy, found.asked) == (1, 0, 0)
    assert start_supplements(bench.desk, staff, demand(bench)) == 1
    with pytest.raises(WrongState, match="没有需要补签的客户"):
        start_supplements(bench.desk, staff, demand(bench))
    assert preview_supplements(bench.desk, staff, demand(bench)).asked == 1
    told = texts(bench, "补签协议")
    assert [phone for phone, _ in told] == [ZHANG.phone] and REASON in told[0][1]
    assert "staff:supplement:start" in bench.tags() and "system:supplement:tell" in bench.tags()
    row = campaign_list(bench.desk, staff)[0]
    assert (row.agreements, row.by, row.audience) == (("期货交易风险说明书",), "周敏", "全部已开户客户")


def test_unknown_accounts_are_named(bench: Bench) -> None:
    walk = holder_of_account(bench)
    asked = demand(bench, reach=Reach.ACCOUNTS, accounts=(walk.account, "99999999"))
    found = preview_supplements(bench.desk, bench.staff("admin"), asked)
    assert (found.customers, found.unknown) == (1, ("99999999",))


def test_an_open_business_is_counted_and_finished_first(bench: Bench) -> None:
    walk = holder_of_account(bench).again("settlement")
    walk.start(bench)
    assert preview_supplements(bench.desk, bench.staff("supervisor"), demand(bench)).busy == 1
    started(bench)
    again = begin_supplement(bench.desk, walk.actor)
    assert again is not None and again.id == walk.case_id, "one open business at a time (R066)"
    abandon_case(bench.desk, walk.actor, walk.case_id)
    begun_now = begin_supplement(bench.desk, walk.actor)
    assert begun_now is not None and begun_now.business == "supplement"


def test_only_who_signed_an_older_version_is_asked(bench: Bench) -> None:
    holder_of_account(bench)
    asked = demand(bench, reach=Reach.OUTDATED)
    assert preview_supplements(bench.desk, bench.staff("supervisor"), asked).customers == 0
    publish(bench, "risk_statement", "2026.2")
    assert preview_supplements(bench.desk, bench.staff("supervisor"), asked).customers == 1


def test_the_reminder_goes_out_once_a_day_and_never_to_who_signed(bench: Bench) -> None:
    holder_of_account(bench, person=LI)
    campaign = started(bench)
    staff = bench.staff("supervisor")
    with pytest.raises(TooMany, match="明天"):
        remind_supplements(bench.desk, staff, campaign)
    assert len(texts(bench, "补签")) == 1
    bench.pass_time(days=1)
    remind_supplements(bench.desk, staff, campaign)
    with pytest.raises(TooMany):
        remind_supplements(bench.desk, staff, campaign)
    assert len(texts(bench, "您还有协议需要补签")) == 1
    bench.pass_time(days=40)
    remind_supplements(bench.desk, staff, campaign)
    assert len(texts(bench, "已过期限")) == 1
    assert campaign_list(bench.desk, staff)[0].overdue == 1
    with pytest.raises(NotFound):
        remind_supplements(bench.desk, staff, "nonsense")


def test_who_has_not_begun_is_let_off(bench: Bench) -> None:
    walk = holder_of_account(bench)
    campaign = started(bench)
    assert cancel_supplements(bench.desk, bench.staff("admin"), campaign) == 1
    assert cancel_supplements(bench.desk, bench.staff("admin"), campaign) == 0
    assert begin_supplement(bench.desk, walk.actor) is None and progress(bench) == {"cancelled": 1}
    bench.pass_time(days=1)
    remind_supplements(bench.desk, bench.staff("admin"), campaign)
    assert not texts(bench, "您还有协议")


def test_names_and_accounts_are_masked(bench: Bench) -> None:
    walk = holder_of_account(bench)
    campaign = started(bench)
    rows = customers_of(bench.desk, bench.staff("supervisor"), campaign, Standing.WAITING)
    assert [(row.customer, row.account) for row in rows] == [("张*", f"**** {walk.account[-4:]}")]
    assert not customers_of(bench.desk, bench.staff("supervisor"), campaign, Standing.SIGNED)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SUPERVISOR, Role.ADMIN}])
def test_other_roles_may_not(bench: Bench, role: Role) -> None:
    actor = bench.staff("review", role)
    asked: Any = demand(bench)
    for act in (
        lambda: choices(bench.desk, actor),
        lambda: demand_problems(bench.desk, actor, asked),
        lambda: preview_supplements(bench.desk, actor, asked),
        lambda: start_supplements(bench.desk, actor, asked),
        lambda: campaign_list(bench.desk, actor),
        lambda: customers_of(bench.desk, actor, "x", Standing.WAITING),
        lambda: remind_supplements(bench.desk, actor, "x"),
        lambda: cancel_supplements(bench.desk, actor, "x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_another_firm_sees_nothing_of_it(bench: Bench) -> None:
    walk = holder_of_account(bench)
    campaign = started(bench)
    other = bench.staff("supervisor", firm="f2")
    assert campaign_list(bench.desk, other) == []
    assert preview_supplements(bench.desk, other, demand(bench)).customers == 0
    with pytest.raises(NotFound):
        cancel_supplements(bench.desk, other, campaign)
    assert begin_supplement(bench.desk, Actor("f2", walk.owner)) is None


# -- the customer's side
def test_from_the_campaign_to_the_signature(bench: Bench) -> None:
    opened = holder_of_account(bench)
    publish(bench, "risk_statement", "2026.2")
    started(bench, reach=Reach.OUTDATED)
    walk = begun(bench, opened)
    assert progress(bench) == {"started": 1}
    with bench.work() as work:
        wanted = wanted_of(work, work.cases.get(walk.case_id))
    assert wanted is not None and (wanted.reason, wanted.overdue) == (REASON, False)
    assert walk.step(bench) == "agreements"
    walk.walk_to(bench)
    assert not [proof for proof in walk.facts(bench).proofs if proof.kind == "witness"], "the device has a certificate"
    walk.hand_in(bench)
    case = walk.case(bench)
    assert (case.state, case.customer_id) == (State.DONE, opened.case(bench).customer_id)
    assert [(d.code, d.version) for d in walk.documents(bench)] == [("risk_statement", "2026.2")]
    assert progress(bench) == {"signed": 1}
    assert begin_supplement(bench.desk, walk.actor) is None
    assert preview_supplements(bench.desk, bench.staff("admin"), demand(bench, reach=Reach.OUTDATED)).customers == 0


def test_the_printed_values_come_from_the_file(bench: Bench) -> None:
    opened = holder_of_account(bench)
    started(bench, codes=("suitability_match", "bank_transfer"))
    walk = begun(bench, opened)
    facts = walk.facts(bench)
    assert facts.values("suitability")["level"] == "C4" and facts.values("bank")["cards"]
    assert facts.values("supplement") == {"codes": ["suitability_match", "bank_transfer"]}
    walk.walk_to(bench)
    walk.hand_in(bench)
    with bench.work() as work:
        file = work.people.customer_file(str(walk.case(bench).customer_id))
    assert file.suitability["rated_at"] and file.bank["cards"] and file.photos


def test_two_campaigns_are_signed_in_one_case(bench: Bench) -> None:
    opened = holder_of_account(bench)
    started(bench)
    started(bench, codes=("tax_statement", "risk_statement"), reason="税收规则更新", due_on=local_day(bench.now) +
            timedelta(days=5))  # fmt: skip
    walk = begun(bench, opened)
    assert walk.facts(bench).values("supplement")["codes"] == ["tax_statement", "risk_statement"]
    with bench.work() as work:
        wanted = wanted_of(work, work.cases.get(walk.case_id))
    assert wanted is not None and wanted.reason == f"税收规则更新；{REASON}"
    assert wanted.due_on == local_day(bench.now) + timedelta(days=5)


def test_it_cannot_be_given_up_and_blocks_other_businesses(bench: Bench) -> None:
    opened = holder_of_account(bench)
    started(bench)
    walk = begun(bench, opened)
    with pytest.raises(WrongState, match="不能放弃"):
        abandon_case(bench.desk, walk.actor, walk.case_id)
    with pytest.raises(WrongState, match="需要补签"):
        start_case(bench.desk, walk.actor, "settlement", "b1", "")


def test_a_firm_may_want_a_reviewer_to_decide(bench: Bench) -> None:
    opened = holder_of_account(bench)
    body = load_kind("business_rules")
    body["businesses"]["supplement"]["review"] = True
    with bench.work() as work:
        work.firms.add_data("business_rules", 2, body, work.now, "staff:admin")
    started(bench)
    walk = begun(bench, opened)
    walk.walk_to(bench)
    walk.hand_in(bench)
    assert walk.case(bench).state is State.SUBMITTED and progress(bench) == {"signed": 1}
    walk.do_submitted(bench)
    walk.do_in_review(bench)
    assert walk.case(bench).state is State.DONE


def test_somebody_known_by_phone_only_is_asked_nothing(bench: Bench) -> None:
    holder_of_account(bench)
    other = case_at(bench, "device", person=LI)
    started(bench)
    assert begin_supplement(bench.desk, other.actor) is None


# -- at the same moment
def test_two_presses_at_the_same_moment_ask_once(bench: Bench) -> None:
    holder_of_account(bench)
    staff, asked = bench.staff("supervisor"), demand(bench)

    def start(_: int) -> int:
        try:
            return start_supplements(bench.desk, staff, asked)
        except WrongState:
            return 0

    assert sorted(together(bench, start, 8)) == [0] * 7 + [1]
    assert len(campaign_list(bench.desk, staff)) == 1


def test_tabs_that_come_at_the_same_moment_get_one_case(bench: Bench) -> None:
    walk = holder_of_account(bench)
    started(bench)
    bench.run_jobs()
    bench.pass_time(seconds=61)
    actor = Actor("f1", sign_in(bench, id_number=walk.person.id_number))
    found = together(bench, lambda _: begin_supplement(bench.desk, actor), 8)
    ids = {case.id for case in found if case}
    assert len(ids) == 1 and begin_supplement(bench.desk, actor) is None
    with bench.work() as work:
        mine = work.cases.of_owner(actor.id, actor.id.removeprefix("customer:"))
    assert [case.business for case in mine] == ["supplement", "open_account"]


# -- narrowed, with a consequence, reminding by itself
@pytest.mark.parametrize(("only", "expected"), [
    (Only(), "ab"),
    (Only(branch="b2"), "b"),
    (Only(exchange="DCE"), "a"),
    (Only(investor_class="professional"), "b"),
    (Only(level="C3"), "a"),
    (Only(version="2025.1"), "a"),
    (Only(version="2026.1", level="C3"), ""),
])  # fmt: skip
def test_a_demand_is_narrowed_by_everything_that_is_named(only: Only, expected: str) -> None:
    holders = (
        Holder("a", "01000001", ("SHFE", "DCE"), "ordinary", "C3", "b1"),
        Holder("b", "01000002", ("CFFEX",), "professional", "", "b2"),
    )
    found = chosen(holders, demand(only=only), SIGNED, PRESENT)
    assert "".join(each.customer_id for each in found) == expected


def test_branch_level_and_version_come_from_what_is_stored(bench: Bench) -> None:
    walk = holder_of_account(bench)
    offered = choices(bench.desk, bench.staff("admin"))
    assert offered.versions["risk_statement"] == ("2026.1",) and offered.levels["C4"] == "C4 积极型"
    branch = walk.case(bench).branch_id
    fitting = Only(branch=branch, investor_class="ordinary", level="C4", version="2026.1")
    for only, count in ((fitting, 1), (Only(branch="b9"), 0), (Only(level="C1"), 0), (Only(version="2025.1"), 0)):
        assert preview_supplements(bench.desk, bench.staff("admin"), demand(bench, only=only)).customers == count
    started(bench, only=fitting)
    row = campaign_list(bench.desk, bench.staff("admin"))[0]
    assert row.campaign.only == fitting and row.audience.endswith("C4 积极型；最后签署的是版本 2026.1")


def test_customers_and_staff_read_what_happens_after_the_last_day(bench: Bench) -> None:
    opened = holder_of_account(bench)
    mistakes = demand_problems(bench.desk, bench.staff("admin"), demand(bench, consequence="长" * 61, remind_days=2))
    assert set(mistakes) == {"consequence", "remind_days"}
    started(bench, consequence="将暂停开通新的交易编码")
    walk = begun(bench, opened)
    assert "逾期未签署的，将暂停开通新的交易编码。" in deadline_of(bench.desk, walk.case(bench))


def test_a_campaign_reminds_by_itself_before_and_after_its_last_day(bench: Bench) -> None:
    holder_of_account(bench)
    started(bench, remind_days=3, due_on=local_day(bench.now) + timedelta(days=5))
    assert len(texts(bench, "补签")) == 1
    told = []
    for _ in range(8):
        bench.pass_time(seconds=86_400)
        remind_supplements_due(bench.desk, "f1", {})
        told.append(len(texts(bench, "补签")))
    assert told == [1, 2, 2, 2, 2, 3, 3, 3]
