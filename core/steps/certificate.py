"""安装数字证书: a certificate on the customer's device, issued after the witness passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.flow import Answers, Checked, Facts, Phase, Proof, Rules, Step, fingerprint


def attested(facts: Facts) -> str:
    """The certificate attests the name and ID it was issued for; its key is in the proof's body."""
    profile = facts.values("profile")
    return fingerprint("certificate", profile.get("name"), profile.get("id_number"))


def found(facts: Facts) -> Proof | None:
    """The proof that the customer's certificate is on the device at hand (design.md: a fact, not a page's opinion)."""
    return facts.proof("certificate", "found", attested(facts), "certificate")


def installed(facts: Facts) -> Proof | None:
    """The proof of the certificate that signs this case, new or found; its body names the key id (kid)."""
    return facts.proof("certificate", "installed", attested(facts), "certificate") or found(facts)


def is_needed(facts: Facts, _rules: Rules, _now: datetime) -> bool:
    """Whether a new certificate has to be installed: always, unless one was found on this device (R136)."""
    return found(facts) is None


def done(facts: Facts, _rules: Rules, _now: datetime) -> bool:
    """A certificate that still names this person is installed."""
    return installed(facts) is not None


def check(_answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """The device's component does the work."""
    return Checked() if done(facts, rules, now) else Checked({"certificate": "请安装数字证书。"})


STEP = Step("certificate", "安装数字证书", Phase.SIGN, check, done=done, hint="证书保存在这台设备上，请牢记密码。")
IF_MISSING = replace(STEP, applies=is_needed)
