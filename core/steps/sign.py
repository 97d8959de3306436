"""签署协议: every agreement signed in its present form with the installed certificate."""

from __future__ import annotations

from datetime import datetime

from core.agreements import Agreement, to_sign
from core.flow import Answers, Checked, Facts, Phase, Rules, Step, fingerprint
from core.steps.certificate import installed


def signature_print(agreement: Agreement, facts: Facts) -> str:
    """A signature attests the document, the picture of the handwritten signature printed in it and the key."""
    proof = installed(facts)
    pictures = [item.sha256 for item in facts.slot("signature")[-1:]]
    return fingerprint("signed", agreement.fingerprint, pictures, proof.body["kid"] if proof else None)


def unsigned(facts: Facts, rules: Rules, now: datetime) -> list[Agreement]:
    """Agreements without a valid signature, in signing order."""
    return [
        a for a in to_sign(facts, rules, now) if not facts.proof("signed", a.code, signature_print(a, facts), "sign")
    ]


def done(facts: Facts, rules: Rules, now: datetime) -> bool:
    """Nothing is left to sign."""
    return installed(facts) is not None and not unsigned(facts, rules, now)


def check(_answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """Signing happens in the device's component."""
    return Checked() if done(facts, rules, now) else Checked({"sign": "请签署协议。"})


STEP = Step("sign", "签署协议", Phase.SIGN, check, done=done, hint="输入一次证书密码，签署全部协议。")
