"""开户帮助: the firm's help topics, searchable."""

from __future__ import annotations

import streamlit as st

from core.usecases.loading import rules_for
from pages.parts import notice, visitor, wiring

guest = visitor.read()
with wiring.desk().read(guest.firm.id) as work:
    rules = rules_for(work)

st.title("开户帮助")
words = st.text_input("搜索", key="search", placeholder="例如：摄像头、验证码、证书").strip()
topics = [
    topic
    for topic in rules["help"]["topics"]
    if not words or any(words in text for text in (topic["title"], topic["text"], *topic["keywords"]))
]
for topic in topics:
    with st.expander(topic["title"]):
        st.markdown(topic["text"])
if not topics:
    notice.empty_state("没有找到相关内容，请换一个词，或拨打服务热线。")
st.markdown(f":material/call: 服务热线：{notice.plain(guest.firm.hotline)}")
