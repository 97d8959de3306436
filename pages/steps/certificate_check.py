"""证书检测: the device is asked; what it lacks is said plainly, with the way out (R135, R136)."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from core.errors import DeskError
from core.steps.certificate import found
from core.steps.certificate_check import OUTCOMES
from core.usecases.find_certificate import begin_detection, find_certificate
from pages.parts import notice, state
from pages.parts.device_key import device_key
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

COMMAND, OUTCOME, ANEW = "detect_command", "detect_outcome", "detect_anew"


def _command(view: StepView) -> dict[str, Any]:
    command: dict[str, Any] | None = st.session_state.get(COMMAND)
    if command is None or command.get("case") != view.case_id:
        asked = begin_detection(view.desk, view.actor, view.case_id)
        command = {"op": "detect", "nonce": secrets.token_hex(8), "case": view.case_id}
        command |= {"owners": list(asked.owners), "challenge": asked.challenge}
        st.session_state[COMMAND] = command
    return command


def _detect(view: StepView) -> str:
    """The outcome once the device has answered; empty while it is at work."""
    known: tuple[str, str] | None = st.session_state.get(OUTCOME)
    if known and known[0] == view.case_id:
        return known[1]
    try:
        result = device_key(_command(view), key="device_key_detect")
        if result is None or result["nonce"] == state.get(Key.NONCE):
            st.caption(_("正在检测这台设备上的数字证书…"))
            return ""
        state.put(Key.NONCE, result["nonce"])
        outcome = find_certificate(view.desk, view.actor, view.case_id, list(result.get("keys") or []))
    except DeskError as error:
        st.session_state.pop(COMMAND, None)
        notice.refusal(error.text)
        st.button(_("重新检测"), key="detect_again")
        return ""
    st.session_state[OUTCOME] = (view.case_id, outcome)
    if outcome == "found":
        st.session_state.pop(ANEW, None)
        st.rerun()
    return outcome


def _again(anew: str = "") -> None:
    """Ask the device once more; `anew` is the case whose answer is in doubt (the customer moved to another device)."""
    st.session_state.pop(COMMAND, None)
    st.session_state.pop(OUTCOME, None)
    st.session_state[ANEW] = anew


def _standing(view: StepView) -> None:
    """What was found before."""
    if found(view.loaded.facts):
        st.success(_("这台设备上的数字证书可以使用，可以直接签署协议。"), icon=":material/verified:")
    else:
        st.info(OUTCOMES[str(view.values["outcome"])], icon=":material/info:")
        st.button(_("重新检测"), key="detect_again", type="tertiary", on_click=_again, args=(view.case_id,))
    view.actions(view.forward)


def draw(view: StepView) -> None:
    """Found: go on to signing. Not found: why, and on to the video and a new one."""
    if view.done and st.session_state.get(ANEW) != view.case_id:
        _standing(view)
        return
    outcome = _detect(view)
    if outcome in OUTCOMES:
        notice.refusal(OUTCOMES[outcome])
        if outcome == "elsewhere":
            st.caption(_("换设备继续：在那台设备上用身份证号登录，会回到这一步。已填写的内容都在。"))
        st.button(_("重新检测"), key="detect_again", type="tertiary", on_click=_again)
        view.actions(lambda: _go_on(view, outcome), label=_("安装新的证书"))
    else:
        view.actions()


def _go_on(view: StepView, outcome: str) -> None:
    if view.save({"outcome": outcome}):
        _again()
