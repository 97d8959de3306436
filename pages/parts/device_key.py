"""The customer's signing key in the browser, as a component: detect, enrol, install, sign.

`device_key(command, key)` shows what the command asks for and returns the result with the command's nonce once there
is one. A command is a dict with `op` and a fresh `nonce`; binary values are base64.

    op        further values of the command                     result (besides nonce and op)
    detect    owner, challenge                                  secure, keys: [{kid, installed, created, presence}]
    enrol     owner, kid, share, challenge, avoid               kid, spki, possession, presence_spki, auth
    install   kid, chain (leaf first)                           kid
    sign      kid, documents, tries_left (after a wrong one)    op "unlock": kid, auth; or op "reapply"
    unlocked  kid, share                                        op "signed": kid, signatures: [{id, value}] in order
    locked    -                                                 op "reapply"
    forget    kid                                               kid

`documents` is a list of {id, title, tbs, start, end} with `pdf_url` (same origin) or `pdf`, in signing order.
`avoid` are the customer's birthday, phone and ID number: a password must not repeat six of their digits.
Instead of its own result an operation may give op "error" with `code`: insecure, storage, missing, foreign,
mismatch, lost, damaged, failed. The component has then told the customer already; after "lost" give a fresh sign.
`turn` counts the results of one command: an error may be followed by "reapply" or by another try.

The server: `check_possession(spki, challenge, possession)` and issue after enrol; count the try, `is_same_auth`, and
hand out the share after unlock; `check_presence(presence_spki, challenge, presence)` after detect.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_FILES = {kind: (_HERE / f"device_key.{kind}").read_text("utf-8") for kind in ("html", "css", "js")}
_STORE = (_HERE / "device_key_store.js").read_text("utf-8")

_component = st.components.v2.component(
    "jianzheng_device_key", html=_FILES["html"], css=_FILES["css"], js=_STORE + _FILES["js"]
)


def device_key(command: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Show the component for `command`; its result, or None while the customer or the browser is at work.

    The result stays the same on every rerun until the command changes, so act once on each nonce and turn. For
    tests: put `{"result": {"nonce": …, "turn": 1, "op": …}}` into the session state under `key`.
    """
    mounted = _component(key=key, data={"command": command}, on_result_change=_rerun)
    result = mounted.get("result")
    return result if isinstance(result, dict) and result.get("nonce") == command["nonce"] else None


def _rerun() -> None:
    """Streamlit passes on only the states that have a callback; the rerun itself is all that is wanted."""
