"""What a choice of exchanges asks for (准入条件), as its customer reads it, with the exemptions that can be claimed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.rules.access import KINDS, Requirement
from core.steps.access import Standing
from pages.parts import notice
from pages.parts.language import _
from pages.parts.step import StepView

CHECKED_BY_FIRM = "由我公司核对，您不需要上传。"


def claim_key(view: StepView, requirement: str) -> str:
    """Widget key of the exemption claimed for a requirement."""
    return view.key(f"claim_{requirement}")


def show_conditions(view: StepView, found: Sequence[Standing]) -> None:
    """The conditions group by group; nothing without any."""
    for group in dict.fromkeys(each.requirement.group for each in found):
        mine = [each for each in found if each.requirement.group == group]
        with st.container(key=f"card-access-{group}"):
            title = _(str(view.loaded.rules["access_rules"]["title"]))
            st.markdown(
                _("**{title}：{group_label}**").format(
                    title=notice.plain(title), group_label=notice.plain(mine[0].requirement.group_label)
                )
            )
            for each in mine:
                _condition(view, each)


def _condition(view: StepView, standing: Standing) -> None:
    due = standing.requirement
    st.markdown(f"**{KINDS[due.kind]}**　{notice.plain(due.text)}")
    if due.uploads:
        _claim(view, due, standing.claim.key if standing.claim else "")
        return
    exempt = _("、").join(each.text for each in due.exemptions)
    st.caption(
        notice.plain(CHECKED_BY_FIRM + (_("以下情形可以豁免：{exempt}。").format(exempt=exempt) if exempt else ""))
    )


def _claim(view: StepView, due: Requirement, saved: str) -> None:
    """Choosing an exemption; data on file need no proof."""
    words = {each.key: each.text + (_("（资料中已有，不需要证明）") if each.on_file else "") for each in due.exemptions}
    keys = ["", *words]
    st.selectbox(
        _("是否申请豁免（{title}）").format(title=_(due.title)), keys, index=keys.index(saved) if saved in keys else 0,
        format_func=lambda key: words.get(key, _("不申请，按条件提供证明")), key=claim_key(view, due.key),
    )  # fmt: skip
