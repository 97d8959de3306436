"""Relay credentials: as coturn computes them, new for every session, gone after an hour."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotConfigured
from core.settings import Settings, read_settings
from media.turn import ice_servers

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
URLS = "turn:relay.example:3478?transport=udp, turns:relay.example:443?transport=tcp"


def settings(**values: str) -> Settings:
    environ = {"JIANZHENG_MODE": "demo"} | {f"JIANZHENG_{name}": value for name, value in values.items()}
    return read_settings(environ, Path())


def test_without_a_relay_nothing_outside_is_asked() -> None:
    assert ice_servers(settings(), NOW, "s1") == {"iceServers": []}


def test_name_and_password_are_those_that_coturn_expects() -> None:
    [server] = ice_servers(settings(TURN_URLS=URLS, TURN_SECRET="north"), NOW, "s1")["iceServers"]
    assert server["urls"] == ["turn:relay.example:3478?transport=udp", "turns:relay.example:443?transport=tcp"]
    assert server["username"] == f"{int(NOW.timestamp()) + 3600}:s1"
    mac = hmac.new(b"north", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(mac).decode()


def test_each_session_has_its_own_and_the_trial_uses_nothing_but_the_relay() -> None:
    chosen = settings(TURN_URLS=URLS, TURN_SECRET="north")
    first, second = (ice_servers(chosen, NOW, name)["iceServers"][0] for name in ("s1", "s2"))
    assert first["username"] != second["username"] and first["credential"] != second["credential"]
    assert ice_servers(chosen, NOW, "s1", relay_only=True)["iceTransportPolicy"] == "relay"
    assert "north" not in str(first)


@pytest.mark.parametrize(
    "values",
    [{"TURN_URLS": URLS}, {"TURN_SECRET": "north"}, {"TURN_URLS": "https://relay.example", "TURN_SECRET": "north"},
     {"TURN_URLS": "relay.example:3478", "TURN_SECRET": "north"}],
)  # fmt: skip
def test_half_a_setting_is_refused_at_the_start(values: dict[str, str]) -> None:
    with pytest.raises(NotConfigured):
        settings(**values)
