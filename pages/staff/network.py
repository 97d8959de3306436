"""网络与中继: which TURN servers the browsers are given, and a test from this browser."""

from __future__ import annotations

import streamlit as st

from pages.parts import call, notice, visitor, wiring
from pages.parts.components.relay_check import relay_check
from pages.parts.language import _

guest = visitor.read()
settings, actor = wiring.settings(), guest.actor_staff
assert actor is not None

st.title(_("网络与中继"))
st.markdown(
    _(
        "通话的画面和声音走 UDP，直接到服务器的随机端口。有些客户的网络不放行 UDP，或服务器在防火墙后面，"
        "这时需要中继服务器（TURN）。"
    )
)
if settings.turn_urls:
    st.caption(_("设置了 {count} 个中继地址。密码按会话生成，一小时有效。").format(count=len(settings.turn_urls)))
    relay_check("relay_check", call.ice())
    st.caption(_("请分别在公司网络、家庭宽带和手机流量下检测：结果只说明这台设备所在的网络。"))
else:
    notice.empty_state(
        _(
            "没有设置中继服务器。设置 JIANZHENG_TURN_URLS 和 JIANZHENG_TURN_SECRET 后，这里可以检测。"
            "只在内部网络使用时不需要。"
        )
    )
