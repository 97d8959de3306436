"""选择期货公司: another firm of the same installation, by its number."""

from __future__ import annotations

import streamlit as st

from pages.parts import notice, state, visitor
from pages.parts.entry import ask_for_firm
from pages.parts.language import _
from pages.parts.state import Key

guest = visitor.read()
if state.get(Key.ENTERED):
    state.drop(Key.ENTERED)
    st.switch_page("customer/hall.py")
if guest.customer:
    notice.refusal(_("您已登录{name}。要在另一家期货公司办理，请先退出登录。").format(name=guest.firm.name))
else:
    ask_for_firm()
st.page_link("customer/hall.py", label=_("回到业务办理"), icon=":material/home:")
