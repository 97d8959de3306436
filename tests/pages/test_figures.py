"""Wallboard, charts, tables and exports as pages and files."""

from __future__ import annotations

import asyncio
import csv
import io
import math
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette
from streamlit.testing.v1 import AppTest

from core.actor import Actor, Role
from core.charts import DAY, Chart, Column, metric
from core.jobs.refresh_rollups import rebuild_rollups
from core.metrics import METRICS, Span, day_number
from core.usecases.read_chart import CHARTS, SECTIONS, read_chart
from db.history import Wish, make_history
from pages.parts import charts, export, wiring
from pages.routes.table import ROUTES
from tests.pages import staff_cases as made
from tests.pages.staff_cases import Bench

PAGES = Path(__file__).parents[2] / "pages"
FIRM = "history8009"
ANALYST = Actor(FIRM, "staff:analyst", frozenset({Role.ANALYST}))
Open = Callable[..., AppTest]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = made.make_bench(tmp_path)
    monkeypatch.setattr(wiring, "desk", lambda: bench.desk)
    monkeypatch.setattr(wiring, "settings", lambda: bench.desk.settings)
    monkeypatch.setattr(wiring, "firms", bench.database.firms)
    monkeypatch.setattr(wiring, "customer", lambda: None)
    monkeypatch.setattr(wiring, "staff", lambda: made.member(bench, made.ADMIN, Role.ANALYST))
    return bench


