"""上传照片: ID front, ID back, signature; the liability letter and the two separate consents (R069-R078).

Also the place to declare another person beside the customer: every business that shows somebody on video asks for the
photos first, and it is the form in which customers state things under their own name (the device check is measured,
and is done again on each device).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.flow import Answers, Checked, Facts, Phase, Rules, Step
from core.rules.firm_choices import uploads_of
from core.sentence import Sentence
from core.steps.certificate import found

SLOTS: Mapping[str, str] = {"id_front": "身份证正面", "id_back": "身份证反面", "signature": "签名照"}
PORTRAIT = "portrait"
ALL_SLOTS: Mapping[str, str] = {**SLOTS, PORTRAIT: "手持证件照"}
"""The three photos of everybody, and the one taken live with the card in hand where the firm demands it (C14)."""
CONSENTS: Mapping[str, str] = {
    "certificate_liability": "我已阅读并同意《数字证书责任书》",
    "face_video_consent": "我同意为核实身份使用我的人脸与视频信息",
    "recording_consent": "我同意视频过程录音录像",
}

RELATIONS: Mapping[str, str] = {
    "spouse": "配偶", "child": "子女", "parent": "父母", "relative": "其他亲属", "friend": "朋友", "other": "其他人",
}  # fmt: skip
"""Who may sit beside a customer and help with the device."""
REASON_MOST = 100
"""Characters of the reason why help is needed."""


def wanted_slots(facts: Facts, rules: Rules) -> dict[str, str]:
    """Slot -> title of the pictures that the customer gives in this case, as the firm says (C14).

    `business_rules`: `pictures` names the uploads, `photos` the businesses with a portrait taken live.
    """
    body, business = rules["business_rules"], facts.case.business
    portrait = business in (body.get("photos") or {}).get("live_portrait", ())
    return {slot: ALL_SLOTS[slot] for slot in (*uploads_of(body, business), *((PORTRAIT,) if portrait else ()))}


def may_draw_signature(rules: Rules) -> bool:
    """Whether a signature drawn on the screen counts (`business_rules`, `photos`: `draw_signature`)."""
    photos = rules["business_rules"].get("photos") or {}
    return photos.get("draw_signature") is True


def rejected_slots(facts: Facts, rules: Rules) -> tuple[str, ...]:
    """Slots whose photo a later rejection asks to take again."""
    fields = {reason["code"]: reason["field"] for reason in rules["reject_reasons"]["reasons"]}
    found = []
    for slot in wanted_slots(facts, rules):
        newest = facts.slot(slot)[-1:]
        for rejection in facts.rejections:
            hit = "photos" in rejection.targets and slot in {fields.get(code) for code in rejection.codes}
            if hit and (not newest or newest[0].created_at < rejection.created_at):
                found.append(slot)
                break
    return tuple(found)


def check(answers: Answers, facts: Facts, rules: Rules, _now: datetime) -> Checked:
    """The firm's photos, none rejected, three ticks, and who helps beside the customer if somebody does."""
    again = rejected_slots(facts, rules)
    errors: dict[str, str] = {
        slot: Sentence("请上传{title}。", title=title)
        for slot, title in wanted_slots(facts, rules).items()
        if not facts.slot(slot)
    }
    errors |= {slot: Sentence("{title}需要重新上传。", title=ALL_SLOTS[slot]) for slot in again}
    errors |= {key: "请阅读并勾选。不同意时可以到营业部办理。" for key in CONSENTS if answers.get(key) is not True}
    assisted_errors, assistance = _assistance(answers)
    return Checked({**errors, **assisted_errors}, {**dict.fromkeys(CONSENTS, True), **assistance})


def _assistance(answers: Answers) -> tuple[dict[str, str], dict[str, Any]]:
    """Errors, and what is declared about another person beside the customer; nothing without the tick."""
    if answers.get("assisted") is not True:
        return {}, {}
    relation, reason = str(answers.get("relation") or ""), str(answers.get("reason") or "").strip()
    errors = {} if relation in RELATIONS else {"relation": "请选择协助人与您的关系。"}
    if not reason:
        errors["reason"] = "请填写需要协助的原因。"
    elif len(reason) > REASON_MOST:
        errors["reason"] = Sentence("原因最多 {reason_most} 个字。", reason_most=REASON_MOST)
    return errors, {"assisted": True, "relation": relation, "reason": reason}


def is_assisted(facts: Facts, _rules: Rules) -> bool:
    """Whether the customer declared that somebody helps beside them."""
    return facts.values("photos").get("assisted") is True


def assistance_words(facts: Facts) -> str:
    """`子女，不熟悉手机操作`, as the customer declared it; empty when nobody helps."""
    values = facts.values("photos")
    if values.get("assisted") is not True:
        return ""
    return Sentence("{relation}，{reason}", relation=RELATIONS[values["relation"]], reason=values["reason"])


STEP = Step("photos", "上传照片", Phase.DATA, check, hint="准备好身份证原件，在光线充足处拍摄。")


def is_needed(facts: Facts, rules: Rules, _now: datetime) -> bool:
    """Whether photos are asked for in a business that works from the file: without a certificate, or when one lacks."""
    return found(facts) is None or any(not facts.slot(slot) for slot in wanted_slots(facts, rules))


IF_NEEDED = replace(STEP, applies=is_needed)
