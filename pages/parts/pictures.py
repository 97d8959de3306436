"""Pictures for the page: small data: URLs, never through Streamlit's open /media."""

from __future__ import annotations

from collections import OrderedDict

from core.flow import Evidence
from core.ports import Desk
from pages.parts import wiring

_KEPT = 64
_previews: OrderedDict[str, str] = OrderedDict()
"""The latest previews of this process by file id, so that a rerun does not decode a photo again."""


def picture_url(desk: Desk, firm_id: str, item: Evidence) -> str:
    """A data: URL of at most 300 KB for a stored picture; the caller has checked who looks."""
    return file_url(desk, firm_id, item.file_id)


def file_url(desk: Desk, firm_id: str, file_id: str) -> str:
    """The same for a file that is no evidence of its own: a straightened card."""
    key = f"{firm_id}|{file_id}"
    if key not in _previews:
        reader = desk.vault.open(firm_id, file_id)
        _previews[key] = wiring.preview_url(reader.read(0, reader.size))
        while len(_previews) > _KEPT:
            _previews.popitem(last=False)
    _previews.move_to_end(key)
    return _previews[key]
