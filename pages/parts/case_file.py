"""The facts of a case for staff: the same drawing for review, callback and the exchanges' answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from core.agreements import agreements_for
from core.case import State
from core.flow import Facts, Rules
from core.rules.calendar import local_day
from core.rules.exchanges import names_of
from core.rules.id_card import IdNumber, check_id_number
from core.rules.masks import mask_card, mask_id, mask_phone
from core.rules.suitability import contradictions, level_name
from core.steps import exchanges
from core.steps.bank import cards
from core.steps.follow_up import questions
from core.steps.photos import assistance_words
from core.steps.profile_fields import Field, shown_fields
from core.usecases.case_changes import in_words
from core.usecases.read_case import CaseFile
from pages.parts import clock_words, notice
from pages.parts.access_desk import show_table, show_tests
from pages.parts.fact_table import cell, fact_table, unusual
from pages.parts.language import _

FLAGS: Mapping[str, str] = {
    "age": "年龄提醒",
    "assisted": "有人协助",
    "dishonesty": "不良诚信",
    "duplicate": "疑似重复",
    "follow_up": "回访需确认",
    "pep": "政要",
    "recording": "录像异常",
}
Reveal = Callable[[str], None]


def flag_words(flags: Collection[str]) -> list[str]:
    """Flags of a case in words, in a stable order."""
    return [_(FLAGS.get(flag, flag)) for flag in sorted(flags)]


def show_flags(flags: Collection[str]) -> None:
    """The flags as badges; nothing without any."""
    if flags:
        with st.container(horizontal=True):
            for word in flag_words(flags):
                st.badge(word, icon=":material/flag:", color="orange")


def show_head(file: CaseFile) -> None:
    """Business, number, branch, times and flags in two lines."""
    case, now = file.case, file.loaded.now
    st.subheader(_("{title}　受理单 {number}").format(title=_(file.loaded.business.title), number=case.number))
    said = [file.branch]
    if case.submitted_at:
        said.append(
            _("提交于 {exact}（{relative}）").format(
                exact=clock_words.exact(case.submitted_at), relative=clock_words.relative(case.submitted_at, now)
            )
        )
    if case.due_at and case.state is State.IN_REVIEW:
        said.append(clock_words.against(case.due_at, now))
    if file.account:
        said.append(_("资金账号 {account}").format(account=file.account))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(notice.plain(" · ".join(said)), width="content")
        for word in flag_words(case.flags):
            st.badge(word, icon=":material/flag:", color="orange")
    st.caption(f":material/timer: {clock_words.both(file.clocks)}")


def _labels(rules: Rules, name: str) -> dict[str, str]:
    return {item["code"]: str(item["label"]) for item in rules["codes"]["lists"][name]["items"]}


def _marked(field: Field, values: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the chosen code carries a flag in the firm's code lists (政要, 不良诚信 …)."""
    chosen = values.get(field.key)
    codes = set(chosen) if isinstance(chosen, list) else {chosen}
    items = rules["codes"]["lists"][field.codes]["items"] if field.codes else []
    return any(item["code"] in codes and item.get("flag") for item in items)


def show_profile(file: CaseFile, *, full_id: bool, phone_shown: bool, on_reveal: Reveal | None = None) -> None:
    """个人基本资料 by section with Chinese labels; the phone number is masked until it is revealed."""
    values, rules = file.loaded.facts.values("profile"), file.loaded.rules
    helped = assistance_words(file.loaded.facts)
    fact_table(_("旁人协助"), [(_("协助人与原因"), unusual(helped))] if helped else [])
    sections: dict[str, list[tuple[str, str]]] = {}
    for field in shown_fields(values):
        text = in_words(field, values.get(field.key), rules)
        if field.key == "id_number" and not full_id:
            text = mask_id(text)
        if field.key == "phone":
            text = file.phone if phone_shown else mask_phone(file.phone)
        mark = unusual if _marked(field, values, rules) else cell
        sections.setdefault(field.section, []).append((field.title, mark(text)))
    for title, rows in sections.items():
        fact_table(title, rows)
    if on_reveal and not phone_shown:
        st.button(
            _("显示手机号码"), key="reveal_phone", icon=":material/visibility:", on_click=on_reveal, args=("phone",)
        )


