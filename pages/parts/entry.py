"""By which door a visitor came: firm and branch, from the address, this visit, or what the browser kept (R009-R011)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.records import Firm
from core.rules.text import narrow
from pages.parts import notice, state, wiring
from pages.parts.components.remember import remembered
from pages.parts.language import _
from pages.parts.state import Key

WRONG = "没有找到编号为 {number} 的期货公司。请核对编号，或扫描营业部提供的二维码进入。"


def chosen_firm(firms: Sequence[Firm]) -> Firm | None:
    """The firm whose number the address names, or that was chosen before; None asks for the number.

    An unknown number never leads to another firm. Nobody is asked where there is one firm; the demo opens its first.
    """
    asked = st.query_params.get("firm")
    number, _dot, branch = _kept().partition(".") if asked is None else (narrow(asked), "", "")
    found = next((firm for firm in firms if firm.number == number), None)
    if found is None and asked is None and (len(firms) == 1 or wiring.settings().demo):
        found, branch = firms[0], ""
    if found:
        _keep(found.number, st.query_params.get("branch", branch))
    return found


def note_door(firm: Firm) -> None:
    """Whoever is signed in and scans a branch's code of the same firm has chosen that branch."""
    if st.query_params.get("firm") == firm.number:
        _keep(firm.number, st.query_params.get("branch", ""))


def door(firm: Firm) -> str:
    """`<number>` or `<number>.<branch id>` for the browser to keep: the last door to this firm."""
    kept = _kept()
    return kept if kept.partition(".")[0] == firm.number else firm.number


def branch_of(firm: Firm) -> str:
    """Branch id of the door to this firm, as it was written there; empty for the firm's own door."""
    return door(firm).partition(".")[2]


def _kept() -> str:
    return str(state.get(Key.DOOR) or remembered("door"))


def _keep(number: str, branch: str) -> None:
    state.put(Key.DOOR, f"{number}.{branch}" if branch else number)


def ask_for_firm() -> None:
    """The page that asks for the firm's number; it shows nothing of any firm."""
    st.title(_("选择期货公司"))
    st.markdown(
        _("请输入期货公司编号，或用手机扫描公司、营业部提供的二维码。编号印在公司的资料上，也可以致电营业部询问。")
    )
    with st.form("firm", border=False):
        st.text_input(_("期货公司编号"), key="firm_number", placeholder=_("请输入编号"), max_chars=12)
        wrong = (state.get(Key.ERRORS) or {}).get("firm_number") or _wrong_address()
        if wrong:
            notice.field_error(wrong)
        st.form_submit_button(_("进入"), type="primary", width="stretch", on_click=_enter)


def _wrong_address() -> str:
    asked = st.query_params.get("firm")
    known = asked is None or any(firm.number == narrow(asked) for firm in wiring.firms())
    return "" if known else WRONG.format(number=narrow(asked)[:12])


def _enter() -> None:
    number = narrow(str(st.session_state.get("firm_number") or ""))
    st.query_params.clear()
    if any(firm.number == number for firm in wiring.firms()):
        _keep(number, "")
        state.drop(Key.ERRORS)
        state.put(Key.ENTERED, True)
    else:
        text = WRONG.format(number=number) if number else _("请输入期货公司编号。")
        state.put(Key.ERRORS, {"firm_number": text})
