"""协议下载: every document that the customer signed, by business."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.usecases.own_cases import own_documents
from pages.parts import clock_words, notice, visitor, wiring
from pages.parts.case_media import show_documents

guest = visitor.read()
if guest.customer is None or guest.actor is None:
    st.switch_page("customer/sign_in.py")

st.title("协议下载")
try:
    found = own_documents(wiring.desk(), guest.actor)
    if not found:
        notice.empty_state("暂无数据。签署协议后，可以在这里下载。")
    for row, documents in found:
        with st.container(key=f"card-{row.case.id[:8]}"):
            st.subheader(row.title)
            st.caption(f"受理单 {row.case.number} · {clock_words.exact(row.case.created_at)}")
            show_documents(documents)
except DeskError as error:
    notice.refusal(error.text)
st.caption("下载的文件是 PDF，含您的数字签名、时间戳和期货公司的电子印章。刚签署的文件会在几分钟内盖章。")
