"""上传照片."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import DeskError
from core.records_photos import PhotoReading
from core.rules.firm_choices import upload_rule
from core.steps.photos import CONSENTS, PORTRAIT, REASON_MOST, RELATIONS, rejected_slots, wanted_slots
from core.usecases.photo_readings import own_readings
from core.usecases.photos import add_photo
from pages.parts import notice, photo_result
from pages.parts.language import _, dialog, spoken
from pages.parts.live_photo import show_marks, take_photo, write_signature
from pages.parts.papers_text import policy_dialog
from pages.parts.step import StepView

ENDINGS = {"jpg": ["jpg", "jpeg"], "heic": ["heic", "heif"]}
"""Kind of picture -> endings of its files, where these differ."""
HINTS = {
    "id_front": "有头像的一面，四角完整，字迹清楚。",
    "id_back": "有国徽的一面，有效期清楚。",
    "signature": "在白纸上用黑色笔手写本人姓名。",
    "portrait": "现场拍摄，手持身份证放在脸旁，脸和证件都要清楚。",
}


def upload(view: StepView, slot: str, title: str, *, number: int = 0) -> None:
    """The page's camera view, and a file chooser, renewed after each upload; the portrait is only taken live."""
    show_marks(view, slot)
    take_photo(view, slot)
    if slot == PORTRAIT:
        return
    name = view.key(f"{slot}_{number}")
    turn = st.session_state.get(f"{name}_turn", 0)
    rule = upload_rule(view.loaded.rules["business_rules"])
    endings = [ending for kind in rule.kinds for ending in ENDINGS.get(kind, [kind])]
    file = st.file_uploader(title, type=endings, key=f"{name}_{turn}", max_upload_size=rule.most_mb)
    if file is None:
        return
    st.session_state[f"{name}_turn"] = turn + 1
    try:
        with st.spinner(_("正在处理照片…")):
            add_photo(view.desk, view.actor, view.case_id, slot, file.getvalue(), file.name,
                      device=view.session.device)  # fmt: skip
        view.fail({})
    except DeskError as error:
        view.fail({slot: error.text})
    st.rerun()


def _slot(view: StepView, slot: str, title: str, readings: dict[str, PhotoReading]) -> None:
    again = slot in rejected_slots(view.loaded.facts, view.loaded.rules)
    with st.container(key=f"card-{slot}"):
        st.markdown(f"**{title}**　{_(HINTS[slot])}")
        for item in view.loaded.facts.slot(slot)[-1:]:
            photo_result.show(view, item, readings.get(item.id), _("需要重新上传") if again else _("已上传"))
        upload(
            view,
            slot,
            _("更换{title}").format(title=title)
            if view.loaded.facts.slot(slot)
            else _("上传{title}").format(title=title),
        )
        if slot == "signature":
            write_signature(view)
        view.show_error(slot)


@dialog("拍照规范")
def _guide(view: StepView) -> None:
    guide = view.loaded.rules["notices"]["notices"]["photo_guide"]
    st.markdown(notice.plain(guide["text"]))
    if st.button(_("我知道了"), type="primary", key="guide_close"):
        st.rerun()


def _assistance(view: StepView) -> None:
    """Somebody beside the customer is declared here and becomes known to witness and reviewer."""
    label, ticked = _("有人在旁协助我操作（没有请不要勾选）"), view.values.get("assisted") is True
    if not st.checkbox(label, value=ticked, key=view.key("assisted")):
        return
    st.caption(_("他人可以帮您操作手机，但不能代您回答、签字或输入密码。视频验证时，工作人员会先和协助您的人见面。"))
    codes, chosen = list(RELATIONS), view.values.get("relation")
    st.selectbox(
        _("协助人与您的关系"),
        codes,
        format_func=spoken(RELATIONS),
        key=view.key("relation"),
        placeholder=_("请选择"),
        index=codes.index(chosen) if chosen in RELATIONS else None,
    )
    view.show_error("relation")
    st.text_input(
        _("需要协助的原因"),
        value=str(view.values.get("reason") or ""),
        key=view.key("reason"),
        max_chars=REASON_MOST,
        placeholder=_("例如：不熟悉手机操作"),
    )
    view.show_error("reason")


def _answers(view: StepView) -> dict[str, Any]:
    held = {name: st.session_state.get(view.key(name)) for name in (*CONSENTS, "assisted", "relation", "reason")}
    return {**held, **{name: bool(held[name]) for name in (*CONSENTS, "assisted")}}


def draw(view: StepView) -> None:
    """The firm's photos, the liability letter, two separate consents."""
    if st.button(_("拍照规范"), key="guide", type="tertiary", icon=":material/photo_camera:"):
        _guide(view)
    readings = own_readings(view.desk, view.actor, view.loaded.facts)
    for slot, title in wanted_slots(view.loaded.facts, view.loaded.rules).items():
        _slot(view, slot, _(title), readings)
    photo_result.watch(view, readings)
    rules = view.loaded.rules
    for key, label in CONSENTS.items():
        st.checkbox(_(label), value=view.values.get(key) is True, key=view.key(key))
        view.show_error(key)
        if st.button(_("查看全文"), key=view.key(f"{key}_open"), type="tertiary"):
            policy_dialog(rules, key)
    _assistance(view)
    with st.expander(_("不同意怎么办")):
        st.markdown(notice.plain(rules["notices"]["notices"]["consent_refused"]["text"]))

    view.actions(lambda: view.save(_answers(view)))
