"""Export and import of the whole set of rules on the page 规则设置."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from core.actor import Actor
from core.ports import Desk
from core.rule_kinds import find_kind
from core.rule_kinds.compare import path_words
from core.rule_kinds.file import LARGEST, read_rules
from core.usecases.carry_rules import Imported, import_rules
from core.usecases.draft_rules import DAY, MOST_NOTE, NOTE
from core.usecases.read_rules import rules_beside
from pages.parts import acting, notice, state
from pages.parts.language import _

EXPORT = "/rules/export.json"
MOST_LISTED = 12


def show_carry(desk: Desk, actor: Actor) -> None:
    """A link to the file, and the form that reads one."""
    st.subheader(_("导出与导入"))
    st.markdown(_("整套规则导出为一个文件，可以从试点环境带到生产环境。文件里没有客户资料，也没有营业部和人员。"))
    st.link_button(_("导出规则文件"), EXPORT, icon=":material/download:")
    st.divider()
    st.markdown(_("**导入**"))
    st.caption(_("与现有规则不同的每一类各生成一份草稿，由另一位同事一起批准。"))
    acting.show_refusal()
    given = st.file_uploader(_("规则文件（JSON）"), type=["json"], key="rules_file", max_upload_size=LARGEST // 2**20)
    st.text_area(_("导入原因"), key="rules_note", max_chars=MOST_NOTE, placeholder=_("例如：试点环境的规则用于生产"))
    acting.field_error("rules_note")
    st.date_input(_("生效日期"), None, key="rules_day", format="YYYY-MM-DD", help=_("空着表示批准后立即生效。"))
    acting.field_error("rules_day")
    data = given.getvalue() if given else b""
    st.button(_("检查并提交审批"), key="rules_import", type="primary", disabled=not data, on_click=_import,
              args=(desk, actor, data))  # fmt: skip
    if data:
        _show_wrong(data, rules_beside(desk, actor)["branches"])


def _show_wrong(data: bytes, branches: Mapping[str, str]) -> None:
    """What is wrong in the file, by kind and place; it is read again, nothing of it is kept."""
    bodies, problems = read_rules(data, branches)
    lines = []
    for kind, found in problems.items():
        for problem in found:
            place = ""
            if kind:
                described = find_kind(kind)
                where = path_words(described.shape, bodies.get(kind), problem.path)
                place = _("{title} › {where}：").format(title=_(described.title), where=where)
            lines.append(f"{place}{problem.text}")
    if lines:
        rest = len(lines) - MOST_LISTED
        more = [_("还有 {rest} 处。").format(rest=rest)] if rest > 0 else []
        notice.refusal(_("文件不能导入：\n") + "\n".join([*lines[:MOST_LISTED], *more]))


def _import(desk: Desk, actor: Actor, data: bytes) -> None:
    note, day = str(st.session_state.get("rules_note") or ""), st.session_state.get("rules_day")
    done: list[Imported] = []
    effective = day if isinstance(day, date) else None
    if not acting.attempt(lambda: done.append(import_rules(desk, actor, data, note, effective))):
        return
    problems = done[0].problems
    if problems:
        named = {NOTE[0]: "rules_note", DAY[0]: "rules_day"}
        acting.fail({named.get(kind, "rules_file"): found[0].text for kind, found in problems.items()})
    elif done[0].kinds:
        count = len(done[0].kinds)
        state.say(_("已提交 {count} 份草稿，等待另一位同事一起批准。").format(count=count))
    else:
        state.say(_("文件与现有规则相同，没有需要审批的内容。"))
