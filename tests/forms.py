"""What a customer fills in and uploads (样张)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests import samples

DEVICE_READY = dict.fromkeys(("secure", "camera", "microphone", "speaker", "webrtc", "crypto"), True)
CONSENTS = dict.fromkeys(("certificate_liability", "face_video_consent", "recording_consent"), True)
PROFILE = {
    "name": "", "id_number": "", "phone": "", "id_address": "样张省样本市测试路 1 号", "valid_from": "2020-01-01",
    "valid_to": "2040-01-01", "landline": "", "province": "上海市", "city": "黄浦区",
    "contact_address": "样张路 100 号 2 室", "postcode": "200000", "education": "bachelor", "occupation": "clerk",
    "tax_residency": "china_only", "pep": "none", "investment_horizon": "1_to_5_years", "expected_return": "growth",
    "actual_control": "absent", "beneficiary": "self", "products": ["futures_options"], "dishonesty": ["none"],
}  # fmt: skip


def answers_for(questionnaire: Mapping[str, Any], level: str) -> dict[str, list[str]]:
    """Answers that give this level (C1 to C5, or `lowest`), the first fitting ones."""
    wanted = "C1" if level == "lowest" else level
    band = next(band for band in questionnaire["bands"] if band["level"] == wanted)
    chosen, total = {}, 0
    for question in questionnaire["questions"]:
        options = sorted((o for o in question["options"] if not o.get("lowest")), key=lambda o: o["score"])
        fitting = [o for o in options if total + o["score"] <= band["from"]]
        best = fitting[-1] if fitting else options[0]
        chosen[question["key"]] = [best["key"]]
        total += best["score"]
    if level == "lowest":
        chosen["q14"] = ["a"]
    return chosen


def sample(slot: str, seed: int) -> bytes:
    """A drawn document for a slot."""
    draw = {"id_front": samples.id_front, "id_back": samples.id_back, "signature": samples.signature}
    return draw.get(slot, samples.bank_card)(seed)
