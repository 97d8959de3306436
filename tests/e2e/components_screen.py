"""The screens of test_components.py, chosen by ?c=; below each stand the results that Python was given."""

from __future__ import annotations

import json

import streamlit as st

from core.rules.rehearsal import LIMITS
from pages.parts.components.captcha_view import captcha_view
from pages.parts.components.capture import capture
from pages.parts.components.corners import corners
from pages.parts.components.device_check import device_check
from pages.parts.components.draw_signature import draw_signature
from pages.parts.components.go_to_field import go_to_field
from pages.parts.components.reader import reader
from pages.parts.components.rehearsal import rehearsal
from pages.parts.components.selfie import selfie
from pages.parts.components.session_exchange import session_exchange
from pages.parts.components.sound import chime
from pages.parts.components.station import station
from pages.parts.look import apply_look
from pages.parts.progress import show_progress


def view_of(name, label):
    """A picture of the station; the first has something found on it."""
    spot = {"id": "f1", "kind": "finding", "text": "有反光", "box": (0.5, 0.5, 0.2, 0.1)}
    return {"key": name, "label": label, "source": f"/evidence/{name}", "evidence": name, "on": "picture",
            "markable": name == "card", "face": "", "spots": [spot] if name == "card" else []}  # fmt: skip


PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
LONG = "<h1>协议</h1>" + "<p>第一条 样张文字，用来滚动。</p>" * 80 + "<img src=x onerror='window.broken=1'>"
apply_look()
state = st.session_state
state.setdefault("results", [])


def keep(result):
    if result:
        state.results.append(result)


which = st.query_params.get("c")
if which == "check":
    keep(device_check("check"))
elif which == "reader":
    number = sum(result["event"] == "next" for result in state.results)
    html = [LONG, "<p>短协议，不用滚动。</p>"][number % 2]
    event = reader("reader", document=f"d{number}", title="协议", html=html, min_seconds=2)
    keep(event)
    if event and event["event"] == "next":
        st.rerun()
elif which == "selfie":
    active = not st.checkbox("关闭", key="off")
    still = "n1" if st.checkbox("拍照", key="go") else None
    keep(selfie("selfie", upload_url="/upload", still=still, active=active))
elif which == "rehearsal":
    if not st.checkbox("关闭", key="off"):
        keep(rehearsal("rehearsal", limits=LIMITS, uplink_url="/uplink", face_url="/face"))
elif which == "exchange":
    refused = session_exchange("exchange", ticket=st.query_params.get("t", "fresh"), kind="customer", target="/?c=done")
    keep({"refused": True} if refused else None)
elif which == "capture":
    frame = st.query_params.get("frame", "card")
    keep({"taken": True} if capture("身份证正面", key="capture", upload_url="/upload", frame=frame) else None)
elif which == "corners":
    quad = corners("/evidence/card", ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)), key="corners")
    keep({"quad": quad} if quad else None)
elif which == "sign":
    keep({"signed": True} if draw_signature(key="sign", upload_url="/upload") else None)
elif which == "station":
    views = [view_of(name, label) for name, label in (("card", "原图"), ("person", "裁切"), ("tall", "以前的版本"))]
    faces = st.query_params.get("faces") == "1"
    views = [{**view, "face": f"{view['source']}/face" if faces else ""} for view in views]
    drawn = station("station", views, [view["key"] for view in views[:2]], linked=faces)
    keep(drawn._asdict() if drawn else None)
elif which == "captcha":
    keep({"refresh": True} if captcha_view("captcha", picture=PIXEL) else None)
elif which == "sound":
    st.button("再来", key="again")
    chime("chime", nonce="ticket-1")
elif which == "form":
    steps = [("设备检测", "done"), ("基本资料", "current")]
    show_progress("开立期货账户", "1300002600010177", [("资料报审", steps)], 2, 2)
    with st.form("form", border=False):
        st.text_input("姓名", key="name", max_chars=30)
        st.date_input("有效期", value=None, key="until")
        st.file_uploader("身份证正面", type=["jpg"], key="front")
        for number in range(12):
            st.text_input(f"其他 {number}", key=f"other{number}")
        with st.container(key="actions", horizontal=True):
            st.form_submit_button("上一步")
            pressed = st.form_submit_button("下一步", type="primary")
    if pressed:
        go_to_field("go", field_key="name", nonce="once")
st.button("刷新", key="rerun")
st.code(json.dumps(state.results, ensure_ascii=False), language=None)
