"""设备检测: what the browser measured; without a camera the rest can be prepared (R034, R032)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.steps import witness

KEPT = ("secure", "camera", "microphone", "speaker", "webrtc", "crypto", "rtt_ms", "down_kbps")


def call_ready(values: Answers) -> bool:
    """Whether the device can do the video call and hold a certificate."""
    return all(values.get(key) is True for key in ("secure", "camera", "microphone", "webrtc", "crypto"))


def check(answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    """A measured result, or the wish to prepare everything else first."""
    values = {key: answers.get(key) for key in KEPT}
    later = answers.get("later") is True
    if not call_ready(values) and not later:
        return Checked({"device": "请先完成设备检测。没有摄像头时，可以先准备其他资料。"})
    return Checked(values={**values, "later": later and not call_ready(values)})


STEP = Step("device", "设备检测", Phase.DATA, check, hint="检测摄像头、麦克风、扬声器和网络。")
BEFORE_VIDEO = replace(STEP, applies=witness.is_needed)
"""For businesses that need a camera only when the customer has no certificate."""
