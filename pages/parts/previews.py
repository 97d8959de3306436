"""Previews of agreements that wait to be fetched: a few files of this process, each for the one who made it.

Drafts and invented values only, nothing of a customer. They are kept in memory and nowhere else, for some minutes.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from core.actor import Actor

MOST = 40
_kept: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()
_busy = threading.Lock()


def keep(actor: Actor, pdf: bytes) -> str:
    """Keep a file for this member of staff; the path under which only they get it."""
    name = hashlib.sha256(pdf).hexdigest()[:32]
    key = (actor.firm_id, actor.id, name)
    with _busy:
        _kept[key] = pdf
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return f"/agreement-preview/{name}.pdf"


def find(actor: Actor, name: str) -> bytes | None:
    """The file, None when it is gone or somebody else's."""
    with _busy:
        return _kept.get((actor.firm_id, actor.id, name))
