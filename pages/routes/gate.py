"""Middleware in front of everything: cookies become trusted headers, and what customers must not send is dropped."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.usecases.sessions import find_session
from pages.parts import wiring

KINDS = ("customer", "staff")
MESSAGES = {"rerun_script", "file_urls_request", "app_heartbeat", "stop_script"}
MESSAGES_PER_10_S = 150
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
UPLOAD_BYTES = 11 * 1024 * 1024
UPLOADS_PER_HOUR = 120
UPLOAD_BYTES_PER_HOUR = 400 * 1024 * 1024

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; font-src 'self' data:; frame-src 'self'; frame-ancestors 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; worker-src 'self' blob:"
)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=()"),
    (b"content-security-policy", POLICY.encode()),
]


def cookie_name(kind: str) -> str:
    """Name of the session cookie; `__Host-` binds it to this host under TLS."""
    return f"__Host-jianzheng-{kind}" if wiring.settings().secure else f"jianzheng-{kind}"


class Identity:
    """Reads our HttpOnly cookies, strips what a client forged, and adds the headers that Streamlit trusts."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"}:
            scope = await self._with_identity(scope)
        await self.app(scope, receive, send)

    async def _with_identity(self, scope: Any) -> Any:
        headers = [(k, v) for k, v in scope["headers"] if not k.lower().startswith(b"x-jianzheng-")]
        cookies = Request({**scope, "type": "http"}).cookies
        sessions = {}
        for kind in KINDS:
            token = cookies.get(cookie_name(kind))
            found = await run_in_threadpool(find_session, wiring.desk(), kind, token=token) if token else None
            if found:
                sessions[kind] = found
                headers.append((f"x-jianzheng-{kind}".encode(), f"{found.firm_id}.{found.id}".encode()))
        state = {**scope.get("state", {}), "sessions": sessions}
        return {**scope, "headers": headers, "state": state}


class Headers:
    """Security headers on every answer; nothing under /media may be kept; open endpoints are closed."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["path"].startswith(CLOSED):
            return await JSONResponse({"error": "not found"}, 404)(scope, receive, send)

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                extra = [pair for pair in HEADERS if pair[0] not in own]
                if scope["path"].startswith("/media"):
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        return await self.app(scope, receive, with_headers)


class MessageFilter:
    """Passes only the websocket messages a page needs (clear_cache would empty every user's cache)."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        budget = _Budget(MESSAGES_PER_10_S, 10)

        async def filtered() -> Any:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                if not budget.take(1):
                    return {"type": "websocket.disconnect", "code": 1008}
                kind = _message_kind(message.get("bytes"))
                if kind is None:
                    return {"type": "websocket.disconnect", "code": 1002}
                if kind in MESSAGES:
                    return message

        return await self.app(scope, filtered, send)


def _message_kind(data: bytes | None) -> str | None:
    message = BackMsg()
    try:
        message.ParseFromString(data or b"")
    except Exception:  # noqa: BLE001  (protobuf raises several types; all mean garbage)
        return None
    return message.WhichOneof("type") or ""


class _Budget:
    """So many units per window of seconds."""

    def __init__(self, units: int, seconds: float) -> None:
        self.units, self.seconds, self.used, self.start = units, seconds, 0, time.monotonic()

    def take(self, units: int) -> bool:
        """Use units; False when the window's budget is spent."""
        if time.monotonic() - self.start > self.seconds:
            self.used, self.start = 0, time.monotonic()
        self.used += units
        return self.used <= self.units


class Quota:
    """So many units per window of seconds for each key; of many keys the one unused for longest is forgotten."""

    MEMORY = 10_000

    def __init__(self, units: int, seconds: float) -> None:
        self.units, self.seconds = units, seconds
        self.budgets: OrderedDict[str, _Budget] = OrderedDict()

    def take(self, key: str, units: int = 1) -> bool:
        """Use units of this key; False when they are spent."""
        budget = self.budgets.setdefault(key, _Budget(self.units, self.seconds))
        self.budgets.move_to_end(key)
        if len(self.budgets) > self.MEMORY:
            self.budgets.popitem(last=False)
        return budget.take(units)


class UploadQuota:
    """Bounds uploads per network address: size of one, number and bytes per hour."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.numbers = Quota(UPLOADS_PER_HOUR, 3600)
        self.sizes = Quota(UPLOAD_BYTES_PER_HOUR, 3600)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/_stcore/upload_file/") or scope["method"] != "PUT":
            return await self.app(scope, receive, send)
        length = int(dict(scope["headers"]).get(b"content-length") or UPLOAD_BYTES + 1)
        address = scope["client"][0] if scope["client"] else ""
        if length > UPLOAD_BYTES or not (self.numbers.take(address) and self.sizes.take(address, length)):
            return await JSONResponse({"error": "too large"}, 413)(scope, receive, send)
        return await self.app(scope, receive, send)


MIDDLEWARE = [Middleware(Headers), Middleware(Identity), Middleware(UploadQuota), Middleware(MessageFilter)]
