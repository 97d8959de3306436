"""Reader: an agreement in its own scroll area, with what the browser saw of the reading."""

from __future__ import annotations

from typing import Literal, TypedDict, cast

from pages.parts.components.mounting import nonce_of, nothing, register, text_of, unseen, whole

_mount = register("reader")

_EVENTS = ("opened", "end", "next")
_DAY_S = 86_400


class ReadEvent(TypedDict):
    """What happened to `document`, in the order opened, end, next.

    opened: shown; end: its last line was on the screen; next: the customer pressed the button for the next one
    (again, when the server refused). seconds: how long it was in front of the customer in this tab after the
    server knew that it was opened, as the browser counts.
    """

    nonce: str
    document: str
    event: Literal["opened", "end", "next"]
    seconds: int


def reader(
    key: str,
    *,
    document: str,
    title: str,
    html: str,
    min_seconds: int,
    already_read: bool = False,
    next_label: str = "已读完，下一份",
) -> ReadEvent | None:
    """Show one document; return each event once, else None.

    `html` is made by the server from its own text; the browser keeps only plain text elements of it. The
    button works at the end of the document and after `min_seconds` (s), or at once when `already_read`; until
    then it says what is missing. All of it is a claim of the browser, `document` too, which may be an earlier
    one: the server checks it and times the reading itself.
    """
    data = {
        "document": document,
        "title": title,
        "html": html,
        "min_seconds": min_seconds,
        "already_read": already_read,
        "next_label": next_label,
        "handed": nonce_of(key),
    }
    raw = unseen(key, _mount(key=key, data=data, on_result_change=nothing).get("result"))
    if raw is None or raw.get("event") not in _EVENTS:
        return None
    return {
        "nonce": raw["nonce"],
        "document": text_of(raw.get("document"), 200),
        "event": cast("Literal['opened', 'end', 'next']", raw["event"]),
        "seconds": whole(raw.get("seconds"), _DAY_S) or 0,
    }
