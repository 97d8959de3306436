"""增开交易编码: more exchanges for an account that is open (R099-R121; always a video)."""

from __future__ import annotations

from core.case import Ending
from core.flow import Business
from core.steps import (
    agreements,
    certificate,
    certificate_check,
    device,
    exchanges,
    follow_up,
    on_file,
    photos,
    sign,
    witness,
)

BUSINESS = Business(
    "add_code",
    "增开交易编码",
    (
        device.STEP, photos.STEP, on_file.READ, exchanges.STEP, agreements.STEP, witness.IF_NEEDED,
        certificate_check.STEP, certificate.IF_MISSING, sign.STEP, follow_up.IF_ASKED,
    ),
    summary="为已有账户增加交易所",
    minutes=12,
    ending=Ending.CODES,
    takes=("photos", "profile", "suitability"),
)  # fmt: skip
