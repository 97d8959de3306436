"""安装数字证书: the device makes its key, the pilot CA certifies it, the device stores it."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

import streamlit as st

from core.errors import DeskError
from core.rules.firm_choices import password_rule
from core.usecases.certificates import begin_certificate, confirm_install, issue_certificate
from pages.parts import notice, state
from pages.parts.device_key import device_key
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView

COMMAND = "certificate_command"


def _command(view: StepView) -> dict[str, Any]:
    command: dict[str, Any] | None = st.session_state.get(COMMAND)
    if command is None or command.get("case") != view.case_id:
        request = asdict(begin_certificate(view.desk, view.actor, view.case_id))
        request["avoid"] = list(request["avoid"])
        command = {"op": "enrol", "nonce": secrets.token_hex(8), "case": view.case_id, **request}
        st.session_state[COMMAND] = command
    return command


def _answer(view: StepView, command: dict[str, Any], result: dict[str, Any]) -> None:
    """Act once on what the device did."""
    if result["op"] == "enrol":
        chain = issue_certificate(view.desk, view.actor, view.case_id, result)
        st.session_state[COMMAND] = {
            "op": "install",
            "nonce": secrets.token_hex(8),
            "case": view.case_id,
            "kid": command["kid"],
            "chain": chain,
        }
    elif result["op"] == "install":
        confirm_install(view.desk, view.actor, view.case_id, str(result["kid"]))
        st.session_state.pop(COMMAND, None)
        state.say(_("数字证书已经安装成功。"))
        view.go(None)
    else:
        st.session_state.pop(COMMAND, None)


def draw(view: StepView) -> None:
    """Explain, make, install."""
    rule = password_rule(view.loaded.rules["business_rules"]).words()
    text = _("数字证书相当于您在网上的签名章，只保存在这台设备上。请设置 {rule} 密码，牢记并不要告诉任何人。").format(
        rule=_(rule)
    )
    st.markdown(notice.plain(text))
    st.caption(_("以后办理业务请使用同一台设备和同一个浏览器。证书由试点证书机构签发。"))
    if view.done:
        st.success(_("数字证书已安装。"), icon=":material/verified:")
        view.actions(view.forward)
        return
    try:
        command = _command(view)
        result = device_key(command, key="device_key")
        if result and result["nonce"] != state.get(Key.NONCE):
            state.put(Key.NONCE, result["nonce"])
            _answer(view, command, result)
            st.rerun()
    except DeskError as error:
        st.session_state.pop(COMMAND, None)
        notice.refusal(error.text)
        st.button(_("重新安装"), key="install_again")
    view.actions()
