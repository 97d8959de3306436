"""Limits fixed by law, manual or security practice, each with its source."""

from __future__ import annotations

from datetime import timedelta

ADULT_YEARS = 18
"""R022: 年满18周岁."""

CAPTCHA_LIFE = timedelta(minutes=2)
"""Security note: single use, two minutes."""

CODE_RESEND = timedelta(seconds=60)
"""R057: a new code after 60 seconds."""

CODE_LIFE = timedelta(minutes=5)
NUMBER_PAGE = timedelta(minutes=15)
"""How long the page with the phone may follow the one with the ID number (R060)."""
CODE_TRIES = 5
CODES_PER_PHONE_A_DAY = 10
CODES_PER_ADDRESS_A_DAY = 200

CONTINUE_LIFE = timedelta(minutes=2)
"""How long a QR code that continues on another device works."""
CONTINUES_MOST, CONTINUE_WINDOW = 20, timedelta(hours=1)

PHOTO_BYTES = 10 * 1024 * 1024
"""R075: at most 10 MB a photo."""

PHOTOS_PER_CASE = 60
"""Uploads kept per case, replaced ones included; more is no honest use."""

SCORE_REPORTS_MIN, SCORE_REPORTS_MAX = 2, 10
"""R118."""

PROOFS_MIN, PROOFS_MAX = 1, 5
"""Pictures that prove funds or experience."""

PASSWORD_TRIES = 5
"""Tries at the certificate password before it locks (signing note, section 2)."""

HEAD_CLIP_SECONDS = 10
"""R153: about ten seconds."""

STAFF_TRIES = 5
STAFF_LOCK = timedelta(minutes=15)

REVIEW_IDLE = timedelta(minutes=15)
"""A case taken for review is free again when its reviewer does nothing."""

RESERVATIONS_A_DAY = 10
"""Bookings and changes of one customer; each sends an SMS."""

DATA_ANSWER_DAYS = 15
"""Days to answer a request about personal data (个人信息保护法 art. 50: in time), where the firm sets no other."""
