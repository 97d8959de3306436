"""接口与通知: keys of the read-only API, addresses that hear of cases, and what became of each delivery."""

from __future__ import annotations

import streamlit as st

from core.published_events import EVENT_TITLES
from core.records_interfaces import ApiKey, Webhook
from core.usecases.api_keys import DEFAULT_SCOPES, SCOPES, TITLE_MOST, add_key, api_keys, revoke_key
from core.usecases.webhooks import add_webhook, close_webhook, delivery_log
from core.webhooks import SIGNATURE, URL_MOST
from pages.parts import acting, clock_words, notice, visitor, wiring
from pages.parts.deliveries import show_deliveries
from pages.parts.language import _, dialog

guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
KEYS, HOOKS, LOG = "keys", "hooks", "log"
PARTS = {KEYS: _("API 密钥"), HOOKS: _("通知地址"), LOG: _("投递记录")}
SHOWN_ONCE = "interface_made"
"""Session state: the key or secret that was made last, until somebody says that it is stored."""
REVOKE, CLOSE = "revoke_key", "close_hook"


def _forget() -> None:
    st.session_state.pop(SHOWN_ONCE, None)


def _show_secret() -> None:
    found = st.session_state.get(SHOWN_ONCE)
    if not found:
        return
    with st.container(key="card-secret"):
        st.markdown(_("**请现在复制保存，离开后不再显示。**"))
        st.code(found, language=None)
        st.button(_("我已保存"), key="secret_stored", on_click=_forget)


def _add_key() -> None:
    values, made = st.session_state, list[str]()

    def act() -> dict[str, str]:
        errors, token = add_key(desk, actor, str(values.get("key_title") or ""), values.get("key_scopes") or [])
        made.append(token)
        return errors

    if acting.attempt_form(act, _("密钥已生成。"), "key_"):
        st.session_state[SHOWN_ONCE] = made[0]


def _revoke(key_id: str) -> None:
    if acting.attempt(lambda: revoke_key(desk, actor, key_id), _("密钥已停用。")):
        acting.ask(None)


@dialog("停用密钥", on_dismiss=lambda: acting.ask(None))
def _ask_revoke(key: ApiKey) -> None:
    st.markdown(notice.plain(_("停用后，使用“{title}”的系统会立即无法读取。").format(title=_(key.title))))
    acting.show_refusal()
    acting.dialog_buttons(_("停用"), _revoke, key.id)


def _key(key: ApiKey) -> None:
    with st.container(key=f"card-key-{key.id}"):
        st.markdown(f"**{notice.plain(key.title)}**　…{notice.plain(key.hint)}")
        st.caption(_("、").join(_(SCOPES[scope]) for scope in key.scopes if scope in SCOPES))
        made = clock_words.exact(key.created_at)
        used = clock_words.exact(key.used_at) if key.used_at else _("还没有使用")
        st.caption(_("生成于 {made}　最近使用：{used}").format(made=made, used=used))
        if key.revoked_at:
            st.caption(_("已停用于 {revoked}").format(revoked=clock_words.exact(key.revoked_at)))
        else:
            st.button(_("停用"), key=f"revoke_{key.id}", on_click=acting.ask, args=(f"{REVOKE}|{key.id}",))


def _keys() -> None:
    st.caption(_("其他系统用密钥读取受理单和事件，只能读取，不能修改。接口说明：/api/v1/openapi.json"))
    with st.form("key_form", clear_on_submit=True):
        st.text_input(_("名称"), key="key_title", max_chars=TITLE_MOST, placeholder=_("例如：数据仓库"))
        acting.field_error("key_title")
        st.multiselect(_("权限"), list(SCOPES), default=list(DEFAULT_SCOPES), key="key_scopes",
                       format_func=lambda scope: _(SCOPES[scope]))  # fmt: skip
        acting.field_error("key_scopes")
        st.form_submit_button(_("生成密钥"), key="key_add", on_click=_add_key)
    found = api_keys(desk, actor)
    for key in found:
        _key(key)
    if not found:
        notice.empty_state(_("还没有密钥。"))
    asked = acting.asking().removeprefix(f"{REVOKE}|")
    for key in found:
        if key.id == asked:
            _ask_revoke(key)


def _add_hook() -> None:
    values, made = st.session_state, list[str]()

    def act() -> dict[str, str]:
        title, url = str(values.get("hook_title") or ""), str(values.get("hook_url") or "")
        errors, secret = add_webhook(desk, actor, title, url, values.get("hook_kinds") or [])
        made.append(secret)
        return errors

    if acting.attempt_form(act, _("通知地址已添加。"), "hook_"):
        st.session_state[SHOWN_ONCE] = made[0]


def _close(webhook_id: str) -> None:
    if acting.attempt(lambda: close_webhook(desk, actor, webhook_id), _("通知地址已停用。")):
        acting.ask(None)


@dialog("停用通知地址", on_dismiss=lambda: acting.ask(None))
def _ask_close(hook: Webhook) -> None:
    st.markdown(notice.plain(_("停用后不再向“{title}”投递，等待中的通知也会停止。").format(title=_(hook.title))))
    acting.show_refusal()
    acting.dialog_buttons(_("停用"), _close, hook.id)


def _hook(hook: Webhook) -> None:
    with st.container(key=f"card-hook-{hook.id}"):
        st.markdown(f"**{notice.plain(hook.title)}**　{notice.plain(hook.url)}")
        st.caption(_("、").join(_(EVENT_TITLES[kind]) for kind in hook.kinds if kind in EVENT_TITLES))
        if hook.active:
            st.button(_("停用"), key=f"close_{hook.id}", on_click=acting.ask, args=(f"{CLOSE}|{hook.id}",))
        else:
            st.caption(_("已停用"))


def _hooks() -> None:
    st.caption(
        _("受理单有变化时，系统向这些地址发送通知，不含客户信息。签名在请求头 {header} 中。").format(header=SIGNATURE)
    )
    with st.form("hook_form", clear_on_submit=True):
        st.text_input(_("名称"), key="hook_title", max_chars=TITLE_MOST, placeholder=_("例如：客户关系系统"))
        acting.field_error("hook_title")
        st.text_input(_("地址"), key="hook_url", max_chars=URL_MOST, placeholder="https://")
        acting.field_error("hook_url")
        st.multiselect(_("事件"), list(EVENT_TITLES), default=list(EVENT_TITLES), key="hook_kinds",
                       format_func=lambda kind: _(EVENT_TITLES[kind]))  # fmt: skip
        acting.field_error("hook_kinds")
        st.form_submit_button(_("添加地址"), key="hook_add", on_click=_add_hook)
    found = delivery_log(desk, actor).hooks
    for hook in found:
        _hook(hook)
    if not found:
        notice.empty_state(_("还没有通知地址。"))
    asked = acting.asking().removeprefix(f"{CLOSE}|")
    for hook in found:
        if hook.id == asked:
            _ask_close(hook)


st.title(_("接口与通知"))
_show_secret()
if not acting.asking():
    acting.show_refusal()
part = st.segmented_control(_("内容"), list(PARTS), default=KEYS, key="interface_part", format_func=PARTS.__getitem__,
                            label_visibility="collapsed")  # fmt: skip
if part == LOG:
    show_deliveries(desk, actor)
elif part == HOOKS:
    _hooks()
else:
    _keys()
