"""Charts drawn with Plotly from their rows: one palette, Chinese dates and numbers, the same rows as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import plotly.graph_objects as go

from core.businesses import BUSINESSES
from core.charts import Chart, Column
from pages.parts.language import _

PALETTE = ("#3b76bd", "#b96a16", "#2b8a6e", "#8b63c4", "#c0506a", "#6d8527", "#1b8aa3", "#86705a")
"""The categorical colours of .streamlit/config.toml: one business has the same colour everywhere."""
BLUE, AMBER, GREEN, PURPLE, RED, *_OTHERS = PALETTE
QUIET = "#86705a"
HEAT = [[0, "rgba(59,118,189,0.06)"], [0.5, "rgba(59,118,189,0.55)"], [1, "#173f75"]]
HEIGHT = 340
ROW = 24
HOUR = " 时"
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset"}
FEW, DAY_MS = 5, 86_400_000
"""With so few rows or days plotly draws fat bars and marks halves of days."""
_SHARE = {"overlaying": "y", "side": "right", "range": [0, 1.05], "tickformat": ".0%", "showgrid": False,
          "tickmode": "linear", "dtick": 0.2,
          "fixedrange": True}  # fmt: skip
"""A second scale at the right, for a share beside counts or hours."""
_OF_BUSINESS = dict(zip(BUSINESSES, PALETTE, strict=False))

Build = Callable[[Chart], go.Figure]


def figure(chart: Chart) -> go.Figure:
    """The chart's picture."""
    made = _KINDS[chart.key](chart)
    dated = bool(chart.rows) and isinstance(chart.rows[0][0], date)
    made.update_layout(
        height=max(HEIGHT, len(chart.rows) * ROW) if chart.key == "funnel" else HEIGHT,
        margin={"l": 8, "r": 8, "t": 8, "b": 8}, hovermode="x unified" if dated else "closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        separators=".,", dragmode=False,
        clickmode="event+select" if dated or chart.key == "funnel" else "event", uirevision=chart.key,
    )  # fmt: skip
    if dated:
        short = (chart.rows[-1][0] - chart.rows[0][0]).days < FEW
        days = {"tick0": chart.rows[0][0], "dtick": DAY_MS} if short else {}
        made.update_xaxes(**days, type="date", tickformat=_("%-m月%-d日"), hoverformat="%Y-%m-%d", fixedrange=True)
    made.update_yaxes(fixedrange=True, rangemode="tozero", automargin=True)
    made.update_xaxes(fixedrange=True, automargin=True, tickangle=0)
    return made


def _hover(column: Column) -> str:
    return f"{escape(_(column.title))}　%{{customdata}}<extra></extra>"


def _trace(chart: Chart, column: Column) -> dict[str, Any]:
    values = chart.values(column.key)
    words = [column.words(value) for value in values]
    return {"x": [row[0] for row in chart.rows], "y": values, "customdata": words, "name": column.title,
            "hovertemplate": _hover(column)}  # fmt: skip


def _axis(made: go.Figure, unit: str, name: str = "yaxis") -> None:
    """Percent as percent, lengths in minutes and seconds, counts as they are."""
    if unit == "%":
        made.update_layout({name: {"tickformat": ".0%"}})
        return
    highest = max((v for trace in made.data for v in (trace.y if trace.y is not None else ()) if v), default=0)
    whole = {"dtick": 1} if unit != "秒" and highest <= 5 else {}
    made.update_layout({name: {"ticksuffix": f" {unit}", "tickformat": ",~r", **whole}})


def _stacked(*left_out: str) -> Build:
    def build(chart: Chart) -> go.Figure:
        made, free = go.Figure(), iter(PALETTE)
        for column in chart.figures:
            if column.key not in left_out:
                colour = _OF_BUSINESS.get(column.key) or next(free, QUIET)
                made.add_bar(**_trace(chart, column), marker_color=colour)
        made.update_layout(barmode="stack", bargap=0.15)
        _axis(made, chart.figures[0].unit)
        return made

    return build


