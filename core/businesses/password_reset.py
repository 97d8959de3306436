"""密码重置: new trading and fund passwords at the counter after a video; the certificate is new too (R008, R132)."""

from __future__ import annotations

from core.case import Ending
from core.flow import Business
from core.steps import agreements, certificate, device, on_file, photos, sign, witness

BUSINESS = Business(
    "password_reset",
    "密码重置",
    (
        device.STEP, photos.STEP, on_file.FORM, agreements.STEP, witness.STEP, certificate.STEP, sign.STEP,
    ),
    summary="重置交易和资金密码",
    minutes=10,
    ending=Ending.COUNTER,
    takes=("photos", "profile"),
)  # fmt: skip
