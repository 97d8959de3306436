"""证书检测: is the customer's certificate on this device, so that no video and no new one is needed (R135, R136)?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.steps.certificate import installed

OUTCOMES: Mapping[str, str] = {
    "missing": "没有检测到您的数字证书。请通过视频验证后安装。",
    "elsewhere": "您的数字证书在另一台设备或另一个浏览器上。可以换到那台设备办理，也可以通过视频验证后在这里重新安装。",
    "locked": "您的数字证书因密码多次输入错误已锁定。请通过视频验证后重新安装。",
    "expired": "您的数字证书已过有效期。请通过视频验证后重新安装。",
    "superseded": "您后来申请过新的数字证书，这台设备上的已停用。可以换到新设备继续办理，也可以重新安装。",
    "changed": "您的证书与现在的姓名或证件号码不一致，不能继续使用。请通过视频验证后重新安装。",
    "again": "您选择了重新申请证书。请通过视频验证后安装新的证书。",
}
"""Why none can be used -> what the customer is told; `again` is the customer's own wish (password forgotten, R141)."""


def done(facts: Facts, rules: Rules, now: datetime) -> bool:
    """One was found or installed, or the customer knows that a new one is needed."""
    return installed(facts) is not None or STEP.answer_holds(facts, rules, now)


def check(answers: Answers, _facts: Facts, _rules: Rules, _now: datetime) -> Checked:
    """The customer goes on without one; a found one is proven by the use case instead."""
    outcome = str(answers.get("outcome") or "")
    if outcome not in OUTCOMES:
        return Checked({"certificate": "请先完成证书检测。"})
    return Checked(values={"outcome": outcome})


STEP = Step("certificate_check", "证书检测", Phase.SIGN, check, done=done, hint="检测这台设备上的数字证书。")