def _lines(*keys: str) -> Build:
    def build(chart: Chart) -> go.Figure:
        made = go.Figure()
        lone = "lines" if len(chart.rows) > 1 else "markers"
        chosen = [column for column in chart.figures if column.key in keys]
        for column, colour in zip(chosen, PALETTE, strict=False):
            made.add_scatter(**_trace(chart, column), mode=lone, line={"color": colour, "width": 2})
        _axis(made, chosen[0].unit)
        return made

    return build


def _ranked(key: str) -> Build:
    """Horizontal bars, the first row on top; the longest thirty."""

    def build(chart: Chart) -> go.Figure:
        column = next(c for c in chart.figures if c.key == key)
        rows = [(row[0], value) for row, value in zip(chart.rows, chart.values(key), strict=True)][:30]
        words = [column.words(value) for __, value in rows]
        made = go.Figure(
            go.Bar(
                y=[name for name, __ in rows], x=[value for __, value in rows], orientation="h", customdata=words,
                text=words, textposition="auto", marker_color=BLUE, hovertemplate="%{y}　%{customdata}<extra></extra>",
                width=0.3 if len(rows) < FEW else None,
            )
        )  # fmt: skip
        made.update_yaxes(autorange="reversed", tickmode="linear")
        made.update_xaxes(tickformat=".0%" if column.unit == "%" else ",~r")
        return made

    return build


def _heat(chart: Chart) -> go.Figure:
    hours = [column.title.removesuffix(HOUR) for column in chart.figures]
    cells = [list(row[1:]) for row in chart.rows]
    words = [[c.words(cell) for c, cell in zip(chart.figures, row[1:], strict=True)] for row in chart.rows]
    made = go.Figure(
        go.Heatmap(
            x=hours, y=[row[0] for row in chart.rows], z=cells, customdata=words, colorscale=HEAT, xgap=2, ygap=2,
            hovertemplate=_("%{y} %{x} 时　%{customdata} 人次<extra></extra>"),
            colorbar={"thickness": 12, "title": _("人次")},
        )
    )  # fmt: skip
    made.update_yaxes(autorange="reversed", type="category")
    made.update_xaxes(type="category")
    return made


def _need(chart: Chart) -> go.Figure:
    by_key = {column.key: column for column in chart.figures}
    made = go.Figure()
    made.add_bar(**_trace(chart, by_key["on_duty"]), marker_color="rgba(59,118,189,0.45)")
    for key, colour, dash in (("need_c", AMBER, "solid"), ("need_a", GREEN, "dot")):
        made.add_scatter(**_trace(chart, by_key[key]), mode="lines+markers",
                         line={"color": colour, "width": 2, "dash": dash, "shape": "hvh"})  # fmt: skip
    for trace in made.data:
        trace.x = [str(hour).removesuffix(HOUR) for hour in trace.x]
    made.update_xaxes(type="category", ticksuffix="")
    _axis(made, _("人"))
    return made


def _control(chart: Chart) -> go.Figure:
    value, expected, lower, upper, _breach = chart.figures
    made, days = go.Figure(), [row[0] for row in chart.rows]
    known = replace(chart, rows=tuple(row for row in chart.rows if row[2] is not None))
    low, high = _trace(known, lower), _trace(known, upper)
    made.add_scatter(**low, mode="lines", line={"width": 0}, showlegend=False)
    made.add_scatter(**high, mode="lines", line={"width": 0}, fill="tonexty", fillcolor="rgba(134,112,90,0.2)",
                     showlegend=False)  # fmt: skip
    made.add_scatter(**_trace(chart, expected), mode="lines", line={"color": QUIET, "dash": "dot", "width": 1})
    made.add_scatter(**_trace(chart, value), mode="lines+markers", line={"color": BLUE, "width": 2},
                     marker={"size": 5})  # fmt: skip
    out = [y if mark else None for y, mark in zip(chart.values(value.key), chart.values("breach"), strict=True)]
    made.add_scatter(x=days, y=out, mode="markers", name=_("越界"), hoverinfo="skip",
                     marker={"color": RED, "size": 12, "symbol": "diamond-open", "line": {"width": 2}})  # fmt: skip
    _axis(made, value.unit)
    return made


