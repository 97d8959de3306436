"""设备检测."""

from __future__ import annotations

import streamlit as st

from core.steps.device import call_ready
from pages.parts import notice, state
from pages.parts.components.device_check import device_check
from pages.parts.language import _
from pages.parts.state import Key
from pages.parts.step import StepView


def _answers(report: object) -> dict[str, object]:
    camera, microphone = report["camera"], report["microphone"]  # type: ignore[index]
    plain = {key: report[key] for key in ("secure", "speaker", "rtt_ms", "down_kbps", "webrtc", "crypto")}  # type: ignore[index]
    return {**plain, "camera": camera["ok"], "microphone": microphone["ok"]}


def draw(view: StepView) -> None:
    """Measure; what fails says how to mend it; without a camera the rest can be prepared."""
    limits = view.loaded.rules["thresholds"]["network"]
    report = device_check(
        "device_check",
        most_rtt_ms=limits["round_trip_ms"]["usable"],
        least_down_kbps=limits["download_kbps"]["usable"],
    )
    if report:
        state.put(Key.WANTED, None)
        st.session_state["device_answers"] = _answers(report)
    answers = st.session_state.get("device_answers")
    if answers and answers["down_kbps"] is not None and not call_ready(answers):
        notice.refusal(_("这台设备还不能视频通话。请按上面的说明处理后重新检测，或先准备其他资料。"))
    if answers is None and view.done:
        st.success(_("设备检测已完成，可以继续，也可以重新检测。"), icon=":material/check_circle:")
    view.show_error("device")
    if not (answers and call_ready(answers)) and not call_ready(view.values):
        st.button(
            _("没有摄像头，先准备其他资料"),
            key="later",
            type="tertiary",
            on_click=lambda: view.save({**(answers or {}), "later": True}),
        )

    def go_on() -> None:
        view.save(answers) if answers else (view.forward() if view.done else view.save({}))

    view.actions(go_on)
