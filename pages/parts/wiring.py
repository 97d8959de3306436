"""Joins core with db and media: one desk per process, built once, kept in module-level singletons.

(Never in a Streamlit cache: any anonymous browser may clear those.) What only the web process uses is imported there:
the worker reads photos in the 60 MB that Streamlit and aiortc would take.
"""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from core.actor import Actor
from core.keys import MasterKeys
from core.ports import Desk
from core.records import Firm, SessionRecord, StaffMember
from core.settings import Settings, read_settings
from core.usecases.complete_firm import complete_firm
from core.usecases.sessions import find_session
from db.database import Database
from media import captcha_image, images, qr
from media.cut_out import cut_out
from media.documents.papers import Papers
from media.head_log import HeadLog
from media.passwords import ArgonPasswords
from media.photo_reader import PhotoMachine
from media.recordings import Recordings
from media.sms import gateway_for
from media.storage import LocalStorage
from media.vault import Vault
from media.webhooks import HttpHooks

ROOT = Path(__file__).resolve().parents[2]
_lock = threading.Lock()


def utc_now() -> datetime:
    """The clock of the running product."""
    return datetime.now(UTC)


class _Images:
    """The Images port over media."""

    safe_decode = staticmethod(images.safe_decode)
    cut_out = staticmethod(cut_out)
    within = staticmethod(images.within)
    captcha_png = staticmethod(captcha_image.make_captcha)
    captcha_wav = staticmethod(captcha_image.make_captcha_audio)


@cache
def settings() -> Settings:
    """Settings of this process."""
    return read_settings(os.environ, ROOT)


@cache
def _database() -> Database:
    chosen = settings()
    chosen.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = MasterKeys.load(chosen.data / "keys.json", chosen.master_key)
    return Database(chosen.database_url, keys, utc_now)


@cache
def _desk() -> Desk:
    chosen, database = settings(), _database()
    vault = Vault(LocalStorage(chosen.storage), database.keys)
    return Desk(
        settings=chosen,
        keys=database.keys,
        clock=utc_now,
        write=database.write,
        read=database.read,
        vault=vault,
        images=_Images(),
        photo_reader=PhotoMachine(),
        passwords=ArgonPasswords(),
        sms=gateway_for(chosen),
        papers=Papers(utc_now),
        recordings=Recordings(),
        audit_heads=HeadLog(chosen.data / "audit-heads"),
        hooks=HttpHooks(chosen),
    )


def database() -> Database:
    """The database of this process."""
    with _lock:
        return _database()


def prepare_database() -> None:
    """Bring tables and firm data to this release; every process that may be the first one does so at its start."""
    database().migrate()
    for firm in firms():
        complete_firm(desk(), firm.id)


def desk() -> Desk:
    """The desk of this process."""
    with _lock:
        return _desk()


def vault() -> Vault:
    """The vault itself, for recordings that are written while they happen."""
    found = desk().vault
    assert isinstance(found, Vault)
    return found


def preview_url(jpeg: bytes, max_side: int = 1400) -> str:
    """A small data: URL of a picture, at most `max_side` px."""
    return images.data_url(images.preview(jpeg, max_side))


def data_url(jpeg: bytes) -> str:
    """A data: URL of a JPEG that is small already."""
    return images.data_url(jpeg)


def qr_url(text: str) -> str:
    """The QR code of an address as a small data: URL (st.html lets no drawing through)."""
    return f"data:image/svg+xml;base64,{b64encode(qr.qr_svg(text).encode()).decode()}"


def prepare_calls() -> None:
    """Install the hooks into aiortc once per process, before the first connection."""
    from media.encoded import VideoMode, install
    from media.rooms import ROOMS

    mode = VideoMode(settings().video_mode)
    install(mode)
    ROOMS.configure(mode, utc_now)


def firms() -> list[Firm]:
    """All firms of the installation."""
    return database().firms()


def session_of(kind: str, identity: Mapping[str, object]) -> SessionRecord | None:
    """The live session that the trusted header names; `kind` is customer or staff."""
    reference = str(identity.get(kind) or "")
    return find_session(desk(), kind, session_ref=reference) if reference else None


def _identity() -> dict[str, object]:
    """What the trusted headers said. (st.user would look for a secrets file at every call.)"""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    return dict(context.user_info) if context else {}


def customer() -> SessionRecord | None:
    """The signed-in customer of this run, read anew each time."""
    return session_of("customer", _identity())


def staff() -> tuple[Actor, StaffMember] | None:
    """The signed-in member of staff of this run; roles are read anew each time (revocation works at once)."""
    return staff_of(session_of("staff", _identity()))


def staff_of(session: SessionRecord | None) -> tuple[Actor, StaffMember] | None:
    """Actor and member behind a staff session; None when there is none or the account was closed."""
    if session is None:
        return None
    with desk().read(session.firm_id) as work:
        member = work.people.find_staff(staff_id=session.subject.removeprefix("staff:"))
    if member is None or not member.active:
        return None
    return Actor(session.firm_id, session.subject, member.roles, session.id), member


def customer_actor(session: SessionRecord) -> Actor:
    """The actor of a customer's session."""
    return Actor(session.firm_id, session.subject, frozenset(), session.id)
