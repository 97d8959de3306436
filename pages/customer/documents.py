"""协议下载: every document that the customer signed, whether its signatures hold, one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

import streamlit as st

from core.errors import DeskError
from core.usecases.own_documents import OwnDocument, check_signatures, own_documents
from pages.parts import clock_words, notice, visitor, wiring
from pages.parts.case_media import evidence_url
from pages.parts.language import _

BUNDLE = "/signed-documents.zip"
guest = visitor.read()
if guest.customer is None or guest.actor is None:
    st.switch_page("customer/sign_in.py")
desk, actor = wiring.desk(), guest.actor


def _icon(name: str) -> str:
    return f'<span class="jz-icon" aria-hidden="true">{name}</span>'


def _line(found: OwnDocument) -> str:
    """Title as a link, version, when, and what the server found in the file."""
    document, state = found.document, check_signatures(desk, actor.firm_id, found)
    address, title = (
        escape(evidence_url(str(document.signed_file))),
        escape(_("《{title}》").format(title=_(document.title))),
    )
    when = clock_words.exact(document.signed_at) if document.signed_at else ""
    about = " · ".join(filter(None, [_("版本 {version}").format(version=document.version), _(found.old), when]))
    mark = _icon("verified" if state.good and not state.broken else "error")
    link = f'<a href="{address}" download>{_icon("download")}{title}</a>'
    return f"<li>{link}<br><small>{escape(about)}<br>{mark} {escape(_(state.words))}</small></li>"


def _files(found: Sequence[OwnDocument]) -> None:
    st.html(f'<ul class="jz-files">{"".join(_line(each) for each in found)}</ul>')


def _by_business(found: Sequence[OwnDocument]) -> None:
    for _case, documents in groupby(found, lambda each: each.case.id):
        rows = list(documents)
        case = rows[0].case
        with st.container(key=f"card-{case.id[:8]}"):
            st.subheader(_(rows[0].title))
            st.caption(
                _("受理单 {number} · {exact}").format(number=case.number, exact=clock_words.exact(case.created_at))
            )
            _files(rows)


def _page() -> None:
    found = own_documents(desk, actor)
    if not found:
        notice.empty_state(_("暂无数据。签署协议后，可以在这里下载。"))
        return
    link = _('<li><a href="{bundle}" download>{icon}全部下载（共 {count} 份，含清单）</a></li>').format(
        bundle=BUNDLE, icon=_icon("folder_zip"), count=len(found)
    )
    st.html(f'<ul class="jz-files">{link}</ul>')
    with st.spinner(_("正在核验签名…")):
        _by_business([each for each in found if not each.old])
        old = [each for each in found if each.old]
        if old:
            with st.expander(
                _("以前的版本和已作废的协议（{count} 份）").format(count=len(old)), icon=":material/history:"
            ):
                _files(old)


st.title(_("协议下载"))
try:
    _page()
except DeskError as error:
    notice.refusal(error.text)
st.caption(_("下载的文件是 PDF，含您的数字签名、时间戳和期货公司的电子印章。刚签署的文件会在几分钟内盖章。"))
