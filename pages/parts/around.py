"""What stands around the customer's pages: more links of the top bar, and the line at the foot (R014, R015, R018)."""

from __future__ import annotations

import streamlit as st

from core.records import Firm
from core.version import VERSION
from pages.parts import notice
from pages.parts.language import _


def more_links(firm: Firm) -> None:
    """手机开户, 投资者教育 and 服务热线, one press away so that the bar fits a phone."""
    with st.popover(_("更多"), key="more"):
        st.page_link("customer/on_phone.py", label=_("手机开户"), icon=":material/qr_code_2:")
        st.page_link("customer/education.py", label=_("投资者教育"), icon=":material/school:")
        st.markdown(_(":material/call: 服务热线：{hotline}").format(hotline=notice.plain(firm.hotline)))


def footer(firm: Firm) -> None:
    """Whose desk this is, and 版本信息."""
    st.caption(_("见证 {name} · 试点系统 · 版本 {version}").format(name=notice.plain(firm.name), version=VERSION))
