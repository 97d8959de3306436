"""入口二维码: the address and the QR code of the firm and of each branch, to print and to hand out."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.usecases.entry_links import Door, doors
from pages.parts import visitor, wiring
from pages.parts.language import _
from pages.parts.site import site

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


def _card(door: Door) -> None:
    address = site("desk_entry") + door.path
    with st.container(key=f"card-door-{door.key}"):
        st.subheader(_(door.title))
        st.html(
            _(
                '<img class="jz-qr" src="{qr_url}" alt="{title}的二维码"><p class="jz-address">'
                '{address}</p><p class="jz-export"><a href="/entry/{key}.svg" download>下载二维码'
                "（SVG）</a></p>"
            ).format(
                qr_url=wiring.qr_url(address),
                title=escape(_(door.title)),
                address=escape(address),
                key=escape(door.key),
            )
        )


st.title(_("入口二维码"))
st.caption(_("客户扫描公司的二维码进入本公司；扫描营业部的二维码，受理单归入该营业部。也可以让客户输入期货公司编号。"))
with st.container(key="door_grid"):
    for each in doors(desk, actor):
        _card(each)
