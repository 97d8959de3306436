"""我的基本资料: one part of the data on file is changed (R101-R105)."""

from __future__ import annotations

from core.case import Ending
from core.flow import Business
from core.steps import agreements, certificate, certificate_check, device, on_file, photos, sign, witness

BUSINESS = Business(
    "profile",
    "我的基本资料",
    (
        on_file.CHOOSE, device.STEP, photos.STEP, on_file.FORM, agreements.STEP, certificate_check.STEP,
        witness.IF_NEEDED, certificate.IF_MISSING, sign.STEP,
    ),
    summary="查看和修改个人资料",
    minutes=8,
    ending=Ending.FILE,
    takes=("photos", "profile"),
)  # fmt: skip
