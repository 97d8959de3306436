"""银行卡."""

from __future__ import annotations

import streamlit as st

from core.flow import Evidence
from core.rules.bank_card import check_card_number, find_bank, offered_banks
from core.rules.firm_choices import asks_bank_branch
from core.rules.masks import mask_card
from core.steps.bank import cards
from core.usecases.bank_cards import add_card, remove_card
from core.usecases.photo_readings import is_awaited, own_readings
from pages.parts import notice, photo_result, state
from pages.parts.language import _, dialog, spoken
from pages.parts.state import Key
from pages.parts.step import StepView
from pages.steps.photos import upload


def _list(view: StepView) -> None:
    for card in cards(view.loaded.facts.values("bank")):
        with st.container(key=f"card-{card['photo'][:8]}", horizontal=True, vertical_alignment="center"):
            office = notice.plain(str(card.get("branch", "")))
            st.markdown(f":material/credit_card: **{card['bank_name']}**　{mask_card(card['number'])}　{office}")
            st.button(
                _("删除"),
                key=f"remove_{card['photo'][:8]}",
                type="tertiary",
                on_click=view.press,
                args=(remove_card, view.desk, view.actor, view.case_id, card["photo"]),
            )


def _spare_photo(view: StepView) -> Evidence | None:
    """The newest card photo that no stored card uses yet."""
    used = {card["photo"] for card in cards(view.loaded.facts.values("bank"))}
    spare = [item for item in view.loaded.facts.slot("bank_card") if item.id not in used]
    return spare[-1] if spare else None


def _read_number(view: StepView, photo: Evidence | None) -> tuple[str, bool]:
    """Show the photo with its result; the card number that it says, and whether it is still being read."""
    if photo is None:
        return "", False
    readings = own_readings(view.desk, view.actor, view.loaded.facts)
    reading = readings.get(photo.id)
    photo_result.show(view, photo, reading, _("新卡照片"))
    photo_result.watch(view, readings)
    return reading.holding("card_number") if reading else "", is_awaited(reading, photo, view.desk)


def _number(view: StepView, photo: Evidence | None, read: str, name: str) -> str:
    """The number's field; what the photo says starts it when it is first drawn, never later: words may stand there."""
    key, started = view.key(name), view.key(f"{name}_started")
    held = st.session_state
    if photo and held.get(started) != photo.id:
        held[started] = photo.id
        if read and not held.get(key):
            held[key] = read
    elif read and not held.get(key):
        label, icon = _("填入照片识别的卡号"), ":material/document_scanner:"
        st.button(label, key="fill_number", icon=icon, on_click=_fill, args=(key, read))
    number = st.text_input(_("银行卡号"), key=key, max_chars=30, placeholder=_("16 至 19 位数字"))
    if read and number == read:
        st.caption(_(":material/document_scanner: 由照片识别，请核对"))
    return number


def _bank(view: StepView, number: str, turn: int) -> str | None:
    """The bank that the number tells, or the customer's choice."""
    table, demo = view.loaded.rules["banks"], view.desk.settings.demo
    normal = check_card_number(number) if number else None
    found = find_bank(normal, table, allow_demo=demo) if isinstance(normal, str) else None
    names = {row["code"]: row["name"] for row in offered_banks(table, allow_demo=demo)}
    recognised = found.code if found and found.code in names else None
    return st.selectbox(
        _("开户银行"),
        list(names),
        format_func=spoken(names),
        placeholder=_("未识别，请选择"),
        index=list(names).index(recognised) if recognised else None,
        key=view.key(f"bank_{recognised}_{turn}"),
    )


def _branch(view: StepView, turn: int) -> str:
    """The office of the bank, where the firm asks for it (R085)."""
    if not asks_bank_branch(view.loaded.rules["business_rules"]):
        return ""
    example = _("省/市/支行，例如：上海市/黄浦区/样张支行")
    branch = st.text_input(_("开户网点"), key=view.key(f"branch_{turn}"), max_chars=60, placeholder=example)
    view.show_error("branch")
    return branch


def _add(view: StepView) -> None:
    with st.container(key="card-new"):
        st.markdown(_("**添加银行卡**"))
        upload(view, "bank_card", _("上传银行卡照片（有卡号的一面）"))
        view.show_error("bank_card")
        photo = _spare_photo(view)
        read, awaited = _read_number(view, photo)
        view.show_error("photo")
        turn = len(cards(view.loaded.facts.values("bank")))
        by_hand, name = view.key(f"by_hand_{turn}"), f"number_{turn}"
        if awaited and not (st.session_state.get(by_hand) or st.session_state.get(view.key(name))):
            st.button(_("不等识别，自己填写"), key="by_hand", type="tertiary", on_click=_by_hand, args=(by_hand,))
            return
        number = _number(view, photo, read, name)
        view.show_error("number")
        bank = _bank(view, number, turn)
        view.show_error("bank")
        branch = _branch(view, turn)

        def store() -> None:
            errors = {}
            checked = view.attempt(
                lambda: errors.update(
                    add_card(view.desk, view.actor, view.case_id, number, bank or "", photo.id if photo else "", branch)
                )
            )
            if errors:
                view.fail(errors)
            elif checked is None and "step" not in view.errors():
                view.fail({})

        st.button(_("添加这张卡"), key="add_card", on_click=store, width="stretch")


def _fill(key: str, number: str) -> None:
    st.session_state[key] = number


def _by_hand(key: str) -> None:
    st.session_state[key] = True


@dialog("使用提示", on_dismiss=lambda: state.drop(Key.ASKING))
def _usage(view: StepView) -> None:
    st.markdown(notice.plain(view.loaded.rules["notices"]["notices"]["bank_usage"]["text"]))
    if st.button(_("确定"), type="primary", key="usage_ok", width="stretch"):
        view.save({**_kept(view), "usage": True})
        st.rerun()


def _kept(view: StepView) -> dict[str, object]:
    return {"cards": cards(view.loaded.facts.values("bank"))}


def draw(view: StepView) -> None:
    """List, delete, add; 下一步 shows the usage notice (R082)."""
    _list(view)
    _add(view)
    view.show_error("cards")

    def go_on() -> None:
        if _kept(view)["cards"]:
            state.put(Key.ASKING, "bank_usage")
        else:
            view.save(_kept(view))

    view.actions(go_on)
    if state.get(Key.ASKING) == "bank_usage":
        _usage(view)
