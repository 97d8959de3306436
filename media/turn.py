"""ICE servers for a browser: a relay (TURN) that knows us by a shared secret and a password for an hour."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from core.settings import Settings

LIFE = timedelta(hours=1)
"""How long a password opens new relays; those that stand go on."""


def ice_servers(settings: Settings, now: datetime, session: str, *, relay_only: bool = False) -> dict[str, Any]:
    """The RTCConfiguration of one session; no server at all when none is set.

    Name and password follow the TURN REST API (draft-uberti-behave-turn-rest-00, 2.2; coturn's use-auth-secret):
    the name is the end of its life in seconds since 1970 and the session, the password an HMAC-SHA1 of the name.
    """
    found: dict[str, Any] = {"iceServers": []}
    if settings.turn_urls:
        name = f"{int((now + LIFE).timestamp())}:{session}"
        mac = hmac.digest(settings.turn_secret.encode(), name.encode(), hashlib.sha1)
        server = {"urls": list(settings.turn_urls), "username": name, "credential": base64.b64encode(mac).decode()}
        found = {"iceServers": [server]}
    return {**found, "iceTransportPolicy": "relay"} if relay_only else found
