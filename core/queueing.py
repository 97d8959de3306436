"""Queue constants: a ticket is waiting -> in_call -> done, or abandoned."""

from __future__ import annotations

from datetime import timedelta

LEASE = timedelta(seconds=90)
"""How long a call stays with a witness whose page is silent before the customer returns to the head."""

ALIVE = timedelta(seconds=90)
"""How long a waiting customer may be silent (hidden tab, reload, network change) before the place is lost."""

HEARTBEAT = timedelta(seconds=10)
"""How often the waiting page and the witness page renew."""
