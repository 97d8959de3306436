"""Uncaught errors: a neutral sentence with a log id for the user; type and place, never values, in the log.

An exception's message may hold personal data, so no traceback text and no message reaches a log.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

import streamlit as st

from pages.parts.language import _

LOGGERS = ("streamlit.error_util", "streamlit", "uvicorn.error", "asyncio", "aiortc", "aioice", "starlette")
FRAMES = 6
_ID = "jianzheng_log_id"


def log_id(error: BaseException) -> str:
    """A short id by which the user's report is found in the log; the same for the same exception."""
    found = getattr(error, _ID, None) or secrets.token_hex(4)
    setattr(error, _ID, found)
    return str(found)


def describe(error: BaseException) -> str:
    """Type and innermost places of an exception, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    names = [f"{frame.name}:{frame.lineno} {Path(frame.filename).name}" for frame in reversed(frames)]
    places = " < ".join(names)
    return f"{type(error).__name__} [{log_id(error)}] {places}"


class WithoutValues(logging.Filter):
    """Replaces an exception in a log record by its description."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            record.msg, record.args = describe(error), ()
            record.exc_info, record.exc_text = None, None
        return True


def install() -> None:
    """Put the filter on every handler and logger that could print an exception."""
    quiet = WithoutValues()
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for place in (logger, *logger.handlers):
            if not any(isinstance(each, WithoutValues) for each in place.filters):
                place.addFilter(quiet)
    for handler in logging.getLogger().handlers:
        handler.addFilter(quiet)


def tell_user(error: Exception) -> bool:
    """Streamlit's hook: show a neutral sentence instead of its own box."""
    st.error(
        _("页面出现问题，您已保存的内容不会丢失。请刷新后重试；仍有问题时，请告诉客服编号 {log_id}。").format(
            log_id=log_id(error)
        )
    )
    return True
