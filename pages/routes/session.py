"""The session cookie: a one-time ticket is exchanged for it; signing out revokes it for all tabs."""

from __future__ import annotations

import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import DeskError
from core.usecases.sessions import exchange_ticket, sign_out
from pages.parts import wiring
from pages.routes.gate import KINDS, cookie_name

BROWSER_HEADER = "user_agent".replace("_", "-")
"""The header in which a browser describes itself."""
DEVICE_COOKIE, DEVICE_KEPT_S = "jz_device", 365 * 86_400
"""A random mark of the browser: it shows staff that several customers used one device."""


def from_own_page(request: Request) -> bool:
    """Whether the request was made by our own page's script (other sites cannot set this header)."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and request.headers.get("x-requested-with") == "jianzheng"


async def exchange(request: Request) -> Response:
    """POST {ticket, kind}: sets the HttpOnly cookie."""
    body = await request.json() if from_own_page(request) else {}
    kind = body.get("kind")
    if kind not in KINDS:
        return JSONResponse({"error": "refused"}, 403)
    device = request.cookies.get(DEVICE_COOKIE) or secrets.token_hex(16)
    try:
        browser = request.headers.get(BROWSER_HEADER, "")
        ticket = str(body.get("ticket", ""))
        token = await run_in_threadpool(exchange_ticket, wiring.desk(), ticket, browser, device)
    except DeskError:
        return JSONResponse({"error": "refused"}, 403)
    answer = JSONResponse({"ok": True})
    secure = wiring.settings().secure
    answer.set_cookie(cookie_name(kind), token, httponly=True, samesite="strict", secure=secure, path="/")
    if kind == "customer":
        answer.set_cookie(
            DEVICE_COOKIE, device, max_age=DEVICE_KEPT_S, httponly=True, samesite="strict", secure=secure, path="/"
        )
    return answer


async def leave(request: Request) -> Response:
    """POST {kind}: revokes the session and deletes the cookie."""
    body = await request.json() if from_own_page(request) else {}
    kind = body.get("kind")
    if kind not in KINDS:
        return JSONResponse({"error": "refused"}, 403)
    session = request.scope["state"]["sessions"].get(kind)
    if session:
        await run_in_threadpool(sign_out, wiring.desk(), session)
    answer = JSONResponse({"ok": True})
    answer.delete_cookie(cookie_name(kind), path="/", secure=wiring.settings().secure, httponly=True, samesite="strict")
    return answer
