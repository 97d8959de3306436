"""修改结算账户: bank cards are added or deleted; the certificate is looked for before a video (R080-R086, R136)."""

from __future__ import annotations

from core.case import Ending
from core.flow import Business
from core.steps import agreements, bank, certificate, certificate_check, device, photos, sign, witness

BUSINESS = Business(
    "settlement",
    "修改结算账户",
    (
        device.STEP, photos.STEP, bank.STEP, agreements.STEP, certificate_check.STEP, witness.IF_NEEDED,
        certificate.IF_MISSING, sign.STEP,
    ),
    summary="增加或删除结算银行卡",
    minutes=8,
    ending=Ending.FILE,
    takes=("photos", "profile", "bank"),
)  # fmt: skip
