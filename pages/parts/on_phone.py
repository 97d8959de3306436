"""The firm's door as a QR code: the way from a computer to the phone."""

from __future__ import annotations

import streamlit as st

from core.records import Firm
from core.usecases.entry_links import door_path
from pages.parts import wiring
from pages.parts.entry import branch_of
from pages.parts.language import _
from pages.parts.site import site


def phone_door(firm: Firm, page: str) -> None:
    """The code and what it does; the branch that one came by goes along. `page`: url_path of the page that shows it."""
    st.markdown(_("请用手机扫描二维码，在手机上登录和办理。已经开始的业务会接着办理。"))
    address = site(page) + door_path(firm.number, branch_of(firm))
    st.html(_('<img class="jz-qr" src="{qr_url}" alt="二维码">').format(qr_url=wiring.qr_url(address)))
