"""适当性评估: the questionnaire again, and gaps in the data on file are filled (R003, R100)."""

from __future__ import annotations

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

BUSINESS = Business(
    "assessment",
    "适当性评估",
    (
        on_file.FORM, suitability.STEP, agreements.STEP, certificate_check.STEP, device.BEFORE_VIDEO, photos.IF_NEEDED,
        witness.IF_NEEDED, certificate.IF_MISSING, sign.STEP, follow_up.IF_ASKED,
    ),
    summary="重新评估风险承受能力",
    minutes=8,
    ending=Ending.FILE,
    takes=("photos", "profile"),
)  # fmt: skip
