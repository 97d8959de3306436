"""The script Streamlit runs for every page: who is signed in decides which pages exist."""

from __future__ import annotations

import streamlit as st

from pages.parts import visitor
from pages.parts.entry import ask_for_firm
from pages.parts.language import _, choose_language
from pages.parts.look import ICON, apply_look
from pages.parts.table import pages_for

choose_language()
st.set_page_config(page_title=_("见证 · 期货远程开户"), page_icon=ICON, layout="centered")
guest = visitor.arrive()
pages = pages_for(guest)
page = st.navigation(pages, position="sidebar" if guest.actor_staff else "hidden", expanded=True)
staff_page = page.url_path.startswith("desk")
apply_look(large_text=visitor.large_text(), staff=staff_page and guest.actor_staff is not None)
if staff_page:
    visitor.staff_header(guest, shows_duty=page.url_path == "desk_witness")
    page.run()
elif guest.named:
    visitor.customer_header(guest)
    page.run()
else:
    ask_for_firm()
