"""协议管理: the firm's agreements, their versions, drafts, approval and try-out (R123, R128-R130, R192)."""

from __future__ import annotations

import streamlit as st

from core.errors import DeskError
from core.records_rules import DRAFT_TITLES
from core.usecases.agreement_desk import Book, Entry, agreement_book
from pages.parts import acting, notice, visitor, wiring
from pages.parts.agreement_draft import NEW, draft_page, go, start
from pages.parts.agreement_history import STATES, agreement_history, days
from pages.parts.agreement_try import agreement_try, no_agreements
from pages.parts.language import _
from pages.parts.list_and_detail import list_and_detail

TRY = "try"
guest = visitor.read()
desk, actor = wiring.desk(), guest.actor_staff
assert actor is not None
asked = {name: str(st.query_params.get(name, "")) for name in ("agreement", "draft", "view")}


def _entry(book: Book, entry: Entry) -> None:
    edition = entry.shown(book.today)
    planned = [each for each in entry.editions if each.state(book.today) == "planned" and each is not edition]
    uses = list(entry.uses.values())
    label = _("**《{row}》**  \n").format(row=notice.plain(edition.row["title"]))
    label += f"{notice.plain(edition.row['version'])}　{_(STATES[edition.state(book.today)])}　{days(edition)}"
    if planned:
        label += _("  \n待生效：{row}，{days}").format(
            row=notice.plain(planned[0].row["version"]), days=days(planned[0])
        )
    if uses:
        label += _("  \n{sum} 笔业务使用，{sum_2} 笔已签署").format(
            sum=sum(use.cases for use in uses), sum_2=sum(use.signed for use in uses)
        )
    kind = "primary" if entry.code == asked["agreement"] and not asked["draft"] else "secondary"
    with st.container(key=f"entry-{entry.code}"):
        st.button(label, key=f"agreement_{entry.code}", type=kind, width="stretch", on_click=go,
                  kwargs={"agreement": entry.code})  # fmt: skip


def _drafts(book: Book) -> None:
    for draft, name in book.drafts:
        label = _(":material/edit_note: {draft_titles}：{name}").format(
            draft_titles=DRAFT_TITLES[draft.state], name=notice.plain(name)
        )
        if draft.content.note:
            label += f"  \n{notice.plain(draft.content.note[:30])}"
        with st.container(key=f"entry-draft-{draft.id}"):
            st.button(label, key=f"draft_{draft.id}", width="stretch", on_click=go, kwargs={"draft": draft.id})


def _list(book: Book) -> None:
    with st.container(horizontal=True):
        st.button(
            _("新的协议"), key="agreement_new", icon=":material/add:", on_click=start, args=(desk, actor, book, NEW)
        )
        st.button(_("试一试"), key="agreement_try", icon=":material/rule:", on_click=go, kwargs={"view": TRY})
    _drafts(book)
    for entry in book.entries:
        _entry(book, entry)


def _chosen(book: Book) -> None:
    found = next((entry for entry in book.entries if entry.code == asked["agreement"]), None)
    if asked["view"] == TRY:
        agreement_try(desk, actor, book)
    elif found:
        agreement_history(desk, actor, book, found, lambda: start(desk, actor, book, found.code))
    else:
        no_agreements()


def _page() -> None:
    book = agreement_book(desk, actor)
    if asked["draft"]:
        st.button(_("返回列表"), key="agreement_back", icon=":material/arrow_back:", on_click=go)
        draft_page(desk, actor, book, asked["draft"], asked["agreement"])
        return
    acting.show_refusal()
    left, right = list_and_detail()
    with left:
        _list(book)
    with right:
        _chosen(book)


st.title(_("协议管理"))
try:
    _page()
except DeskError as error:
    notice.refusal(error.text)
