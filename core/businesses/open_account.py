"""开立期货账户."""

from __future__ import annotations

from core.flow import Business
from core.steps import (
    agreements,
    bank,
    certificate,
    device,
    exchanges,
    follow_up,
    photos,
    profile,
    sign,
    suitability,
    witness,
)

BUSINESS = Business(
    "open_account",
    "开立期货账户",
    (
        device.STEP, photos.STEP, profile.STEP, bank.STEP, suitability.STEP, exchanges.STEP,
        agreements.STEP, witness.STEP, certificate.STEP, sign.STEP, follow_up.IF_ASKED,
    ),
    summary="首次开户，全程线上办理",
    minutes=15,
    newcomers=True,
)  # fmt: skip
