"""手机开户: the firm's door as a QR code, for whoever sits at a computer without a camera (R013, R015)."""

from __future__ import annotations

import streamlit as st

from pages.parts import visitor
from pages.parts.around import footer
from pages.parts.language import _
from pages.parts.on_phone import phone_door

guest = visitor.read()
st.title(_("手机开户"))
phone_door(guest.firm, "on_phone")
footer(guest.firm)
