"""手机继续办理: the QR code that signs the same customer in on the phone."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.errors import DeskError
from core.ports import Desk
from core.usecases.continue_elsewhere import certificate_stays_behind, continue_elsewhere
from core.usecases.loading import Loaded
from pages.parts import notice, state, wiring
from pages.parts.language import _, dialog
from pages.parts.site import site
from pages.parts.state import Key

_CERTIFICATE = (
    "数字证书只保存在安装它的那台设备上。如果证书已经装好，请继续使用原来的设备；换到手机后，需要导入证书备份，"
    "或重新视频验证并安装新证书。如果还没有安装，请在以后要一直使用的设备上安装。"
)


def phone_button(desk: Desk, actor: Actor, case_id: str, step: str) -> None:
    """Make a code and open it; the former one, if it was not used, ends by itself after two minutes."""
    st.button(_("手机继续办理"), key="phone_open", type="tertiary", icon=":material/qr_code_2:",
              on_click=_renew, args=(desk, actor, case_id, step))  # fmt: skip


def _renew(desk: Desk, actor: Actor, case_id: str, step: str) -> None:
    try:
        state.put(Key.CONTINUE, (step, continue_elsewhere(desk, actor, case_id)))
    except DeskError as error:
        state.say(error.text)


def address(firm_number: str, ticket: str) -> str:
    """Where the phone goes. The ticket stands behind #, which browsers send to no server and no log keeps."""
    return f"{site('case')}/continue?firm={firm_number}#{ticket}"


def show_qr(desk: Desk, actor: Actor, loaded: Loaded, step: str) -> None:
    """The dialog, while a code was asked for at this step."""
    asked_at, _ticket = state.get(Key.CONTINUE) or ("", "")
    if asked_at == step:
        _dialog(desk, actor, loaded, step)


@dialog("手机继续办理", on_dismiss=lambda: state.drop(Key.CONTINUE))
def _dialog(desk: Desk, actor: Actor, loaded: Loaded, step: str) -> None:
    if certificate_stays_behind(loaded, step):
        notice.refusal(_CERTIFICATE)
    st.markdown(_("请用手机扫描二维码，在手机上打开后点“在这台设备上继续”。已保存的内容都在。"))
    _asked_at, ticket = state.get(Key.CONTINUE)
    code = wiring.qr_url(address(loaded.rules["firm"]["number"], ticket))
    st.html(_('<img class="jz-qr" src="{code}" alt="二维码">').format(code=code))
    st.caption(_("二维码 2 分钟内有效，只能使用一次，请不要发给他人。这台电脑上的登录会保留，您可以随时回来。"))
    st.button(_("重新生成二维码"), key="phone_renew", on_click=_renew,
              args=(desk, actor, loaded.case.id, step))  # fmt: skip
