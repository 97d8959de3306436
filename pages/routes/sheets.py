"""A case or a work list on paper: a plain page to print, masked, for signed-in staff only, on record, never cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from core.actor import Actor
from core.case import STATE_TITLES
from core.errors import DeskError
from core.usecases.print_sheet import print_case, print_list
from core.usecases.trace_case import Trace
from core.usecases.work_lists import WorkList
from core.work_lists import BY_KEY
from pages.parts import clock_words, wiring
from pages.routes.evidence import actors

STYLE = """
body { font: 12px/1.6 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; margin: 1.5cm; color: #111; }
h1 { font-size: 18px; } table { width: 100%; border-collapse: collapse; } thead { display: table-header-group; }
th, td { border: 1px solid #999; padding: 3px 6px; text-align: left; vertical-align: top; } tr { break-inside: avoid; }
"""
HEADERS = {
    "cache-control": "no-store, private",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-modals",
    "referrer-policy": "no-referrer",
}
Found = TypeVar("Found")


def _first(request: Request, read: Callable[[Actor], Found]) -> Found | None:
    for actor in actors(request):
        try:
            return read(actor)
        except DeskError:
            continue
    return None


def _page(title: str, facts: Iterable[str], head: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    said = "".join(f"<p>{escape(fact)}</p>" for fact in facts)
    names = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = f"<h1>{escape(title)}</h1>{said}<table><thead><tr>{names}</tr></thead><tbody>{cells}</tbody></table>"
    page = f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    return HTMLResponse(f"{page}<style>{STYLE}</style></head><body>{body}</body></html>", headers=HEADERS)


def _unknown() -> Response:
    return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})


def case_page(trace: Trace) -> Response:
    """The sheet of one case."""
    case = trace.case
    facts = [
        f"客户 {trace.customer}　{trace.branch}　{STATE_TITLES[case.state]}",
        f"开始于 {clock_words.exact(case.created_at)}"
        + (f"　提交于 {clock_words.exact(case.submitted_at)}" if case.submitted_at else ""),
        clock_words.both(trace.clocks),
        f"打印于 {clock_words.exact(trace.now)}",
    ]
    rows = [
        (
            clock_words.exact(entry.at),
            str(entry.group),
            entry.words,
            entry.who,
            "；".join([*(f"{c.title}：{c.before} → {c.after}" for c in entry.changes), entry.text]).strip("；"),
        )
        for entry in reversed(trace.entries)
    ]
    return _page(f"{trace.title}　受理单 {case.number}", facts, ("时间", "类别", "事项", "经办", "内容"), rows)


def list_page(title: str, found: WorkList) -> Response:
    """The sheet of one list."""
    rows = [
        (
            row.case.number,
            row.customer,
            row.title,
            row.branch,
            clock_words.exact(row.since),
            clock_words.exact(row.due_at) if row.due_at else "",
            row.holder,
        )
        for row in found.rows
    ]
    facts = [f"共 {found.total} 笔，列出 {len(rows)} 笔", f"打印于 {clock_words.exact(found.now)}"]
    return _page(title, facts, ("受理单号", "客户", "业务", "营业部", "开始等待", "承诺时间", "处理人"), rows)


async def send_case_sheet(request: Request) -> Response:
    """GET /sheet/case/{case_id}; 404 for everything that the asker may not have."""
    case_id = request.path_params["case_id"]
    trace = await run_in_threadpool(_first, request, lambda actor: print_case(wiring.desk(), actor, case_id))
    return case_page(trace) if trace else _unknown()


async def send_list_sheet(request: Request) -> Response:
    """GET /sheet/list/{key}; 404 for everything that the asker may not have."""
    key = request.path_params["key"]
    found = await run_in_threadpool(_first, request, lambda actor: print_list(wiring.desk(), actor, key))
    return list_page(BY_KEY[key].title, found) if found else _unknown()