def _pareto(chart: Chart) -> go.Figure:
    count, cumulative = chart.figures
    first, second = _trace(chart, count), _trace(chart, cumulative)
    codes = [str(reason).split(" ")[0] for reason in first["x"]]
    made = go.Figure(go.Bar(**{**first, "x": codes, "hovertext": first["x"]}, marker_color=BLUE))
    made.add_scatter(**{**second, "x": codes}, yaxis="y2", mode="lines+markers", line={"color": AMBER, "width": 2})
    made.update_layout(yaxis2=_SHARE)
    made.update_xaxes(type="category", tickangle=0)
    made.update_traces(hovertemplate="%{hovertext}　%{customdata}<extra></extra>", selector={"type": "bar"})
    _axis(made, count.unit)
    return made


def _review(chart: Chart) -> go.Figure:
    """Hours as lines, the share that kept the promise above them on a scale of its own."""
    by_key = {column.key: column for column in chart.figures}
    made, lone = go.Figure(), "lines" if len(chart.rows) > 1 else "markers"
    for key, colour in (("review_p50", BLUE), ("review_p90", AMBER)):
        made.add_scatter(**_trace(chart, by_key[key]), mode=lone, line={"color": colour, "width": 2})
    kept = {"color": GREEN, "width": 2, "dash": "dot"}
    made.add_scatter(**_trace(chart, by_key["review_in_time"]), yaxis="y2", mode=lone, line=kept)
    made.update_layout(yaxis2=_SHARE)
    _axis(made, _("小时"))
    return made


_KINDS: Mapping[str, Build] = {
    "volume": _stacked(),
    "heat": _heat,
    "wait": _lines("wait_p50", "wait_p90", "wait_mean"),
    "service": _lines("service_level", "abandon_rate"),
    "branches": _ranked("service_level"),
    "abandons": _stacked(),
    "handling": _lines("talk_p50", "talk_p90", "handling"),
    "busy": _lines("occupancy"),
    "people": _ranked("calls"),
    "staff_need": _need,
    "reservations": _stacked("booked", "no_show_rate"),
    "promises": _lines("promise_kept", "promise_early"),
    "control_wait": _control,
    "control_abandon": _control,
    "pareto_witness": _pareto,
    "pareto_review": _pareto,
    "funnel": _ranked("reached"),
    "compare": _ranked("handed_in_share"),
    "clocks": _lines("took_p50", "took_p90", "waited_p50", "waited_p90"),
    "ageing": _stacked(),
    "first_time": _lines("first_time"),
    "review_time": _review,
}


def summary(chart: Chart) -> str:
    """What a screen reader says instead of the picture."""
    first, last = chart.columns[0].words(chart.rows[0][0]), chart.columns[0].words(chart.rows[-1][0])
    return _("{title}共 {count} 行，从 {first} 到 {last}。切换为表格可以逐行阅读。").format(
        title=_(chart.title), count=len(chart.rows), first=first, last=last
    )


def table(chart: Chart) -> str:
    """The rows as an HTML table that scrolls by itself."""
    heads = "".join(f'<th scope="col">{escape(_head(column))}</th>' for column in chart.columns)
    body = "".join(
        "<tr>" + "".join(_cell(place, column.words(cell)) for place, (column, cell) in
                         enumerate(zip(chart.columns, row, strict=True))) + "</tr>"
        for row in chart.rows
    )  # fmt: skip
    caption = f'<caption class="jz-unseen">{escape(_(chart.title))}</caption>'
    return (
        f'<div class="jz-table" tabindex="0" role="region" aria-label="{escape(_(chart.title))}"><table>{caption}'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(column: Column) -> str:
    return (
        _("{title}（{unit}）").format(title=_(column.title), unit=column.unit)
        if column.unit and column.unit not in {"%", "秒"}
        else _(column.title)
    )


def _cell(place: int, words: str) -> str:
    return f'<th scope="row">{escape(words)}</th>' if place == 0 else f"<td>{escape(words)}</td>"


def meanings(chart: Chart) -> str | None:
    """The definitions behind the question mark, as a list; columns that share one are not named one by one."""
    titles: dict[str, list[str]] = {}
    for column in chart.figures:
        if column.meaning:
            titles.setdefault(_(column.meaning), []).append(_(column.title))
    lines = [
        _("- **{names}**：{text}").format(names=names[0], text=text) if len(names) == 1 else f"- {text}"
        for text, names in titles.items()
    ]
    return "\n".join(lines) or None
