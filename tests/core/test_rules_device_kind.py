"""Kinds of devices from the headers that browsers send."""

from __future__ import annotations

import pytest

from core.rules.device_kind import DEVICE_TITLES, device_kind

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


@pytest.mark.parametrize(("user_agent", "kind"), [
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Safari/537.36", "computer"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15", "computer"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "computer"),
    (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_WEBKIT} Safari/537.36", "computer"),
    (f"Mozilla/5.0 (Linux; Android 14; HUAWEI ALN-AL00) {_WEBKIT} Mobile Safari/537.36", "phone"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 "
     "MicroMessenger/8.0.49", "phone"),
    ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 ArkWeb/4.1 Mobile",
     "phone"),
    ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Version/16.6 Mobile/15E148 Safari/604.1",
     "tablet"),
    (f"Mozilla/5.0 (Linux; Android 13; SM-X710) {_WEBKIT} Safari/537.36", "tablet"),
    ("Mozilla/5.0 (Tablet; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0", "tablet"),
    ("curl/8.5.0", ""), ("", ""), ("张三" * 4000, ""),
])  # fmt: skip
def test_the_kind_of_device(user_agent: str, kind: str) -> None:
    assert device_kind(user_agent) == kind
    assert kind in DEVICE_TITLES
