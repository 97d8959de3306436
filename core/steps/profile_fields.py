"""The fields of 个人基本资料 (R087-R098), declared once: form, check and review read the same list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Shown = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Field:
    """`kind`: text, choice, multi, date, place, tick. `codes` names a list in firm data `codes`."""

    key: str
    title: str
    section: str
    kind: str = "text"
    required: bool = True
    codes: str = ""
    help: str = ""
    limit: int = 100
    shown: Shown | None = None


def _foreign_tax(values: Mapping[str, Any]) -> bool:
    return values.get("tax_residency") in {"foreign_only", "both"}


def _control(values: Mapping[str, Any]) -> bool:
    return values.get("actual_control") == "present"


def _other_beneficiary(values: Mapping[str, Any]) -> bool:
    return values.get("beneficiary") == "other"


IDENTITY, CONTACT, OTHER, DECLARATION = "身份信息", "联系电话", "其他信息", "声明信息"

FIELDS: tuple[Field, ...] = (
    Field("name", "姓名", IDENTITY, limit=50),
    Field("id_number", "身份证号", IDENTITY, limit=30, help="18 位，最后一位可能是 X。"),
    Field("id_address", "身份证地址", IDENTITY, help="与身份证正面一致。"),
    Field("valid_from", "有效期起", IDENTITY, "date"),
    Field("long_term", "长期", IDENTITY, "tick", required=False, help="身份证反面写着“长期”时勾选。"),
    Field("valid_to", "有效期止", IDENTITY, "date", shown=lambda v: not v.get("long_term")),
    Field("phone", "手机号码", CONTACT, limit=20, help="登录时验证过的手机号，用于接收验证码和回访。"),
    Field("landline", "联系电话", CONTACT, required=False, limit=30, help="固定电话，选填。"),
    Field("province", "联系地址（省）", OTHER, "province"),
    Field("city", "联系地址（市）", OTHER, "city"),
    Field("contact_address", "联系地址", OTHER, help="写到门牌号。"),
    Field("postcode", "邮政编码", OTHER, limit=10),
    Field("email", "电子邮箱", OTHER, required=False, limit=80),
    Field("education", "学历", OTHER, "choice", codes="education"),
    Field("occupation", "职业", OTHER, "choice", codes="occupation"),
    Field("employer", "工作单位", OTHER, required=False),
    Field("employer_kind", "单位性质", OTHER, "choice", required=False, codes="employer_kind"),
    Field("tax_residency", "税收居民身份", DECLARATION, "choice", codes="tax_residency"),
    Field("tax_family_name", "姓（英文或拼音）", DECLARATION, limit=60, shown=_foreign_tax),
    Field("tax_given_name", "名（英文或拼音）", DECLARATION, limit=60, shown=_foreign_tax),
    Field("tax_birth_place", "出生地（国家、省、市）", DECLARATION, shown=_foreign_tax),
    Field("tax_home_address", "现居地址（国家、省、市、街道）", DECLARATION, limit=200, shown=_foreign_tax),
    Field("tax_country", "税收居民国（地区）", DECLARATION, limit=40, shown=_foreign_tax),
    Field("tax_number", "纳税人识别号", DECLARATION, required=False, limit=40, shown=_foreign_tax),
    Field(
        "tin_missing_reason", "没有识别号的原因", DECLARATION, "choice", required=False, codes="tin_missing_reason",
        shown=lambda v: _foreign_tax(v) and not v.get("tax_number"),
    ),
    Field(
        "tin_missing_note", "具体原因", DECLARATION, limit=200,
        shown=lambda v: _foreign_tax(v) and not v.get("tax_number") and v.get("tin_missing_reason") == "not_obtained",
    ),
    Field("pep", "政要人物关系", DECLARATION, "choice", codes="pep"),
    Field("investment_horizon", "投资期限", DECLARATION, "choice", codes="investment_horizon"),
    Field("expected_return", "期望收益", DECLARATION, "choice", codes="expected_return"),
    Field("actual_control", "实际控制关系", DECLARATION, "choice", codes="actual_control"),
    Field("control_note", "实际控制关系说明", DECLARATION, limit=200, shown=_control),
    Field("beneficiary", "账户交易实际受益人", DECLARATION, "choice", codes="beneficiary"),
    Field("beneficiary_name", "实际受益人姓名", DECLARATION, limit=60, shown=_other_beneficiary),
    Field("beneficiary_relation", "与您的关系", DECLARATION, limit=60, shown=_other_beneficiary),
    Field("products", "想投资的品种", DECLARATION, "multi", codes="products"),
    Field("dishonesty", "不良诚信记录来源", DECLARATION, "multi", codes="dishonesty", help="没有时选“无”。"),
)  # fmt: skip


def shown_fields(values: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields that these answers unfold."""
    return tuple(field for field in FIELDS if field.shown is None or field.shown(values))
