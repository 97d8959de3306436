"""What is sent to other systems about a case: the body, its signature, the pauses between attempts, the address."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from core.records_interfaces import PublishedEvent
from core.sentence import Sentence

SIGNATURE = "Jianzheng-Signature"
EVENT_ID = "Jianzheng-Event"
PAUSES = tuple(timedelta(seconds=s) for s in (10, 30, 120, 300, 600, 1200, 2400, 3600, 7200, 14_400, 21_600))
"""Pause after the first failed attempt, after the second …; the last one counts for all that follow."""
GIVE_UP = timedelta(days=3)
"""How long an event is tried."""
URL_MOST = 500


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts (at least one)."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def stamp(moment: datetime) -> str:
    """A moment as other systems read it: UTC, to the second, with Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def event_data(event: PublishedEvent) -> dict[str, Any]:
    """An event without anything personal; the same in a webhook and in the API."""
    named = {"number": event.number, "business": event.business, "state": event.state, "branch": event.branch_id}
    return {"id": event.id, "sequence": event.seq, "type": event.kind, "at": stamp(event.at), "case": named}


def body_of(event: PublishedEvent) -> bytes:
    """The body of a delivery."""
    return json.dumps(event_data(event), separators=(",", ":"), sort_keys=True).encode()


def signature(secret: str, moment: datetime, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 in hex over "<t>.<body>">`: neither body nor age can be forged."""
    seconds = int(moment.timestamp())
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mac}"


def headers_for(secret: str, event: PublishedEvent, moment: datetime, body: bytes) -> Mapping[str, str]:
    """The headers of a delivery."""
    return {"Content-Type": "application/json", EVENT_ID: event.id, SIGNATURE: signature(secret, moment, body)}


def url_problem(url: str, *, demo: bool) -> str:
    """What is wrong with an address, in words; empty when it can be used. http is for the demo only."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "地址的格式不正确。"
    if parts.scheme != "https" and not (demo and parts.scheme == "http"):
        return "地址需要以 https:// 开头。"
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        return "地址需要包含主机名，不能包含用户名、密码和 # 后的内容。"
    if len(url) > URL_MOST or not url.isascii() or any(c.isspace() or not c.isprintable() for c in url):
        return Sentence("地址最多 {URL_MOST} 个字符，不能有空格和中文。", URL_MOST=URL_MOST)
    return ""
