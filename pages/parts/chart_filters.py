"""The filters of the charts; every choice stands in the address, and an export repeats them in its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from core.businesses import BUSINESSES
from core.metrics import GRAINS, GROUPS, Span, day_number
from core.rules.device_kind import DEVICE_TITLES
from core.usecases.chart_rows import business_title
from core.usecases.read_chart import questionnaire_versions
from pages.parts.language import _

if TYPE_CHECKING:
    from core.actor import Actor
    from core.ports import Desk

CUTS = ("branch", "business", "channel", "version", "grain", "by", "place")
CUT = {"cases": ("channel", "version", "by", "grain"), "quality": ("grain",)}
"""Section -> the filters that only its charts heed."""
USUAL_DAYS = 30


def address(span: Span) -> str:
    """The query of an address that asks for the same."""
    asked = {name: getattr(span, name) for name in CUTS if getattr(span, name)}
    return urlencode({"from": span.first_day.isoformat(), "to": span.last_day.isoformat(), **asked})


def common(desk: Desk, actor: Actor, today: date) -> Span:
    """Branch, business and range."""
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


def of_cases(desk: Desk, actor: Actor, span: Span, section: str) -> Span:
    """The filters that only the charts of a section heed: channel, version, how cases are grouped."""
    titles = {"channel": _("渠道"), "version": _("问卷版本"), "by": _("比较"), "grain": _("统计周期")}
    versions = questionnaire_versions(desk, actor) if "version" in CUT[section] else []
    options = {
        "channel": {"": _("全部渠道"), **{key: _(title) for key, title in DEVICE_TITLES.items() if key}},
        "version": {"": _("全部版本"), **{number: number for number in versions}},
        "by": {key: _(title) for key, title in GROUPS.items()},
        "grain": {key: _(title) for key, title in GRAINS.items()},
    }
    chosen = {}
    with st.container(horizontal=True, key="case_filters"):
        for name in CUT[section]:
            shown = options[name]
            chosen[name] = st.selectbox(titles[name], list(shown), format_func=shown.__getitem__, key=name,
                                        bind="query-params")  # fmt: skip
    return replace(span, **{name: value or next(iter(options[name])) for name, value in chosen.items()})
