"""开户帮助: the firm's help topics, searchable (R014, R196, R197)."""

from __future__ import annotations

import streamlit as st

from core.usecases.loading import rules_for
from pages.parts import visitor, wiring
from pages.parts.help import find_topics, show_topics
from pages.parts.language import _

guest = visitor.read()
with wiring.desk().read(guest.firm.id) as work:
    rules = rules_for(work)

st.title(_("开户帮助"))
words = st.text_input(_("搜索"), key="search", placeholder=_("例如：摄像头、验证码、证书")).strip()
show_topics(find_topics(words, rules["help"]["topics"]), guest.firm.hotline)
