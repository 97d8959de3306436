"""视频验证: passed by a witness for exactly this person, these photos and this business."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.flow import Answers, Checked, Facts, Phase, Rules, Step, fingerprint
from core.rules.firm_choices import BY_RISK, captures_of, video_risks
from core.steps.certificate import found
from core.steps.on_file import expired
from core.steps.photos import ALL_SLOTS, is_assisted, wanted_slots

CAPTURES = {"capture_front": "身份证正面", "capture_back": "身份证反面", "capture_portrait": "手持身份证"}
"""Stills of the call; the head clip and the recordings of both sides come beside them (R153)."""
HEAD_CLIP = "clip_head"
TAKEN = {**CAPTURES, HEAD_CLIP: "头部短视频"}
"""Everything that a witness can take."""
ID_SIDES = ("id_front", "id_back")
RECORDED = {"customer": "recording_customer", "staff": "recording_staff"}
"""Side of a call -> slot of its recording; `<slot>_index` is the index beside it, `<slot>_play` a seekable copy."""
RECORDING_FLAG = "recording"
"""Flag of a case with a recording that is lost, does not decode or does not fit its index."""


def captures(facts: Facts, rules: Rules) -> dict[str, str]:
    """Slot -> title of what the witness takes in this case, as the firm says (C14)."""
    return {slot: TAKEN[slot] for slot in captures_of(rules["business_rules"], facts.case.business)}


def attested(facts: Facts) -> str:
    """Fingerprint of what the witness result attests (docs/flow.md)."""
    profile = facts.values("profile")
    photos = [facts.slot(slot)[-1].sha256 for slot in ALL_SLOTS if facts.slot(slot)]
    return fingerprint("witness", profile.get("name"), profile.get("id_number"), photos, facts.case.business)


def done(facts: Facts, _rules: Rules, _now: datetime) -> bool:
    """A passed result that still attests the present facts."""
    return facts.proof("witness", "passed", attested(facts), "witness") is not None


def check(_answers: Answers, facts: Facts, rules: Rules, now: datetime) -> Checked:
    """The customer answers nothing here; the witness does."""
    return Checked() if done(facts, rules, now) else Checked({"witness": "请完成视频验证。"})


STEP = Step("witness", "视频验证", Phase.SIGN, check, done=done, hint="请手持身份证原件，与见证人员视频通话。")


def is_needed(facts: Facts, rules: Rules, now: datetime) -> bool:
    """Whether this case needs a video: the firm's policy for the business (C06).

    `always`, `if_no_certificate`, or `by_risk`: without a certificate, and with one where the firm sees a risk.
    Whoever comes with an expired ID card shows the new one to a witness, whatever the policy (C08), and so does who
    uploads no picture of it because the firm lets the witness take it (C14).
    """
    policy = rules["business_rules"]["businesses"][facts.case.business]["video"]
    unseen = any(not facts.slot(slot) for slot in ID_SIDES if slot not in wanted_slots(facts, rules))
    risky = policy == BY_RISK and bool(risks(facts, rules))
    return policy == "always" or risky or found(facts) is None or expired(facts, now) or unseen


def risks(facts: Facts, rules: Rules) -> set[str]:
    """What speaks for a video although there is a certificate, of the signs that the firm looks at."""
    signs = {
        "assisted": is_assisted(facts, rules),
        "age": facts.values("profile").get("extra_review") is True,
        "flagged": bool(facts.case.flags),
        "phone": bool(facts.values("on_file")) and _phone_changed(facts),
    }
    return {sign for sign in video_risks(rules["business_rules"]) if signs[sign]}


def _phone_changed(facts: Facts) -> bool:
    before = (facts.values("on_file").get("profile") or {}).get("phone")
    return bool(before) and facts.values("profile").get("phone") != before


IF_NEEDED = replace(STEP, applies=is_needed)
