"""A chart's table as a file: signed-in staff only, put on record, never cached (`/media` would ask nobody)."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.charts import Chart
from core.errors import DeskError
from core.metrics import Span, day_number
from core.usecases.read_chart import export_chart
from pages.parts import wiring
from pages.parts.chart_filters import CUTS
from pages.parts.export import KINDS
from pages.routes.evidence import actors


def _span(request: Request) -> Span:
    """The filters of the address; ValueError for days that are none."""
    asked = request.query_params
    first, last = (day_number(date.fromisoformat(asked.get(name, ""))) for name in ("from", "to"))
    return Span(first, last, **{name: asked[name] for name in CUTS if name in asked})


def _find(request: Request) -> Chart | None:
    kind = request.path_params["kind"]
    for actor in actors(request):
        try:
            return export_chart(wiring.desk(), actor, request.path_params["key"], _span(request), kind)
        except (DeskError, ValueError):
            continue
    return None


async def send_chart(request: Request) -> Response:
    """GET /charts/{key}/{kind}?from=&to=&branch=&business=… ; 404 for everything that the asker may not have."""
    kind = request.path_params["kind"]
    chart = await run_in_threadpool(_find, request) if kind in KINDS else None
    if chart is None:
        return JSONResponse({"error": "not found"}, 404, headers={"cache-control": "no-store"})
    make, mime = KINDS[kind]
    name = quote(f"{chart.title.rstrip('？')}.{kind}")
    headers = {"cache-control": "no-store, private", "content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(await run_in_threadpool(make, chart), headers=headers, media_type=mime)
