"""Help beside a step and the search in it (R014, R020, R197)."""

from __future__ import annotations

import pytest

from core.defaults import load_kind
from core.rules.help_topics import search_topics, topics_beside

TOPICS = load_kind("help")["topics"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("摄像头", "camera"),
        ("p12", "certificate_import"),
        ("Ｐ１２　新设备", "certificate_import"),
        ("验证码，拦截", "sms"),
        ("Wi-Fi 4G", "call_failed"),
        ("摄像头黑屏打不开", "camera"),
        ("协议字太小", "agreements"),
    ],
)
def test_a_search_finds_words_anywhere_and_several_at_once(words: str, first: str) -> None:
    assert search_topics(words, TOPICS)[0]["key"] == first


def test_every_word_has_to_be_there() -> None:
    one, both = search_topics("证书", TOPICS), search_topics("证书 备份", TOPICS)
    assert 0 < len(both) < len(one)
    assert all("备份" in str(topic) and "证书" in str(topic) for topic in both)


@pytest.mark.parametrize("words", ["", "  ", "，。"])
def test_no_words_show_everything(words: str) -> None:
    assert search_topics(words, TOPICS) == TOPICS


@pytest.mark.parametrize("words", ["天气预报", "zzz", "鳗"])
def test_what_nobody_wrote_about_finds_nothing(words: str) -> None:
    assert search_topics(words, TOPICS) == []


@pytest.mark.parametrize(
    ("step", "first"),
    [("witness", "video_steps"), ("suitability", "suitability"), ("certificate", "certificate_export")],
)
def test_what_is_about_the_step_comes_before_what_is_always_there(step: str, first: str) -> None:
    keys = [topic["key"] for topic in topics_beside(step, TOPICS)]
    assert (keys[0], keys[-2:]) == (first, ["interrupted", "consult"])


def test_a_step_without_topics_of_its_own_still_says_where_to_ask() -> None:
    assert [topic["key"] for topic in topics_beside("brand_new", TOPICS)] == ["interrupted", "consult"]
