"""业务办理: the businesses, what to prepare, service hours, education, help, hotline."""

from __future__ import annotations

import streamlit as st

from core.businesses import BUSINESSES
from core.rules.service_hours import ServiceHours
from core.usecases.eligibility import closed_now
from core.usecases.loading import calendar_around, rules_for
from core.usecases.own_cases import own_open_case
from pages.parts import notice, state, visitor, wiring
from pages.parts.around import footer
from pages.parts.flow_picture import flow_picture
from pages.parts.language import _, dialog, spoken
from pages.parts.state import Key

guest = visitor.read()
with wiring.desk().read(guest.firm.id) as work:
    rules = rules_for(work)
    hours = ServiceHours.of(rules["service_hours"], "witness")
    is_open = hours.is_open(work.now, calendar_around(work))
    closed = closed_now(work)
open_case = own_open_case(wiring.desk(), guest.actor) if guest.actor else None


@dialog("业务流程")
def _show_flows() -> None:
    """The steps of each business as a picture, drawn from its declaration."""
    own = {key: each.title for key, each in BUSINESSES.items() if not each.by_firm}
    chosen = st.selectbox(_("选择业务"), list(own), key="flow_of", format_func=spoken(own))
    business = BUSINESSES[chosen]
    st.caption(
        _("{title}，约 {minutes} 分钟。中途离开后，重新登录可以从断开的地方继续。").format(
            title=_(business.title), minutes=business.minutes
        )
    )
    st.html(flow_picture([(_(str(step.phase)), _(step.title), "todo") for step in business.steps]))


def _prepare() -> None:
    prepare = rules["prepare"]
    for condition in prepare["conditions"]:
        st.markdown(f":material/check: {notice.plain(condition['text'])}")
    for item in prepare["items"]:
        st.markdown(f":material/{item['icon']}: **{_(item['title'])}**　{notice.plain(item['text'])}")
    st.caption(_(prepare["promise"]))
    st.caption(_(prepare["no_camera"]))
    for other in prepare["alternatives"]:
        st.markdown(f":material/storefront: **{_(other['title'])}**　{notice.plain(other['text'])}")


def _start(key: str) -> None:
    state.put(Key.WANTED, key)


st.title(_("业务办理"))
if open_case:
    with st.container(key="card-continue"):
        st.markdown(
            _("**继续：{title}**　受理单 {number}").format(title=_(open_case.title), number=open_case.case.number)
        )
        if open_case.note:
            st.markdown(f":material/event_upcoming: {notice.plain(open_case.note)}")
        if st.button(_("继续办理"), key="continue", type="primary", width="stretch"):
            st.switch_page("customer/case.py")

st.subheader(_("选择业务类型"))
if closed:
    notice.refusal(closed)
for key, business in BUSINESSES.items():
    if business.by_firm:
        continue
    with st.container(key=f"entry-{key}"):
        label = _("**{title}**  \n{summary}，约 {minutes} 分钟").format(
            title=_(business.title), summary=_(business.summary), minutes=business.minutes
        )
        if st.button(
            label, key=f"business_{key}", width="stretch", disabled=bool(closed), on_click=_start, args=(key,)
        ):
            st.switch_page("customer/case.py" if guest.customer else "customer/sign_in.py")
with st.container(key="entry-documents"):
    if st.button(_("**协议下载**  \n下载已签署的协议"), key="business_documents", width="stretch"):
        st.switch_page("customer/documents.py" if guest.customer else "customer/sign_in.py")
if st.button(_("业务流程"), key="flows", type="tertiary", icon=":material/account_tree:"):
    _show_flows()
with st.expander(_("办理前请准备"), icon=":material/checklist:"):
    _prepare()
st.subheader(_("服务时间"))
now_word = _("现在可以视频验证") if is_open else _("现在不在视频服务时间，可以先填写资料")
st.markdown(
    _(":material/schedule: 视频验证：{sentence}　（{now_word}）").format(
        sentence=_(hours.sentence()), now_word=now_word
    )
)
self_service = ServiceHours.of(rules["service_hours"], "self_service")
st.markdown(_(":material/smartphone: 自助填写：{sentence}").format(sentence=_(self_service.sentence())))
st.markdown(_(":material/call: 服务热线：{hotline}").format(hotline=notice.plain(guest.firm.hotline)))
for topic in rules["education"]["topics"]:
    with st.expander(_("投资者教育：{topic}").format(topic=_(topic["title"])), icon=":material/school:"):
        st.markdown(_(topic["text"]))
if not guest.customer and len(wiring.firms()) > 1:
    st.page_link("customer/firm.py", label=_("更换期货公司"), icon=":material/apartment:")
st.page_link("customer/my_data.py", label=_("个人信息保护与我的权利"), icon=":material/shield_person:")
footer(guest.firm)
