"""保存与删除: how long what is kept, 法定保全, and the certificate of every deletion."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.businesses import BUSINESSES
from core.errors import DeskError
from core.records_retention import Erasure, LegalHold
from core.sentence import Sentence
from core.usecases.legal_holds import MOST_REASON, lift_hold, set_hold
from core.usecases.read_retention import SHOWN, Keeping, KeptClass, read_retention
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.fact_table import cell
from pages.parts.language import _, dialog

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None


LIFT = "lift_hold"


def _for(keep: Mapping[str, int]) -> str:
    unit, count = next(iter(keep.items()))
    return Sentence("{count} 年", count=count) if unit == "years" else Sentence("{count} 天", count=count)


def _classes(rows: tuple[KeptClass, ...]) -> None:
    lines = [_("| 类别 | 保存 | 从何时算起 | 依据 | 到期后 |"), "|---|---|---|---|---|"]
    for row in rows:
        then = _("由保管人员销毁") if row.by_hand else _("系统每天自动删除")
        lines.append("| " + " | ".join(map(cell, (row.title, _for(row.keep), row.begins, row.basis, then))) + " |")
    st.markdown("\n".join(lines))
    st.caption(_("年限和天数在“规则设置 › 保存期限”中修改，另一人批准后生效。有资金账户的客户，业务记录一直保存。"))


def _set() -> None:
    number, reason = (str(st.session_state.get(f"hold_new_{key}") or "") for key in ("number", "reason"))
    done = _("已保全。解除之前不会删除这笔受理单的任何资料。")
    if acting.attempt_form(lambda: set_hold(desk, actor, number, reason), done, "hold_"):
        for key in ("number", "reason"):
            st.session_state[f"hold_new_{key}"] = ""


def _new_hold() -> None:
    with st.form("hold", border=False):
        st.text_input(_("受理单号"), key="hold_new_number", max_chars=20, placeholder=_("16 位受理单号"))
        acting.field_error("hold_number")
        st.text_input(_("保全的依据"), key="hold_new_reason", max_chars=MOST_REASON,
                      placeholder=_("例如：法院协助保全通知书的文号"))  # fmt: skip
        acting.field_error("hold_reason")
        st.form_submit_button(_("法定保全"), key="hold_set", type="primary", on_click=_set)


def _hold(hold: LegalHold, names: Mapping[str, str]) -> None:
    with st.container(key=f"card-{hold.id}"):
        by = notice.plain(names.get(hold.set_by, ""))
        st.markdown(_("**受理单 {number}**　{name} 设于 {at}").format(
            number=hold.number, name=by, at=clock_words.exact(hold.set_at)))  # fmt: skip
        st.markdown(notice.plain(hold.reason))
        st.button(_("解除"), key=f"lift_{hold.id}", on_click=acting.ask, args=(f"{LIFT}|{hold.id}",))
    if acting.asking() == f"{LIFT}|{hold.id}":
        _ask_lift(hold)


@dialog("解除法定保全", on_dismiss=lambda: acting.ask(None))
def _ask_lift(hold: LegalHold) -> None:
    words = _("解除后，受理单 {number} 的资料在保存期满时删除，已经期满的当天就会删除，不能恢复。")
    st.markdown(words.format(number=hold.number))
    acting.show_refusal()
    acting.dialog_buttons(_("解除"), _lift, hold.id)


def _lift(hold_id: str) -> None:
    if acting.attempt(lambda: lift_hold(desk, actor, hold_id), _("已解除，保存期限重新计算。")):
        acting.ask(None)


def _erasures(rows: tuple[Erasure, ...], found: Keeping) -> None:
    if not rows:
        notice.empty_state(_("还没有删除过资料。到期的资料每天删除一次，每笔删除都会列在这里。"))
        return
    lines = [_("| 受理单 | 业务 | 类别 | 删除时间 | 由谁 | 记录 | 文件 |"), "|---|---|---|---|---|--:|--:|"]
    for row in rows:
        who = found.names.get(row.erased_by) or _("系统")
        words = (row.number, BUSINESSES[row.business].title, found.titles.get(row.kept_as, row.kept_as))
        parts = (*words, clock_words.exact(row.erased_at), who, str(row.rows), str(row.files))
        lines.append("| " + " | ".join(map(cell, parts)) + " |")
    st.markdown("\n".join(lines))
    if len(rows) == SHOWN:
        st.caption(_("只显示最近的 {most} 笔。").format(most=SHOWN))
    st.caption(
        _(
            "删除后只留下受理单号、业务、时间和统计数字；姓名、号码、证件、照片、录像和协议都已销毁，审计中只有不含姓名和号码的编号。"
        )
    )


st.title(_("保存与删除"))
if not acting.asking():
    acting.show_refusal()
try:
    keeping = read_retention(desk, actor)
except DeskError as error:
    notice.refusal(error.text)
    st.stop()
holds, erased, classes = st.tabs([_("法定保全"), _("删除记录"), _("保存期限")])
with holds:
    st.caption(notice.plain(keeping.about_holds))
    _new_hold()
    for each in keeping.holds:
        _hold(each, keeping.names)
    if not keeping.holds:
        notice.empty_state(_("没有保全中的受理单。涉及诉讼、调查或投诉的受理单，可以在这里保全，期满也不会删除。"))
with erased:
    _erasures(keeping.erasures, keeping)
with classes:
    _classes(keeping.classes)
