"""What a photo's measures mean: advice for the customer, hints for the reviewer. Nothing here refuses a photo (R073).

Limits were found on invented photos and confirmed on a set that was not used while building (docs/photos.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.records_photos import PhotoFinding, Verdict
from core.sentence import Sentence

LOW_CONTRAST = 16.0
"""dE76 between the card and what it lies on, at the worst side; 14 in the scene itself measures up to 16 in a photo."""
BLURRED, TOO_BLURRED = 3.2, 4.1
"""Width of a sharp edge in px at 15 px/mm."""
COARSE = 7.0
"""Pixels of the photo a millimetre of the card."""
DARK = 60.0
UNSURE = 0.9
"""Score of the engine below which text was hard to read."""
SUPPORT, LEAST_SUPPORT = 0.55, 0.45
RATIO, RATIO_MOST = 0.10, 0.20
LEAST_SHARE = 0.05

WRONG_SIDE: Mapping[str, str] = {
    "id_front": "这里需要身份证有头像的一面，照片看起来是另一面或其他证件。请核对后重拍。",
    "id_back": "这里需要身份证有国徽的一面，照片看起来是另一面或其他证件。请核对后重拍。",
    "bank_card": "这里需要银行卡有卡号的一面，照片看起来是另一面或其他证件。请核对后重拍。",
}
"""Slot -> what the customer is told when its photo shows something else."""
LOW_CONTRAST_TEXT = (
    "证件与背景颜色反差较小，自动裁切可能切掉边缘。请对比两张图，可以使用原图，或换一个颜色较深的背景重拍。"
)
DARK_TEXT = "照片太暗。请到光线充足的地方重拍。"
COVERED_TEXT = "有一条边看不清或被手指挡住。请不要遮挡证件边缘。"
CARD_SLOTS = frozenset({"id_front", "id_back", "bank_card"})


def verdict_of(slot: str, measures: Mapping[str, float], kind: str) -> Verdict:
    """ok: the crop is right; check: the customer is asked to look; none: no crop.

    A doubtful outline with the expected text inside is worth a look; a clear one without that text is as well.
    """
    if not measures.get("support"):
        return "none"
    expected = slot not in CARD_SLOTS or kind != ""
    clear = measures["support"] >= SUPPORT and measures["ratio_error"] <= RATIO_MOST
    if not clear:
        return "check" if slot in CARD_SLOTS and kind == slot else "none"
    doubts = [
        measures["contrast"] < LOW_CONTRAST,
        measures["cut"] > 0,
        measures["ratio_error"] > RATIO,
        measures["least_support"] < LEAST_SUPPORT,
        measures["share"] < LEAST_SHARE,
        not expected,
    ]
    return "check" if any(doubts) else "ok"


def picture_findings(measures: Mapping[str, float], verdict: Verdict) -> list[PhotoFinding]:
    """What the measures alone say, the most useful advice first."""
    if verdict == "none":
        text = "没有找到证件的四条边。请平放在颜色较深的桌面上，四角都拍进画面，再拍一次。"
        low = _below("low_contrast", LOW_CONTRAST_TEXT, measures, "contrast", LOW_CONTRAST)
        return [PhotoFinding("no_card", text), *([low] if low else [])]
    found = [
        _below("low_contrast", LOW_CONTRAST_TEXT, measures, "contrast", LOW_CONTRAST),
        _over("cut", "证件有一部分在画面以外。请退后一点，把四个角都拍进去。", measures, "cut", 0),
        _over("blurred", "照片不够清晰。请拿稳手机，对焦后再拍一次。", measures, "edge_width", BLURRED),
        _below("small", "证件在照片中太小。请靠近一些，让证件占画面的三分之二。", measures, "px_per_mm", COARSE),
        _below("dark", DARK_TEXT, measures, "brightness", DARK),
        _below("covered_edge", COVERED_TEXT, measures, "least_support", LEAST_SUPPORT),
    ]
    return [each for each in found if each]


def page_findings(
    slot: str, measures: Mapping[str, float], *, score: float | None, is_report: bool
) -> tuple[PhotoFinding, ...]:
    """What the light and the words of a page say; only score reports have words that are expected.

    `score`: of the usual row, 0 where there are hardly any rows, None where nothing can be read.
    """
    dark = _below("dark", DARK_TEXT, measures, "brightness", DARK)
    words = None
    if slot == "score_report" and score is not None and not is_report:
        words = _not_a_report(score)
    return tuple(each for each in (dark, words) if each)


def _not_a_report(score: float) -> PhotoFinding:
    if score < UNSURE:
        text = "看不清报告上的文字。请靠近一些，拿稳手机，避开反光再拍一次。"
        return PhotoFinding("report_unreadable", text, score, UNSURE)
    return PhotoFinding("not_a_report", "照片看起来不是成绩报告单。请核对是否选错了图片。")


def held_findings(brightness: float, *, faces: int, kind: str | None, number: str) -> tuple[PhotoFinding, ...]:
    """What a portrait with the card in hand lacks: light, a face, the card, its front, its number.

    `kind` is None where nothing can be read, so that nothing is known of the card.
    """
    dark = _below("dark", DARK_TEXT, {"brightness": brightness}, "brightness", DARK)
    face = None if faces else PhotoFinding("no_face", "没有看清正面的脸。请面向镜头，不要遮挡面部。")
    card = None
    if kind == "":
        card = PhotoFinding("no_card_held", "没有看清手中的身份证。请把有头像的一面朝向镜头，手指不要遮住文字。")
    elif kind and kind != "id_front":
        [card] = kind_findings("id_front", kind)
    elif kind:
        text = "看不清手中身份证的号码。请离镜头近一些，避开反光，手指不要遮住文字。"
        card = None if number else PhotoFinding("held_unreadable", text)
    return tuple(each for each in (dark, face, card) if each)


def _over(code: str, text: str, measures: Mapping[str, float], name: str, limit: float) -> PhotoFinding | None:
    value = measures.get(name)
    return PhotoFinding(code, text, value, limit) if value is not None and value > limit else None


def _below(code: str, text: str, measures: Mapping[str, float], name: str, limit: float) -> PhotoFinding | None:
    value = measures.get(name)
    return PhotoFinding(code, text, value, limit) if value is not None and value < limit else None


def kind_findings(slot: str, kind: str) -> list[PhotoFinding]:
    """The wrong side, another card, or a temporary one. Stored with the reading, so its words carry no values."""
    if kind == "temporary_card":
        return [PhotoFinding("temporary_card", "这是临时身份证。请准备正式的居民身份证，或到营业部办理。")]
    if slot not in CARD_SLOTS or kind in {"", slot}:
        return []
    return [PhotoFinding("wrong_side", WRONG_SIDE[slot])]


def validity_findings(valid_to: str, today: date) -> list[PhotoFinding]:
    """A card whose last day, as read and checked, is over."""
    if not valid_to or valid_to == "长期" or date.fromisoformat(valid_to) >= today:
        return []
    return [
        PhotoFinding("expired", Sentence("身份证有效期至 {valid_to}，已经过期。请使用有效的证件。", valid_to=valid_to))
    ]


def editor_finding(notes: frozenset[str]) -> list[PhotoFinding]:
    """Software named in EXIF that edits pictures; cameras name their firmware there, so only known editors count."""
    editors = ("photoshop", "lightroom", "gimp", "snapseed", "picsart", "meitu", "canva", "affinity", "pixelmator")
    named = next((n.split(":", 1)[1] for n in notes if n.startswith("software:")), "")
    if not any(editor in named.lower() for editor in editors):
        return []
    return [PhotoFinding("edited", "照片经过修图软件保存。请上传相机直接拍摄的原图。")]
