"""开业准备 on 工作台: what is set up, what is missing, and the way there."""

from __future__ import annotations

import streamlit as st

from core.actor import Actor
from core.permissions import holds
from core.ports import Desk
from core.usecases.opening_check import Point, opening_check
from pages.parts import notice, table
from pages.parts.language import _

_PLACES = {
    "people": "desk_people",
    "hours": "desk_rules",
    "roster": "desk_reservations",
    "agreements": "desk_agreements",
    "calendar": "desk_calendar",
    "network": "desk_network",
}


def show_opening(desk: Desk, actor: Actor) -> None:
    """Nothing once everything is done."""
    points = opening_check(desk, actor)
    done = sum(point.done for point in points)
    if done == len(points):
        return
    title = _("开业准备：{done} / {count}").format(done=done, count=len(points))
    with st.expander(title, expanded=True, icon=":material/rocket_launch:"):
        for point in points:
            if not point.done:
                _missing(actor, point)
        if done:
            titles = _("、").join(_(point.title) for point in points if point.done)
            st.caption(_(":material/check_circle: 已完成：{titles}").format(titles=notice.plain(titles)))


def _missing(actor: Actor, point: Point) -> None:
    """A way to the page where it is set up, for whoever may open that page."""
    _title, path, _icon, permission = table.STAFF[_PLACES[point.key]]
    label = f"**{notice.plain(point.title)}**　{notice.plain(point.hint)}"
    if holds(actor, permission):
        st.page_link(path, label=label, icon=":material/radio_button_unchecked:")
    else:
        st.caption(_(":material/radio_button_unchecked: {label}（请主管办理）").format(label=label))
