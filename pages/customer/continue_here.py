"""手机继续办理: where the QR code leads. Opening it does nothing; one press signs in here."""

from __future__ import annotations

import streamlit as st

from pages.parts import visitor
from pages.parts.components.continue_here import continue_here
from pages.parts.language import _

guest = visitor.read()
st.title(_("手机继续办理"))
st.markdown(
    _("请确认二维码是您自己刚刚打开的，然后点下面的按钮，在这台设备上继续办理。如果二维码是别人发给您的，请不要继续。")
)
continue_here("continue_here", target="/case")
st.page_link("customer/hall.py", label=_("回到业务办理"), icon=":material/home:")
