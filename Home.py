"""The ASGI entry: `streamlit run Home.py` serves the pages, the routes and the video rooms on one port."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pages.routes.gate import MIDDLEWARE  # noqa: E402
from pages.routes.life import lifespan  # noqa: E402
from pages.routes.table import ROUTES  # noqa: E402
from pages.routes.trouble import tell_user  # noqa: E402

app = st.App("pages/router.py", routes=ROUTES, middleware=MIDDLEWARE, lifespan=lifespan, on_script_error=tell_user)
