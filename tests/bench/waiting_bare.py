"""What the waiting page costs without the product: the same few words, refreshed as often."""

from __future__ import annotations

import streamlit as st


@st.fragment(run_every="2s", key="queue")
def place() -> None:
    """Two lines in a box."""
    with st.container(key="card-queue"):
        st.markdown("### 前面 3 人 · 共 20 人（含您）")
        st.caption("轮到您时会自动接通，请不要关闭页面。刷新页面或短暂断网不会丢失位置。")


place()
st.markdown("请准备：身份证原件、充足的光线、安静的环境；请摘下帽子和口罩。")
st.button("离开排队", key="leave_queue")
