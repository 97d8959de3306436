"""投资者教育: what everybody should know about futures before an account is opened (R014)."""

from __future__ import annotations

import streamlit as st

from core.usecases.loading import rules_for
from pages.parts import visitor, wiring
from pages.parts.around import footer
from pages.parts.language import _

guest = visitor.read()
with wiring.desk().read(guest.firm.id) as work:
    topics = rules_for(work)["education"]["topics"]

st.title(_("投资者教育"))
st.caption(_("期货有杠杆，亏损可能超过投入的资金。办理之前，请先读一读下面的内容。"))
for topic in topics:
    with st.expander(_(topic["title"]), icon=":material/school:"):
        st.markdown(_(topic["text"]))
footer(guest.firm)
