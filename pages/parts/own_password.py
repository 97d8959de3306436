"""The own password of a member of staff."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.sentence import Sentence
from core.usecases.change_staff import PASSWORD_MIN
from core.usecases.own_password import change_own_password
from pages.parts import acting, state
from pages.parts.language import _
from pages.parts.state import Key

FIELDS = {
    "current": "现在的密码",
    "new": Sentence("新密码（至少 {least} 位）", least=PASSWORD_MIN),
    "again": "再输入一次新密码",
}


def own_password(desk: Desk, actor: Actor) -> None:
    """A folded form; mistakes stand at their fields and keep it open."""
    mistaken = any(state.get(Key.ERRORS, {}).get(field) for field in FIELDS)
    with (
        st.expander(_("修改密码"), icon=":material/key:", expanded=mistaken),
        st.form("own_password", border=False, clear_on_submit=True),
    ):
        for field, label in FIELDS.items():
            kind = "current-password" if field == "current" else "new-password"
            st.text_input(_(label), type="password", key=f"own_{field}", autocomplete=kind, max_chars=128)
            acting.field_error(field)
        st.form_submit_button(_("修改密码"), on_click=_change, args=(desk, actor))


def _change(desk: Desk, actor: Actor) -> None:
    given = [str(st.session_state.get(f"own_{field}") or "") for field in FIELDS]
    errors: dict[str, str] = {}
    if acting.attempt(lambda: errors.update(change_own_password(desk, actor, *given))):
        acting.fail(errors) if errors else state.say(_("密码已修改，其他登录已结束。"))
