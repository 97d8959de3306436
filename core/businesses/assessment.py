"""适当性评估: the questionnaire again, and gaps in the data on file are filled (R003, R100)."""

from __future__ import annotations

from dataclasses import replace

from core.case import Ending
from core.flow import Business
from core.steps import (
    agreements,
    certificate,
    certificate_check,
    device,
    follow_up,
    on_file,
    photos,
    sign,
    suitability,
    witness,
)

FILL_IN = replace(on_file.FORM, title="核对和补全资料", hint="请核对在本公司登记的资料，有变化或空缺的请填写。")

BUSINESS = Business(
    "assessment",
    "适当性评估",
    (
        FILL_IN, suitability.STEP, agreements.STEP, certificate_check.STEP, device.BEFORE_VIDEO, photos.IF_NEEDED,
        witness.IF_NEEDED, certificate.IF_MISSING, sign.STEP, follow_up.IF_ASKED,
    ),
    summary="重新评估风险承受能力",
    minutes=8,
    ending=Ending.FILE,
    takes=("photos", "profile"),
)  # fmt: skip
