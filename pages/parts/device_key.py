"""The customer's signing key in the browser, as a component: detect, enrol, install, sign.

`device_key(command, key)` shows what the command asks for and returns the result with the command's nonce once there
is one. A command is a dict with `op` and a fresh `nonce`; binary values are base64.

    op        further values of the command                     result (besides nonce and op)
    detect    owners, challenge                                 secure, keys: [{kid, installed, created, presence}]
    enrol     owner, kid, share, challenge, avoid, rule         kid, spki, possession, presence_spki, auth
    install   kid, chain (leaf first)                           kid
    sign      kid, documents, tries_left (after a wrong one)    op "unlock": kid, auth; or op "reapply"
    unlocked  kid, share                                        op "signed": kid, signatures: [{id, value}] in order
    locked    -                                                 op "reapply"
    forget    kid                                               kid

`documents` is a list of {id, title, tbs, start, end} with `pdf_url` (same origin) or `pdf`, in signing order.
`rule` says what the password is made of: least, most, letters, and `words` for the customer (C03); the key keeps it.
`avoid` are the customer's birthday, phone and ID number: a password must not repeat six of their digits.
What the customer has been told in the component (no secure context, no key on this device, a file that differs …)
comes back as op "error" with `code`, and `device_key` keeps it to itself: a page that answered with a new command
would wipe the message, and might do so for ever. Only "lost" (the page was reloaded between password and share) is
returned, and wants a fresh sign command. So each nonce gives one result at most.

The server: `check_possession(spki, challenge, possession)` and issue after enrol; count the try, `is_same_auth`, and
hand out the share after unlock; `check_presence(presence_spki, challenge, presence)` after detect.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pages.parts.components.mounting import spoken_component

_HERE = Path(__file__).parent
_FILES = {kind: (_HERE / f"device_key.{kind}").read_text("utf-8") for kind in ("html", "css", "js")}
_STORE = (_HERE / "device_key_store.js").read_text("utf-8")

_component = spoken_component("jianzheng_device_key", html=_FILES["html"], css=_FILES["css"], js=_STORE + _FILES["js"])


def device_key(command: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Show the component for `command`; its result, or None while the customer or the browser is at work.

    The result stays the same on every rerun until the command changes, so act on each nonce once. For tests:
    put `{"result": {"nonce": …, "op": …}}` into the session state under `key`.
    """
    mounted = _component(key=key, data={"command": command}, on_result_change=_rerun)
    result = mounted.get("result")
    if not isinstance(result, dict) or result.get("nonce") != command["nonce"]:
        return None
    return None if result.get("op") == "error" and result.get("code") != "lost" else result


def _rerun() -> None:
    """Streamlit passes on only the states that have a callback; the rerun itself is all that is wanted."""
