"""Where the manuals contradict each other the firm chooses: what `business_rules` says of it (C02, C03, C06, C13 …).

A case keeps the version of the firm data that it began with, so each setting has the value from before it could be
set. Every function takes the body of `business_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.sentence import Sentence

PHONE_FIRST, ID_FIRST = "phone_first", "id_first"
"""How newcomers sign in (C02, R060)."""
ALWAYS, IF_FLAGGED, NEVER = "always", "if_flagged", "never"
"""When the phone callback is made (C15)."""
BY_RISK = "by_risk"
"""Policy for the video: with a certificate only where one of `RISKS` is seen (C06)."""
RISKS = ("assisted", "age", "flagged", "phone")
"""Somebody helps, the age asks for a second reviewer, the case carries a flag, the phone is changed in this case."""
BRANCH, FIRM = "branch", "firm"
"""Whose witnesses serve one line (C20)."""

SIGNATURE = "signature"
UPLOADS = ("id_front", "id_back", SIGNATURE)
CAPTURES = ("capture_front", "capture_back", "capture_portrait", "clip_head")
"""Pictures by the customer, and by the witness within the call (C14)."""
_SEEN_EITHER_WAY = {"id_front": "capture_front", "id_back": "capture_back"}


@dataclass(frozen=True)
class PasswordRule:
    """What a certificate password is made of: `least` to `most` signs; digits, or digits and letters (C03)."""

    least: int = 6
    most: int = 8
    letters: bool = False

    def words(self) -> str:
        """`6-8位数字` or `6-8位数字和字母`."""
        if self.letters:
            return Sentence("{least}-{most}位数字和字母", least=self.least, most=self.most)
        return Sentence("{least}-{most}位数字", least=self.least, most=self.most)


@dataclass(frozen=True)
class UploadRule:
    """Kinds of pictures that are taken, and the most MB of one (C13, R075)."""

    kinds: tuple[str, ...] = ("jpg", "png", "gif", "bmp", "heic")
    most_mb: int = 10

    def problem(self, kind: str, size: int) -> str:
        """Why a picture of this kind and size in bytes is not taken, and what to do; empty when it is."""
        if size > self.most_mb * 1024 * 1024:
            return f"图片超过 {self.most_mb} MB。请降低相机分辨率重新拍摄，或压缩后再上传。"
        return "" if kind in self.kinds else f"请上传 {self.words()} 格式的照片。"

    def words(self) -> str:
        """`jpg、png`."""
        return "、".join(self.kinds)


def password_rule(body: Mapping[str, Any]) -> PasswordRule:
    """The firm's rule for certificate passwords; six digits is the least whatever it says."""
    found = body.get("certificate_password") or {}
    least = max(6, int(found.get("least", 6)))
    return PasswordRule(least, max(least, int(found.get("most", 8))), bool(found.get("letters", False)))


def upload_rule(body: Mapping[str, Any]) -> UploadRule:
    """What may be uploaded; never more than the 10 MB of the manual."""
    found = body.get("uploads") or {}
    kinds = tuple(kind for kind in UploadRule.kinds if kind in found.get("kinds", UploadRule.kinds))
    return UploadRule(kinds or UploadRule.kinds, min(10, max(1, int(found.get("most_mb", 10)))))


def newcomers_sign_in(body: Mapping[str, Any], business: str) -> str:
    """`phone_first`, or `id_first`: a page with the ID number comes before the one with the phone."""
    return str(body["businesses"][business].get("login", PHONE_FIRST))


def uploads_of(body: Mapping[str, Any], business: str) -> tuple[str, ...]:
    """Pictures that the customer uploads in this business; the signature always, as it is printed on every document."""
    wanted = {*_pictures(body, business).get("customer", UPLOADS), SIGNATURE}
    return tuple(slot for slot in UPLOADS if slot in wanted)


def captures_of(body: Mapping[str, Any], business: str) -> tuple[str, ...]:
    """Pictures that the witness takes; a side of the ID card that nobody uploads is always among them (R153)."""
    wanted = set(_pictures(body, business).get("witness", CAPTURES))
    wanted |= {taken for slot, taken in _SEEN_EITHER_WAY.items() if slot not in uploads_of(body, business)}
    return tuple(slot for slot in CAPTURES if slot in wanted)


def _pictures(body: Mapping[str, Any], business: str) -> Mapping[str, Any]:
    return {**(body.get("pictures") or {}), **(body["businesses"].get(business, {}).get("pictures") or {})}


def phone_callback(body: Mapping[str, Any], business: str) -> str:
    """When an opened account is called back by phone before it is activated."""
    return str(body["businesses"][business].get("phone_callback", ALWAYS))


def asks_bank_branch(body: Mapping[str, Any]) -> bool:
    """Whether a bank card comes with the office that keeps the account, as 省/市/支行 (R085)."""
    return bool((body.get("bank_branch") or {}).get("asked", False))


def video_risks(body: Mapping[str, Any]) -> tuple[str, ...]:
    """The signs that the firm looks at under `by_risk`; all of them where it names none."""
    wanted = body.get("video_risks", RISKS)
    return tuple(sign for sign in RISKS if sign in wanted)


def line_of(body: Mapping[str, Any]) -> str:
    """Whether each branch serves its own line, or the whole firm stands in one."""
    return str((body.get("queue") or {}).get("line", BRANCH))
