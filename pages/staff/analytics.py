"""统计分析: charts for analysts; filters live in the address, each chart has its table and its export."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from urllib.parse import urlencode

import streamlit as st

from core.businesses import BUSINESSES
from core.charts import Chart
from core.errors import DeskError
from core.metrics import Span, day_number
from core.rules.calendar import local_day
from core.usecases.chart_rows import business_title
from core.usecases.read_chart import LONGEST, SECTIONS, read_chart, read_tickets
from pages.parts import charts, notice, visitor, wiring
from pages.parts.language import _

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
today = local_day(desk.clock())
PICTURES, TABLES = "图表", "表格"
USUAL_DAYS = 30
DRILLED = "day"


def _filters() -> Span:
    """Branch, business and range; every choice stands in the address."""
    with desk.read(actor.firm_id) as work:
        names = {"": _("全部营业部"), **{branch.id: branch.name for branch in work.firms.branches()}}
    kinds = ["", *BUSINESSES]
    with st.container(horizontal=True, key="chart_filters"):
        branch = st.selectbox(
            _("营业部"), list(names), format_func=lambda key: names[key], key="branch", bind="query-params"
        )  # fmt: skip
        business = st.selectbox(
            _("业务类型"), kinds, format_func=lambda key: _(business_title(key)) if key else _("全部业务"),
            key="business", bind="query-params",
        )  # fmt: skip
        how = {"format": "YYYY-MM-DD", "max_value": today, "bind": "query-params"}
        first = st.date_input(_("从"), today - timedelta(days=USUAL_DAYS - 1), key="from", **how)
        last = st.date_input(_("到"), today, key="to", **how)
    return Span(day_number(first or today), day_number(last or today), branch or "", business or "")


def _export(key: str, span: Span) -> None:
    """Links to the files of one chart."""
    asked = {"from": span.first_day.isoformat(), "to": span.last_day.isoformat(), "branch": span.branch,
             "business": span.business}  # fmt: skip
    address = escape(urlencode(asked))
    links = "　".join(f'<a href="/charts/{key}/{kind}?{address}" download>{name}</a>' for kind, name in
                     (("xlsx", _("导出 Excel")), ("csv", _("导出 CSV"))))  # fmt: skip
    st.html(f'<p class="jz-export">{links}</p>')


def _choose_day(key: str) -> None:
    """A click on a day of a picture asks for its tickets."""
    picked = st.session_state[key].get("selection", {}).get("points", [])
    if picked:
        st.session_state[DRILLED] = local_day(desk.clock()).fromisoformat(str(picked[0]["x"])[:10])


def _draw(chart: Chart, span: Span, as_table: bool) -> None:
    st.subheader(_(chart.title), help=charts.meanings(chart))
    if not chart.rows:
        notice.empty_state(_("所选范围内没有数据。换一个日期范围或营业部后会显示在这里。"))
        return
    if as_table:
        st.html(charts.table(chart))
    else:
        key, dated = f"picture_{chart.key}", not isinstance(chart.rows[0][0], str)
        st.plotly_chart(
            charts.figure(chart), key=key, config=charts.CONFIG, alt=charts.summary(chart),
            on_select=(lambda: _choose_day(key)) if dated else "ignore", selection_mode="points",
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
        st.html(charts.table(found))
        if found.note:
            st.caption(notice.plain(found.note))
        _export("tickets", chosen)


st.title(_("统计分析"))
asked = _filters()
with st.container(horizontal=True, key="chart_choice"):
    section = st.segmented_control(
        _("主题"), list(SECTIONS), format_func=lambda key: _(SECTIONS[key].title), default="service",
        key="section", bind="query-params", label_visibility="collapsed", required=True,
    )  # fmt: skip
    view = st.segmented_control(_("显示方式"), [PICTURES, TABLES], default=PICTURES, format_func=_, key="view",
                                bind="query-params", label_visibility="collapsed", required=True)  # fmt: skip
if not 0 <= asked.last - asked.first < LONGEST:
    notice.refusal(_("请选择不超过一年的日期范围，开始日期不晚于结束日期。"))
else:
    with st.container(key="chart_grid"):
        for chart_key in SECTIONS[section or "service"].charts:
            _chart(chart_key, asked, view == TABLES)
    _tickets(asked)
