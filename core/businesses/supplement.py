"""补签协议: agreements that the firm wants signed by customers on file; started by staff, no 放弃 (R007)."""

from __future__ import annotations

from core.case import Ending
from core.flow import Business
from core.steps import agreements, certificate, certificate_check, device, photos, sign, witness

BUSINESS = Business(
    "supplement",
    "补签协议",
    (
        agreements.STEP, certificate_check.STEP, device.BEFORE_VIDEO, photos.IF_NEEDED, witness.IF_NEEDED,
        certificate.IF_MISSING, sign.STEP,
    ),
    summary="由期货公司发起",
    minutes=5,
    ending=Ending.FILE,
    by_firm=True,
    takes=("photos", "profile", "bank", "suitability"),
)  # fmt: skip