def show_cards(file: CaseFile, *, shown: bool, on_reveal: Reveal | None = None) -> None:
    """The bank cards, masked until revealed."""
    kinds = _labels(file.loaded.rules, "card_kind")
    rows = []
    for card in cards(file.loaded.facts.values("bank")):
        number = str(card["number"]) if shown else mask_card(str(card["number"]))
        kind, office = kinds.get(str(card.get("kind")), ""), str(card.get("branch", ""))
        rows.append((str(card["bank_name"]), cell(f"{number}　{kind}　{office}")))
    fact_table(_("结算银行"), rows, _("卡号"))
    if on_reveal and not shown and rows:
        st.button(_("显示卡号"), key="reveal_cards", icon=":material/visibility:", on_click=on_reveal, args=("cards",))


def show_suitability(file: CaseFile) -> None:
    """The rating, doubts about the answers, and every answer."""
    facts, rules = file.loaded.facts, file.loaded.rules
    values, questionnaire = facts.values("suitability"), file.loaded.rules["questionnaire"]
    if not values:
        return
    given = values["answers"]
    level = level_name(str(values["level"]), bool(values["lowest"]), rules["match_table"])
    st.markdown(
        _("**{level}**　{values} 分　问卷版本 {values_2}").format(
            level=notice.plain(level), values=values["score"], values_2=values["version"]
        )
    )
    for hint in contradictions(questionnaire, given, _age(file)):
        st.markdown(unusual(hint))
    rows = []
    for number, question in enumerate(questionnaire["questions"], 1):
        texts = [o["text"] for o in question["options"] if o["key"] in given.get(question["key"], ())]
        rows.append((f"{number}. {question['text']}", cell(_("；").join(texts))))
    fact_table(_("问题"), rows, _("回答"))


def _age(file: CaseFile) -> int | None:
    person = check_id_number(str(file.loaded.facts.values("profile").get("id_number", "")))
    return person.age_on(local_day(file.loaded.now)) if isinstance(person, IdNumber) else None


def show_exchanges(file: CaseFile) -> None:
    """What is asked for, what the customer insisted on, and what was read for how long."""
    facts, rules = file.loaded.facts, file.loaded.rules
    chosen = names_of(facts.values("exchanges").get("chosen") or (), rules["exchanges"])
    above = unusual(_("高于风险等级，客户坚持开立")) if exchanges.insisted(facts, rules) else cell(_("否"))
    rows = [(_("拟开交易所"), cell(chosen)), (_("高于等级"), above)]
    reports = len(facts.slot("score_report"))
    fact_table(
        _("交易所"),
        [*rows, (_("成绩报告单"), cell(_("{reports} 份").format(reports=reports) if reports else _("没有")))],
    )
    show_table(file)
    show_tests(file)
    _notices(facts, rules)
    _readings(file)


def _notices(facts: Facts, rules: Rules) -> None:
    rows = []
    for proof in facts.proofs:
        if proof.kind == "notice":
            row = rules["notices"]["notices"][proof.subject]
            pressed = {b["key"]: b["label"] for b in row["buttons"]}.get(str(proof.body.get("decision")), "")
            rows.append((row["title"], cell(f"{pressed}　{clock_words.exact(proof.created_at)}")))
    fact_table(_("风险提示"), rows, _("客户的选择"))


def _readings(file: CaseFile) -> None:
    facts, loaded, rows = file.loaded.facts, file.loaded, []
    for document in agreements_for("agreements", facts, loaded.rules, loaded.now):
        proof = facts.proof("read", document.code, document.fingerprint, "agreements")
        said = (
            _("{value} 秒　{exact}").format(value=proof.body.get("seconds"), exact=clock_words.exact(proof.created_at))
            if proof
            else ""
        )
        rows.append(
            (
                _("《{title}》{version}").format(title=_(document.title), version=document.version),
                cell(said) if proof else unusual(_("没有读完")),
            )
        )
    fact_table(_("阅读记录"), rows, _("用时"))


def show_follow_up(file: CaseFile) -> None:
    """The answers of 在线回访, unusual ones marked with what the firm calls them."""
    facts, rules = file.loaded.facts, file.loaded.rules
    given: Mapping[str, str] = facts.values("follow_up").get("answers") or {}
    words, rows = rules["follow_up"]["results"], []
    for question in questions(facts, rules):
        option = next((o for o in question["options"] if o["key"] == given.get(question["key"])), None)
        if option is None:
            continue
        normal = option["result"] == "normal"
        said = (
            cell(option["text"])
            if normal
            else unusual(_("{words}：{option}").format(words=words[option["result"]], option=_(option["text"])))
        )
        rows.append((question["text"], said))
    fact_table(_("在线回访"), rows, _("回答"))