@pytest.fixture
def year(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The analyst of a firm with a year of history."""
    make_history(bench.desk, bench.database, Wish("8009", 500))
    rebuild_rollups(bench.desk, FIRM)
    with bench.desk.read(FIRM) as work:
        member = work.people.find_staff(staff_id="analyst")
    monkeypatch.setattr(wiring, "staff", lambda: (ANALYST, member))
    return bench


def show(page: str, **params: str) -> AppTest:
    at = AppTest.from_file(str(PAGES / "router.py"), default_timeout=30).run()
    at.switch_page(f"staff/{page}.py")
    for name, value in params.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, [e.value for e in at.exception]
    return at


def html(at: AppTest) -> str:
    return "\n".join(str(e.proto.body) for e in at.get("html") if "<style>" not in e.proto.body)


# -- wallboard
def test_every_figure_of_the_wallboard_has_its_definition(bench: Bench) -> None:
    at = show("wallboard")
    titles = {metric.title: metric.meaning for metric in METRICS.values()}
    assert len(at.metric) == 16
    for figure in at.metric:
        assert figure.proto.help == titles[figure.label]
    shown = {figure.label: figure.value for figure in at.metric}
    assert (shown["服务水平"], shown["最长等待"], shown["放弃率"], shown["排队人数"]) == ("-", "-", "-", "0")


def test_the_wallboard_counts_and_warns(bench: Bench) -> None:
    with bench.work() as work:
        work.queue.join("c1", "b1", "open_account")
    bench.pass_time(timedelta(seconds=65))
    at = show("wallboard")
    shown = {figure.label: figure.value for figure in at.metric}
    assert (shown["排队人数"], shown["最长等待"]) == ("1", "1:05")
    assert any("没有见证人员在岗" in str(text.value) for text in at.markdown)
    other = show("wallboard", branch="郑州营业部")
    assert {figure.label: figure.value for figure in other.metric}["排队人数"] == "0"


# -- analytics
@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_draws_its_charts(year: Bench, section: str) -> None:
    at = show("analytics", section=SECTIONS[section].title, **{"from": "2025-06-01"})
    titles = [str(head.value) for head in at.subheader]
    expected = [CHARTS[key].__name__ for key in SECTIONS[section].charts]
    assert len(titles) == len(expected) + 1 and all(title.endswith("？") for title in titles[:-1])
    empty = {"ageing", "pareto_witness"} & set(SECTIONS[section].charts)
    assert len(at.get("plotly_chart")) == len(expected) - len(empty), "nothing of the invented year is open"


def test_tables_instead_of_pictures(year: Bench) -> None:
    at = show("analytics", view="表格", **{"from": "2025-06-01"})
    assert not at.get("plotly_chart")
    assert html(at).count("<table>") == len(SECTIONS["service"].charts)
    assert '<th scope="col">服务水平</th>' in html(at) and 'scope="row">2025-' in html(at)


def test_a_day_lists_its_tickets(year: Bench) -> None:
    chart = read_chart(year.desk, ANALYST, "service", Span(day_number(date(2025, 6, 1)), day_number(date(2026, 3, 1))))
    busiest = max(chart.rows, key=lambda row: row[-1])
    at = show("analytics", day=str(busiest[0]))
    assert html(at).count('scope="row">8009') == busiest[-1]


YEAR = {"from": "2025-06-01", "section": "办件"}


def test_the_place_of_the_address_lists_its_cases(year: Bench) -> None:
    span = Span(day_number(date(2025, 6, 1)), day_number(year.desk.clock()))
    chart = read_chart(year.desk, ANALYST, "funnel", span)
    stand = {row[0]: sum(row[4:]) for row in chart.rows}
    at = show("analytics", place="视频验证", **YEAR)
    assert "停在这里" not in html(at) and html(at).count('scope="row">8009') == stand["视频验证"] > 0
    assert "/charts/cases/csv?" in html(at) and "place=witness" in html(at)


def test_charts_of_cases_have_filters_of_their_own(year: Bench) -> None:
    at = show("analytics", view="表格", channel="电脑", by="渠道", grain="按月", **YEAR)
    assert [at.selectbox(key=name).value for name in ("channel", "by", "grain")] == ["computer", "channel", "month"]
    page = html(at)
    assert "电脑</th>" in page and "手机</th>" not in page
    assert "channel=computer&amp;grain=month&amp;by=channel" in page, "the export asks for the same"
    others = show("analytics", section="服务")
    assert not [box for box in others.selectbox if box.key in {"channel", "by", "grain"}]


@pytest.mark.parametrize(("params", "said"), [
    ({"from": "2026-03-02", "to": "2026-03-01"}, "不超过一年"), ({"from": "2024-01-01"}, "不超过一年"),
])  # fmt: skip
def test_an_impossible_range_is_said(year: Bench, params: dict[str, str], said: str) -> None:
    at = show("analytics", **params)
    assert any(said in str(text.value) for text in at.warning)


def test_a_click_on_a_day_asks_for_its_tickets(year: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    at = show("analytics", **{"from": "2025-06-01"})
    chart = at.get("plotly_chart")[0]
    assert chart.proto.selection_mode, "days can be chosen"


# -- pictures
def test_every_chart_can_be_drawn_and_described(year: Bench) -> None:
    today = day_number(year.desk.clock())
    for key in CHARTS:
        chart = read_chart(year.desk, ANALYST, key, Span(today - 364, today))
        if key in {"ageing", "pareto_witness"}:
            chart = replace(chart, rows=(("甲", *range(1, len(chart.columns))),))
        made_of = charts.figure(chart)
        assert charts.meanings(chart), key
        assert made_of.data and made_of.layout.height >= charts.HEIGHT, key
        assert chart.title in charts.summary(chart) and charts.table(chart).count("<tr>") == len(chart.rows) + 1


def test_a_business_keeps_its_colour() -> None:
    columns = (DAY, Column("add_code", "增开交易编码", "人次"), Column("open_account", "开立期货账户", "人次"))
    both = charts.figure(Chart("volume", "？", columns, ((date(2026, 3, 2), 1, 2),)))
    alone = charts.figure(Chart("volume", "？", columns[:2], ((date(2026, 3, 2), 1),)))
    assert both.data[0].marker.color == alone.data[0].marker.color != both.data[1].marker.color


def test_the_palette_is_the_theme_s() -> None:
    text = (PAGES.parent / ".streamlit" / "config.toml").read_text("utf-8")
    assert all(colour in text for colour in charts.PALETTE)


# -- files
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "<b>&\"'")
FILE = Chart("x", "表？", (Column("name", "名称"), metric("service_level"), metric("offered")),
             (*((text, 0.5, 3) for text in EVIL), (None, None, -2.5)))  # fmt: skip


def test_no_cell_of_a_csv_is_a_formula() -> None:
    text = export.to_csv(FILE).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["名称", "服务水平", "进入排队（人次）"]
    assert all(not row[0].startswith(export.DANGEROUS) for row in rows[1:-1])
    assert [row[0].removeprefix("'") for row in rows[1:-1]] == list(EVIL) and rows[-1] == ["", "", "-2.5"]


SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def parts_of(made: bytes) -> dict[str, ElementTree.Element]:
    """The XML of each part of an xlsx by its name in the package."""
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}


def cells_of(made: bytes) -> dict[str, tuple[str, str]]:
    """Place (A1) -> (format of numbers, value as text) of every cell that is not empty."""
    parts = parts_of(made)
    shared = ["".join(t.text or "" for t in si.iterfind(".//m:t", SPACE)) for si in parts["xl/sharedStrings.xml"]]
    codes = {
        f.attrib["numFmtId"]: f.attrib["formatCode"] for f in parts["xl/styles.xml"].iterfind(".//m:numFmt", SPACE)
    }
    styles = [codes.get(xf.attrib["numFmtId"], "") for xf in parts["xl/styles.xml"].iterfind("m:cellXfs/m:xf", SPACE)]
    found = {}
    for cell in parts["xl/worksheets/sheet1.xml"].iterfind(".//m:c", SPACE):
        value = cell.findtext("m:v", "", SPACE)
        text = shared[int(value)] if cell.get("t") == "s" else value
        found[cell.attrib["r"]] = (styles[int(cell.get("s", "0"))], text)
    return found


def test_no_cell_of_an_xlsx_is_a_formula_or_a_link() -> None:
    table = replace(FILE, rows=(*FILE.rows, ("https://example.org", math.nan, None), ("a\x01b", None, None)))
    made = export.to_xlsx(table)
    sheet = parts_of(made)["xl/worksheets/sheet1.xml"]
    assert not sheet.findall(".//m:f", SPACE) and not sheet.findall(".//m:hyperlink", SPACE)
    cells = cells_of(made)
    assert [cells[f"{column}1"][1] for column in "ABC"] == ["名称", "服务水平", "进入排队（人次）"]
    assert [cells[f"A{line}"][1] for line in range(2, 8)] == list(EVIL)
    assert [cells[place][1] for place in ("A9", "A10")] == ["https://example.org", "ab"]
    assert [cells[f"B{line}"] for line in range(2, 8)] == [("0.0%", "0.5")] * len(EVIL)
    assert cells["C8"] == ("", "-2.5") and not {"A8", "B8", "B9", "C9"} & cells.keys()


def test_an_xlsx_has_days_as_days_a_frozen_head_and_columns_wide_enough() -> None:
    columns = (DAY, Column("who", "见证人员"), Column("count", "次数", "次"))
    rows = ((date(2026, 3, 2), "王芳", 1234), (date(2026, 3, 3), "一位名字很长的见证人员" * 5, 0))
    made = export.to_xlsx(Chart("x", "哪几天：[等待] 不寻常？", columns, rows))
    parts, cells = parts_of(made), cells_of(made)
    assert [cells[place] for place in ("A2", "A3")] == [("yyyy-mm-dd", "46083"), ("yyyy-mm-dd", "46084")]
    assert [sheet.attrib["name"] for sheet in parts["xl/workbook.xml"].iterfind(".//m:sheet", SPACE)] == [
        "哪几天等待 不寻常"
    ]
    pane = parts["xl/worksheets/sheet1.xml"].find(".//m:pane", SPACE)
    assert pane is not None and (pane.attrib["ySplit"], pane.attrib["state"]) == ("1", "frozen")
    widths = [float(c.attrib["width"]) for c in parts["xl/worksheets/sheet1.xml"].iterfind(".//m:col", SPACE)]
    assert 12 <= widths[0] < 14 and export.WIDEST <= widths[1] < export.WIDEST + 1 and 12 <= widths[2] < 13


@pytest.mark.parametrize(
    ("title", "name"), [("", "数据"), ("？", "数据"), ("a/b\\c*d", "abcd"), ("'引'", "引"), ("长" * 40, "长" * 31)]
)
def test_any_title_becomes_a_name_that_excel_takes(title: str, name: str) -> None:
    assert export.sheet_name(title) == name


def test_every_chart_becomes_a_sheet(year: Bench) -> None:
    today = day_number(year.desk.clock())
    for key in CHARTS:
        chart = read_chart(year.desk, ANALYST, key, Span(today - 364, today))
        assert len([place for place in cells_of(export.to_xlsx(chart)) if place.startswith("A")]) == len(chart.rows) + 1


def fetch(monkeypatch: pytest.MonkeyPatch, actor: Actor | None, address: str) -> httpx.Response:
    """What the routes answer to this actor."""
    member = SimpleNamespace(active=True)
    monkeypatch.setattr(wiring, "staff_of", lambda session: (session, member) if session else None)
    app = Starlette(routes=ROUTES)

    async def entered(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["sessions"] = {"staff": actor} if actor else {}
        await app(scope, receive, send)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=entered), base_url="http://desk") as client:
            return await client.get(address)

    return asyncio.run(ask())


ASKED = "?from=2025-06-01&to=2026-03-01&branch=&business="


@pytest.mark.parametrize("kind", export.KINDS)
def test_a_file_is_sent_uncached_and_put_on_record(year: Bench, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    sent = fetch(monkeypatch, ANALYST, f"/charts/wait/{kind}{ASKED}")
    assert sent.status_code == 200 and "no-store" in sent.headers["cache-control"]
    assert sent.headers["content-disposition"].startswith("attachment") and len(sent.content) > 200
    with year.desk.read(FIRM) as work:
        assert [e.tag for e in work.audit_entries()][-1] == "staff:chart:export"


def test_the_cases_of_a_place_are_sent(year: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = fetch(monkeypatch, ANALYST, f"/charts/cases/csv{ASKED}&place=witness&channel=phone")
    assert sent.status_code == 200 and "受理单号" in sent.text


@pytest.mark.parametrize("address", [
    "/charts/cases/csv" + ASKED, "/charts/compare/csv" + ASKED + "&by=customer",
    "/charts/wait/pdf" + ASKED, "/charts/nothing/csv" + ASKED, "/charts/wait/csv", "/charts/wait/csv?from=x&to=y",
    "/charts/wait/csv?from=2024-01-01&to=2026-03-01",
])  # fmt: skip
def test_what_cannot_be_asked_is_not_found(year: Bench, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    assert fetch(monkeypatch, ANALYST, address).status_code == 404


@pytest.mark.parametrize("actor", [None, Actor(FIRM, "staff:x", frozenset({Role.SERVICE})), Actor(FIRM, "phone:1")])
def test_others_get_no_file(year: Bench, monkeypatch: pytest.MonkeyPatch, actor: Actor | None) -> None:
    assert fetch(monkeypatch, actor, f"/charts/wait/csv{ASKED}").status_code == 404
