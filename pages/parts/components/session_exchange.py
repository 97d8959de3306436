"""Signing in and out: the browser itself trades a one-time ticket for the HttpOnly cookie, or gives it back."""

from __future__ import annotations

from typing import Literal

from pages.parts.components.mounting import nothing, register, same_origin, unseen
from pages.parts.language import _

_mount = register("session_exchange")

Kind = Literal["customer", "staff"]


def session_exchange(key: str, *, ticket: str, kind: Kind, target: str = "/") -> bool:
    """Post the one-time `ticket` to /session/exchange, then open `target` (a path of this site) anew.

    Returns True once when the server refused the ticket: the page asks to sign in again. A ticket is posted
    once per tab. Raises ValueError for a target elsewhere.
    """
    data = {
        "url": "/session/exchange",
        "body": {"ticket": ticket, "kind": kind},
        "nonce": ticket,
        "target": same_origin(target),
        "words": _("正在登录…"),
    }
    return unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result")) is not None


def sign_out(key: str, *, nonce: str, kind: Kind, target: str = "/") -> bool:
    """Post to /session/sign_out once per `nonce`, then open `target` anew.

    Returns True once when that failed and the customer or staff member is still signed in.
    Raises ValueError for a target elsewhere.
    """
    data = {
        "url": "/session/sign_out",
        "body": {"kind": kind},
        "nonce": nonce,
        "target": same_origin(target),
        "words": _("正在退出…"),
    }
    return unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result")) is not None
