"""Device check: what the customer's device and line can do, measured in the browser (R034-R039)."""

from __future__ import annotations

from typing import Any, TypedDict

from pages.parts.components.mounting import nothing, register, same_origin, text_of, unseen, whole

_mount = register("device_check")

_PIXELS = 16_384
_KBPS = 10_000_000
_TEN_MINUTES_MS = 600_000


class Camera(TypedDict):
    """What the camera gave: its name as the browser tells it, width and height in px."""

    ok: bool
    label: str
    width: int
    height: int


class Microphone(TypedDict):
    """Whether a sound was heard, and the loudest sample (1.0 = full scale)."""

    ok: bool
    peak: float


class DeviceReport(TypedDict):
    """One finished check. rtt_ms and down_kbps (kbit/s) are None where they could not be measured.

    speaker is what the customer answered to 是否听到; inapp names the app whose built-in browser this is, or "".
    """

    nonce: str
    secure: bool
    camera: Camera
    microphone: Microphone
    speaker: bool
    rtt_ms: int | None
    down_kbps: int | None
    webrtc: bool
    crypto: bool
    inapp: str
    user_agent: str


def device_check(
    key: str,
    *,
    health_url: str = "/health",
    probe_url: str = "/probe",
    most_rtt_ms: int = 400,
    least_down_kbps: int = 1000,
) -> DeviceReport | None:
    """Show the device check; return its report once after each finished check, else None.

    `health_url` answers at once (round trip, median of five), `probe_url` answers some 100 kB or more of random
    bytes (download rate). A line slower than `most_rtt_ms` or `least_down_kbps` (R039: 1 Mbit/s) is a warning
    to the customer, not a refusal. In-app browsers report as soon as they open, before any check.
    Raises ValueError for addresses of another site.
    """
    data = {
        "health_url": same_origin(health_url),
        "probe_url": same_origin(probe_url),
        "most_rtt_ms": most_rtt_ms,
        "least_down_kbps": least_down_kbps,
    }
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    return None if raw is None else _report(raw)


def _part(raw: dict[str, Any], name: str) -> dict[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _report(raw: dict[str, Any]) -> DeviceReport:
    camera, microphone = _part(raw, "camera"), _part(raw, "microphone")
    peak = microphone.get("peak")
    loudest = min(max(float(peak), 0.0), 1.0) if isinstance(peak, int | float) else 0.0
    return {
        "nonce": raw["nonce"],
        "secure": raw.get("secure") is True,
        "camera": {
            "ok": camera.get("ok") is True,
            "label": text_of(camera.get("label"), 80),
            "width": whole(camera.get("width"), _PIXELS) or 0,
            "height": whole(camera.get("height"), _PIXELS) or 0,
        },
        "microphone": {"ok": microphone.get("ok") is True, "peak": loudest},
        "speaker": _part(raw, "speaker").get("ok") is True,
        "rtt_ms": whole(raw.get("rtt_ms"), _TEN_MINUTES_MS),
        "down_kbps": whole(raw.get("down_kbps"), _KBPS),
        "webrtc": raw.get("webrtc") is True,
        "crypto": raw.get("crypto") is True,
        "inapp": text_of(raw.get("inapp"), 20),
        "user_agent": text_of(raw.get("user_agent"), 300),
    }
