"""业务办理: the businesses, what to prepare, service hours, education, help, hotline."""

from __future__ import annotations

import streamlit as st

from core.businesses import BUSINESSES
from core.flow import Business
from core.rules.service_hours import ServiceHours
from core.usecases.eligibility import closed_now
from core.usecases.loading import calendar_around, rules_for
from core.usecases.own_cases import own_open_case
from pages.parts import notice, state, visitor, wiring
from pages.parts.around import footer
from pages.parts.flow_picture import flow_picture
from pages.parts.state import Key

guest = visitor.read()
with wiring.desk().read(guest.firm.id) as work:
    rules = rules_for(work)
    hours = ServiceHours.of(rules["service_hours"], "witness")
    is_open = hours.is_open(work.now, calendar_around(work))
    closed = closed_now(work)
open_case = own_open_case(wiring.desk(), guest.actor) if guest.actor else None


@st.dialog("业务流程")
def show_flow(business: Business) -> None:
    """The steps of a business as a picture, drawn from its declaration."""
    st.caption(f"{business.title}，约 {business.minutes} 分钟。中途离开后，重新登录可以从断开的地方继续。")
    st.html(flow_picture([(str(step.phase), step.title, "todo") for step in business.steps]))


def _prepare() -> None:
    prepare = rules["prepare"]
    for condition in prepare["conditions"]:
        st.markdown(f":material/check: {notice.plain(condition['text'])}")
    for item in prepare["items"]:
        st.markdown(f":material/{item['icon']}: **{item['title']}**　{notice.plain(item['text'])}")
    st.caption(prepare["promise"])
    st.caption(prepare["no_camera"])
    for other in prepare["alternatives"]:
        st.markdown(f":material/storefront: **{other['title']}**　{notice.plain(other['text'])}")


def _start(key: str) -> None:
    state.put(Key.WANTED, key)


st.title("业务办理")
if open_case:
    with st.container(key="card-continue"):
        st.markdown(f"**继续：{open_case.title}**　受理单 {open_case.case.number}")
        if open_case.note:
            st.markdown(f":material/event_upcoming: {notice.plain(open_case.note)}")
        if st.button("继续办理", key="continue", type="primary", width="stretch"):
            st.switch_page("customer/case.py")

st.subheader("选择业务类型")
if closed:
    notice.refusal(closed)
for key, business in BUSINESSES.items():
    if business.by_firm:
        continue
    with st.container(key=f"entry-{key}"):
        label = f"**{business.title}**  \n{business.summary}，约 {business.minutes} 分钟"
        if st.button(
            label, key=f"business_{key}", width="stretch", disabled=bool(closed), on_click=_start, args=(key,)
        ):
            st.switch_page("customer/case.py" if guest.customer else "customer/sign_in.py")
    if st.button("业务流程", key=f"flow_{key}", type="tertiary", icon=":material/account_tree:"):
        show_flow(business)
with st.container(key="entry-documents"):
    if st.button("**协议下载**  \n下载已签署的协议", key="business_documents", width="stretch"):
        st.switch_page("customer/documents.py" if guest.customer else "customer/sign_in.py")
with st.expander("办理前请准备", icon=":material/checklist:"):
    _prepare()
st.subheader("服务时间")
now_word = "现在可以视频验证" if is_open else "现在不在视频服务时间，可以先填写资料"
st.markdown(f":material/schedule: 视频验证：{hours.sentence()}　（{now_word}）")
self_service = ServiceHours.of(rules["service_hours"], "self_service")
st.markdown(f":material/smartphone: 自助填写：{self_service.sentence()}")
st.markdown(f":material/call: 服务热线：{notice.plain(guest.firm.hotline)}")
for topic in rules["education"]["topics"]:
    with st.expander(f"投资者教育：{topic['title']}", icon=":material/school:"):
        st.markdown(topic["text"])
if not guest.customer and len(wiring.firms()) > 1:
    st.page_link("customer/firm.py", label="更换期货公司", icon=":material/apartment:")
st.page_link("customer/my_data.py", label="个人信息保护与我的权利", icon=":material/shield_person:")
footer(guest.firm)
