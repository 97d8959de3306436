"""统计分析: charts for analysts; filters live in the address, each chart has its table and its export."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from core.charts import DAY, Chart
from core.errors import DeskError
from core.metrics import Span, day_number
from core.rules.calendar import local_day
from core.usecases.case_charts import places_of
from core.usecases.read_chart import LONGEST, SECTIONS, read_cases, read_chart, read_tickets
from pages.parts import chart_filters, charts, notice, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
today = local_day(desk.clock())
PICTURES, TABLES = _("图表"), _("表格")
DRILLED, PLACE = "day", "place"


def _export(key: str, span: Span) -> None:
    """Links to the files of one chart."""
    address = escape(chart_filters.address(span))
    links = "　".join(f'<a href="/charts/{key}/{kind}?{address}" download>{name}</a>' for kind, name in
                     (("xlsx", _("导出 Excel")), ("csv", _("导出 CSV"))))  # fmt: skip
    st.html(f'<p class="jz-export">{links}</p>')


def _choose_day(key: str) -> None:
    """A click on a day of a picture asks for its tickets."""
    picked = st.session_state[key].get("selection", {}).get("points", [])
    if picked:
        st.session_state[DRILLED] = local_day(desk.clock()).fromisoformat(str(picked[0]["x"])[:10])


def _choose_place(key: str, business: str) -> None:
    """A click on a bar of the funnel asks for the cases that stand there."""
    picked = st.session_state[key].get("selection", {}).get("points", [])
    if picked:
        st.session_state[PLACE] = list(places_of(business))[picked[0]["point_index"]]


def _on_select(chart: Chart, key: str, span: Span) -> Any:
    """What a click on the picture does: a day lists its tickets, a place of the funnel its cases."""
    if chart.key == "funnel":
        return lambda: _choose_place(key, span.business)
    daily = chart.columns[0] == DAY and section != "cases"
    return (lambda: _choose_day(key)) if daily else "ignore"


def _draw(chart: Chart, span: Span, as_table: bool) -> None:
    st.subheader(_(chart.title), help=charts.meanings(chart))
    if not chart.rows:
        notice.empty_state(_("所选范围内没有数据。换一个日期范围或营业部后会显示在这里。"))
        return
    if as_table:
        st.html(charts.table(chart))
    else:
        key = f"picture_{chart.key}"
        st.plotly_chart(
            charts.figure(chart), key=key, config=charts.CONFIG, alt=charts.summary(chart),
            on_select=_on_select(chart, key, span), selection_mode="points",
        )  # fmt: skip
    if chart.note:
        st.caption(notice.plain(chart.note))
    _export(chart.key, span)


def _chart(key: str, span: Span, as_table: bool) -> None:
    with st.container(key=f"card-{key}"):
        try:
            _draw(read_chart(desk, actor, key, span), span, as_table)
        except DeskError as error:
            notice.refusal(error.text)


def _tickets(span: Span) -> None:
    """The tickets of one day: case numbers and no names."""
    with st.container(key="card-tickets"):
        st.subheader(
            _("某一天的排队记录"), help=_("在上面的图中点一天，或在这里选择日期。只显示受理单号，不显示客户姓名。")
        )
        day = st.date_input(_("日期"), None, key=DRILLED, format="YYYY-MM-DD", max_value=today, bind="query-params")
        if day is None:
            st.caption(_("选择日期后列出当天的排队记录。"))
            return
        chosen = Span(day_number(day), day_number(day), span.branch, span.business)
        found = read_tickets(desk, actor, chosen)
        if not found.rows:
            notice.empty_state(_("这一天没有排队记录。"))
            return
        _list(found, chosen)


def _list(found: Chart, span: Span) -> None:
    st.html(charts.table(found))
    if found.note:
        st.caption(notice.plain(found.note))
    _export(found.key, span)


def _cases(span: Span) -> None:
    """The cases that stand at one place of the funnel: numbers and no names."""
    places = places_of(span.business)
    with st.container(key="card-cases"):
        st.subheader(
            _("某一环节的受理单"),
            help=_("在漏斗图中点一个环节，或在这里选择。只显示受理单号，不显示客户姓名。"),
        )
        place = st.selectbox(_("环节"), list(places), None, format_func=lambda key: _(places[key]), key=PLACE,
                             bind="query-params", placeholder=_("请选择环节"))  # fmt: skip
        if place not in places:
            st.caption(_("选择环节后列出停在那里的受理单。"))
            return
        chosen = replace(span, place=place)
        found = read_cases(desk, actor, chosen)
        if not found.rows:
            notice.empty_state(_("所选日期开始办理的受理单中，没有停在这里的。"))
            return
        _list(found, chosen)


st.title(_("统计分析"))
asked = chart_filters.common(desk, actor, today)
with st.container(horizontal=True, key="chart_choice"):
    section = st.segmented_control(
        _("主题"), list(SECTIONS), format_func=lambda key: _(SECTIONS[key].title), default="service",
        key="section", bind="query-params", label_visibility="collapsed", required=True,
    )  # fmt: skip
    view = st.segmented_control(_("显示方式"), [PICTURES, TABLES], default=PICTURES, format_func=_, key="view",
                                bind="query-params", label_visibility="collapsed", required=True)  # fmt: skip
if section in chart_filters.CUT:
    asked = chart_filters.of_cases(desk, actor, asked, section)
if not 0 <= asked.last - asked.first < LONGEST:
    notice.refusal(_("请选择不超过一年的日期范围，开始日期不晚于结束日期。"))
else:
    with st.container(key="chart_grid"):
        for chart_key in SECTIONS[section or "service"].charts:
            _chart(chart_key, asked, view == TABLES)
    if section == "cases":
        _cases(asked)
    else:
        _tickets(asked)
