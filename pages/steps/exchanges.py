"""交易所选择 with its notices, conditions and the online test (R108-R121, C22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.errors import DeskError
from core.limits import PROOFS_MAX, PROOFS_MIN
from core.records_photos import PhotoReading
from core.rules import exchanges as rule
from core.rules.calendar import local_day
from core.rules.suitability import level_name, refusal
from core.steps import access
from core.steps import exchanges as step
from core.steps.suitability import ended_words, rating_ended
from core.usecases.abandon_case import abandon_case
from core.usecases.acknowledge_notice import acknowledge_notice
from core.usecases.answer_step import keep_draft
from core.usecases.knowledge_test import Standing, read_test
from core.usecases.photo_readings import own_readings
from core.usecases.photos import remove_photo
from pages.parts import notice, photo_result, state
from pages.parts.access import claim_key, show_conditions
from pages.parts.knowledge_test import offer, show_test
from pages.parts.language import _, dialog
from pages.parts.step import StepView
from pages.steps.photos import upload


def _chosen(view: StepView) -> list[str]:
    """As ticked on the page, or as saved before the boxes were drawn."""
    offered = rule.offered(view.loaded.rules["exchanges"], local_day(view.loaded.now))
    saved, has = view.values.get("chosen") or (), step.opened(view.loaded.facts)
    return [e.code for e in offered if e.code not in has and st.session_state.get(view.key(e.code), e.code in saved)]


def _decide(view: StepView, key: str, decision: str, chosen: list[str], *, then_next: bool) -> None:
    try:
        acknowledge_notice(view.desk, view.actor, view.case_id, key, decision, chosen)
    except DeskError as error:
        view.fail({"step": error.text})
        return
    if decision == "give_up":
        view.go(None)
        state.say(_("已结束办理。"))
    elif decision == "choose_again":
        view.fail({})
    elif then_next:
        st.session_state["exchange_retry"] = True


@dialog("风险提示", dismissible=False)
def _ask(view: StepView, key: str, chosen: list[str], *, then_next: bool) -> None:
    rules = view.loaded.rules
    row = rules["notices"]["notices"][key]
    level, lowest = step.rating(view.loaded.facts)
    high = [c for c in chosen if rule.groups_of([c], rules["exchanges"]) & {"financial", "energy"}]
    names = rule.names_of(high, rules["exchanges"])
    st.subheader(_(row["title"]))
    text = _(row["text"]).format(level=_(level_name(level, lowest, rules["match_table"])), exchanges=_(names))
    st.markdown(notice.plain(text))
    for button in row["buttons"]:
        kind = "primary" if len(row["buttons"]) == 1 else "secondary"
        if st.button(_(button["label"]), key=f"notice_{key}_{button['key']}", width="stretch", type=kind):
            _decide(view, key, button["key"], chosen, then_next=then_next)
            st.rerun()


def _refused(view: StepView) -> bool:
    level_lowest = step.rating(view.loaded.facts)[1]
    table = view.loaded.rules["exchanges"]
    risks = [e.risk for e in rule.offered(table, local_day(view.loaded.now))]
    found = refusal(level_lowest, step.investor_class(view.loaded.facts), risks, view.loaded.rules["match_table"])
    ended = rating_ended(view.loaded.facts, view.loaded.rules, view.loaded.now)
    if found is None and ended is None:
        return False
    lowest = view.loaded.rules["notices"]["notices"]["lowest_refused"]["text"]
    notice.refusal(lowest if ended is None else ended_words(ended))
    st.button(_("结束办理"), key="give_up_lowest", on_click=lambda: abandon_case(view.desk, view.actor, view.case_id))
    view.actions()
    return True


def _boxes(view: StepView) -> None:
    table, opened = view.loaded.rules["exchanges"], step.opened(view.loaded.facts)
    for exchange in rule.offered(table, local_day(view.loaded.now)):
        has = exchange.code in opened
        label = f"**{_(exchange.name)}**　{_(exchange.group_label)}　{exchange.risk}" + (_("　已开通") if has else "")
        chosen = has or exchange.code in (view.values.get("chosen") or ())
        st.checkbox(label, value=chosen, key=view.key(exchange.code), disabled=has, help=_(exchange.examples))


def _claims(view: StepView) -> dict[str, str]:
    """Requirement -> exemption as chosen on the page, or as saved before its field was drawn."""
    saved: Mapping[str, str] = view.values.get("claims") or {}
    known = "access_rules" in view.loaded.rules.versions
    rows = view.loaded.rules["access_rules"]["rows"] if known else ()
    chosen = {row["key"]: st.session_state.get(claim_key(view, row["key"]), saved.get(row["key"])) for row in rows}
    return {key: claim for key, claim in chosen.items() if claim}


def _answers(view: StepView) -> dict[str, Any]:
    return {"chosen": _chosen(view), "claims": _claims(view)}


def _readings(view: StepView) -> dict[str, PhotoReading]:
    """What was read from reports and proofs; asked only where some were uploaded."""
    facts = view.loaded.facts
    any_there = any(facts.slot(slot) for slot in access.SLOTS.values())
    return own_readings(view.desk, view.actor, facts) if any_there else {}


def _pictures(view: StepView, slot: str, title: str, readings: dict[str, PhotoReading]) -> None:
    """What was uploaded with what the machine made of it, each to be taken back, and room for more."""
    for number, item in enumerate(view.loaded.facts.slot(slot), 1):
        photo_result.show(view, item, readings.get(item.id), f"{title} {number}")
        st.button(
            _("删除"),
            key=f"drop_{item.id[:8]}",
            type="tertiary",
            on_click=view.press,
            args=(remove_photo, view.desk, view.actor, view.case_id, item.id),
        )
    upload(view, slot, _("上传{title}").format(title=title))
    with st.container(key=view.key(slot)):
        view.show_error(slot)


def _reports(view: StepView, chosen: list[str], test: Standing | None, readings: dict[str, PhotoReading]) -> None:
    table = view.loaded.rules["exchanges"]
    if not step.needs_reports(view.loaded.facts, chosen, view.loaded.rules):
        return
    limits: dict[str, Any] = table["score_reports"]
    with st.container(key="card-reports"):
        other = _("，或者参加{rules}").format(rules=_(view.loaded.rules[access.TEST]["title"])) if test else ""
        st.markdown(
            _("**成绩报告单**　首次开立金融或原油品种，请上传 {limits} 至 {limits_2} 份{other}。").format(
                limits=limits["min"], limits_2=limits["max"], other=other
            )
        )
        if test:
            values = _answers(view)
            offer(view, test, str(limits["online_test"]),
                  lambda: keep_draft(view.desk, view.actor, view.case_id, "exchanges", values))  # fmt: skip
        _pictures(view, "score_report", _("成绩报告单"), readings)


def _proofs(view: StepView, found: Sequence[access.Standing], readings: dict[str, PhotoReading]) -> None:
    """Room for the proofs that the customer has to bring, one place for each kind."""
    slots = dict.fromkeys(access.SLOTS[each.requirement.kind] for each in found if each.requirement.uploads)
    for slot in slots:
        if slot in access.SLOT_TITLES:
            with st.container(key=f"card-{slot}"):
                title = _(access.SLOT_TITLES[slot])
                st.markdown(
                    _("**{title}**　{proofs_min} 至 {proofs_max} 张，截图或照片，能看清姓名和日期。").format(
                        title=title, proofs_min=PROOFS_MIN, proofs_max=PROOFS_MAX
                    )
                )
                _pictures(view, slot, title, readings)


def draw(view: StepView) -> None:
    """A running test alone; otherwise choice, conditions, reports, and the notices at their moments."""
    test = read_test(view.desk, view.actor, view.loaded)
    if test and test.sheet:
        show_test(view, test.sheet)
    elif not _refused(view):
        _choose(view, test)


def _choose(view: StepView, test: Standing | None) -> None:
    facts, rules = view.loaded.facts, view.loaded.rules
    entry = step.pending_notices(facts, rules, "entry")
    _boxes(view)
    view.show_error("chosen")
    chosen = _chosen(view)
    found = step.standings(facts, rules, chosen, _claims(view), view.loaded.now)
    show_conditions(view, found)
    readings = _readings(view)
    _reports(view, chosen, test, readings)
    _proofs(view, found, readings)
    photo_result.watch(view, readings)
    for key in ("refused", "notice_text"):
        view.show_error(key)
    view.actions(lambda: view.save(_answers(view)))
    if entry:
        _ask(view, entry[0], [], then_next=False)
    elif "notice" in view.errors():
        waiting = step.pending_notices(facts, rules, "next", chosen)
        if waiting:
            _ask(view, waiting[0], chosen, then_next=True)
        elif st.session_state.pop("exchange_retry", False):
            view.save(_answers(view))
            st.rerun()
