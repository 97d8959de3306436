"""Receives pictures that the customer takes with the page's own camera view, or writes on the screen."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core import limits
from core.errors import DeskError
from core.records import SessionRecord
from core.rules.device_kind import device_kind
from core.usecases.photos import How, add_photo
from pages.parts import wiring
from pages.routes.gate import Quota
from pages.routes.session import BROWSER_HEADER, from_own_page

_NAMES = {"live": "camera.jpg", "drawn": "drawn.png"}
_photos = Quota(60, 3600)
"""Per session: as many as all slots of a case could want, several times over."""


async def receive_photo(request: Request) -> Response:
    """POST /photo/{case_id}/{slot}/{how}: stores the picture; 422 with a sentence for the customer when it cannot."""
    session: SessionRecord | None = request.scope["state"]["sessions"].get("customer")
    length = int(request.headers.get("content-length") or limits.PHOTO_BYTES + 1)
    how = request.path_params["how"]
    if session is None or not from_own_page(request) or how not in _NAMES:
        return _answer(403, "请重新登录后再试。")
    if length > limits.PHOTO_BYTES:
        return _answer(413, "图片超过 10 MB。请在较近的距离重新拍摄。")
    if not _photos.take(session.id):
        return _answer(429, "操作太频繁，请稍后再试。")
    data = await request.body()
    try:
        await run_in_threadpool(_store, request, session, how, data)
    except DeskError as error:
        return _answer(422, error.text)
    return JSONResponse({"ok": True}, headers={"cache-control": "no-store"})


def _store(request: Request, session: SessionRecord, how: How, data: bytes) -> None:
    path, device = request.path_params, device_kind(request.headers.get(BROWSER_HEADER, ""))
    add_photo(wiring.desk(), wiring.customer_actor(session), path["case_id"], path["slot"], data, _NAMES[how],
              how=how, device=device)  # fmt: skip


def _answer(status: int, text: str) -> Response:
    return JSONResponse({"text": text}, status, headers={"cache-control": "no-store"})
