"""Rejecting: the firm's coded reasons, what the customer is told, and a note that stays inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.flow import Rules
from core.usecases.loading import Loaded
from core.usecases.reject_case import ENDING, default_text, reasons_for, targets_of
from pages.parts import notice
from pages.parts.language import _

Submit = Callable[[list[str], str, str], None]


def reject_form(loaded: Loaded, stage: str, key: str, submit: Submit) -> bool:
    """Draw the form; `submit(codes, customer_text, internal)` runs in a callback, with at least one code.

    `stage` is witness, review or callback. The customer's text starts as the firm's words for the chosen
    reasons; what staff wrote themselves is kept when the reasons change. Returns True in the run in which
    the button was pressed (a dialog then asks for a new run, docs of st.dialog).
    """
    rules = loaded.rules
    offered = [r for r in reasons_for(stage, loaded) if r["kind"] != "wait"]
    reasons = {r["code"]: r for r in sorted(offered, key=lambda r: _place(r, loaded))}
    codes: list[str] = st.multiselect(
        _("驳回原因"), list(reasons), format_func=lambda code: _named(reasons[code], loaded), key=_codes(key),
        placeholder=_("选择原因，可以多选，可以输入文字查找"), on_change=_fill, args=(rules, key),
        select_all=False,
    )  # fmt: skip
    if st.session_state.pop(f"{key}_reject_empty", False):
        notice.field_error(_("请选择驳回原因。"))
    st.text_area(
        _("给客户的话"), key=_text(key), height=110, max_chars=500, help=_("客户会在“我的业务”和退回的步骤看到。")
    )
    st.text_area(_("内部备注"), key=f"{key}_reject_internal", height=80, max_chars=500, help=_("只有员工能看到。"))
    chosen = [reasons[code] for code in codes if code in reasons]
    ending = any(reason["kind"] in ENDING for reason in chosen)
    if chosen:
        st.caption(f":material/info: {notice.plain(effect(chosen, loaded))}")
    label = _("终止办理") if ending else _("驳回，退回客户修改")
    return st.button(label, key=f"{key}_reject_send", icon=":material/assignment_return:",
                     on_click=_send, args=(key, submit))  # fmt: skip


def choose_codes(key: str, rules: Rules, codes: Sequence[str]) -> None:
    """Choose reasons from elsewhere on the page, those chosen before kept (in a callback)."""
    values = st.session_state
    values[_codes(key)] = list(dict.fromkeys([*(values.get(_codes(key)) or []), *codes]))
    _fill(rules, key)


def prefill(key: str, rules: Rules, code: str, internal: str) -> None:
    """Choose a reason and write the note from elsewhere on the page (in a callback)."""
    st.session_state[f"{key}_reject_internal"] = internal
    choose_codes(key, rules, [code])


def _titles(loaded: Loaded) -> dict[str, str]:
    return {step.key: _(step.title) for step in loaded.business.steps}


def effect(reasons: Sequence[Mapping[str, Any]], loaded: Loaded) -> str:
    """What a rejection for these reasons brings about, in one or two sentences for staff."""
    ending = next((reason["kind"] for reason in reasons if reason["kind"] in ENDING), None)
    if ending:
        return _("{rules}：这笔业务立即结束，不能恢复。").format(rules=loaded.rules["reject_reasons"]["kinds"][ending])
    titles = _("、").join(_titles(loaded)[step] for step in targets_of(reasons, loaded))
    return _("客户要重新完成：{titles}。其余内容保留；资料有改动时，相关的证明要重做。").format(titles=titles)


def _place(reason: Mapping[str, Any], loaded: Loaded) -> tuple[int, str]:
    """Reasons stand together by the step that they lead back to, what ends the case last."""
    steps, targets = list(_titles(loaded)), targets_of([reason], loaded)
    return (steps.index(targets[0]) if targets else len(steps), reason["code"])


def _named(reason: Mapping[str, Any], loaded: Loaded) -> str:
    targets = targets_of([reason], loaded)
    return _("{reason} {titles}：{reason_2}").format(
        reason=reason["code"], titles=_titles(loaded)[targets[0]] if targets else _("结束"), reason_2=_(reason["label"])
    )


def _codes(key: str) -> str:
    return f"{key}_reject_codes"


def _text(key: str) -> str:
    return f"{key}_reject_text"


def _fill(rules: Rules, key: str) -> None:
    """Bring the customer's text in line with the chosen reasons, without losing what staff wrote."""
    values, codes = st.session_state, list(st.session_state[_codes(key)])
    before = values.get(f"{key}_reject_before", [])
    written, offered = str(values.get(_text(key)) or ""), default_text(before, rules)
    if written.strip() in {"", offered}:
        values[_text(key)] = default_text(codes, rules)
    else:
        added = default_text([code for code in codes if code not in before], rules)
        values[_text(key)] = "\n".join(filter(None, [written, added]))
    values[f"{key}_reject_before"] = codes


def _send(key: str, submit: Submit) -> None:
    values = st.session_state
    codes = list(values.get(_codes(key)) or [])
    if not codes:
        values[f"{key}_reject_empty"] = True
        return
    submit(codes, str(values.get(_text(key)) or ""), str(values.get(f"{key}_reject_internal") or ""))
