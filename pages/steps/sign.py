"""签署协议: one password entry signs all documents, the risk statement first."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from core.errors import DeskError
from core.steps.certificate import installed
from core.usecases.certificates import apply_again, certificate_state, unlock_certificate
from core.usecases.sign_agreements import finish_signing, prepare_signing, to_component
from pages.parts import notice, state
from pages.parts.device_key import device_key
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

COMMAND = "sign_command"


def _sign_command(view: StepView, tries_left: int | None = None) -> dict[str, Any]:
    """Documents with what the browser has to sign; a certificate that may sign no more leads to a new one."""
    if certificate_state(view.desk, view.actor, view.case_id) != "valid":
        return {"op": "locked", "nonce": secrets.token_hex(8), "case": view.case_id}
    documents = prepare_signing(view.desk, view.actor, view.case_id)
    proof = installed(view.loaded.facts)
    kid = str(proof.body["kid"]) if proof else ""
    command = {"op": "sign", "nonce": secrets.token_hex(8), "case": view.case_id, "kid": kid}
    command["documents"] = to_component(documents)
    if tries_left is not None:
        command["tries_left"] = tries_left
    return command


def _unlock(view: StepView, result: dict[str, Any]) -> dict[str, Any]:
    unlocked = unlock_certificate(view.desk, view.actor, view.case_id, str(result["kid"]), str(result["auth"]))
    base = {"nonce": secrets.token_hex(8), "case": view.case_id, "kid": result["kid"]}
    if unlocked.share:
        return {"op": "unlocked", "share": unlocked.share, **base}
    return _sign_command(view, unlocked.tries_left) if unlocked.tries_left else {"op": "locked", **base}


def _answer(view: StepView, result: dict[str, Any]) -> None:
    """Act once on what the device did."""
    if result["op"] == "unlock":
        st.session_state[COMMAND] = _unlock(view, result)
    elif result["op"] == "signed":
        signatures = {str(each["id"]): str(each["value"]) for each in result["signatures"]}
        finish_signing(view.desk, view.actor, view.case_id, str(result["kid"]), signatures)
        st.session_state.pop(COMMAND, None)
        state.say(_("全部协议已签署。"))
        view.go(None)
    elif result["op"] == "reapply":
        apply_again(view.desk, view.actor, view.case_id)
        st.session_state.pop(COMMAND, None)
        view.go(None)
    else:
        st.session_state.pop(COMMAND, None)


def draw(view: StepView) -> None:
    """The list with a way to look at each document, then the password inside the component."""
    if view.done:
        st.success(_("全部协议已签署，可以在“协议下载”中下载。"), icon=":material/task_alt:")
        view.actions(view.forward)
        return
    try:
        command = st.session_state.get(COMMAND)
        if command is None or command.get("case") != view.case_id:
            with st.spinner(_("正在准备协议文件…")):
                command = st.session_state[COMMAND] = _sign_command(view)
        result = device_key(command, key="device_key_sign")
        if result and result["nonce"] != state.get(Key.NONCE):
            state.put(Key.NONCE, result["nonce"])
            _answer(view, result)
            st.rerun()
    except DeskError as error:
        st.session_state.pop(COMMAND, None)
        notice.refusal(error.text)
        st.button(_("重新签署"), key="sign_again")
    view.actions()
