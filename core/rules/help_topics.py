"""Which help topics stand beside a step, and which ones a search finds (R014, R020, R197)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

EVERY = "*"
"""In a topic's steps: beside every step."""
_BETWEEN_WORDS = re.compile(r"[\s，。、；：？！,.;:?!]+")

Topic = Mapping[str, Any]


def topics_beside(step: str, topics: Iterable[Topic]) -> list[Topic]:
    """The topics declared for a step, those of this step alone before those of many."""
    found = [topic for topic in topics if step in topic["steps"] or EVERY in topic["steps"]]
    return sorted(found, key=lambda topic: (EVERY in topic["steps"], len(topic["steps"])))


def search_topics(words: str, topics: Iterable[Topic]) -> list[Topic]:
    """All topics without words; else those with every word in title, keywords or text, the closest first.

    Chinese is typed without spaces, so when no topic has it all, those with at least half of its pairs of letters
    are offered: 证书密码忘了 finds what speaks of 证书密码.
    """
    wanted = [word for word in _BETWEEN_WORDS.split(_plain(words)) if word]
    offered = list(topics)
    if not wanted:
        return offered
    exact = [topic for topic in offered if all(word in _everything(topic) for word in wanted)]
    if exact:
        return sorted(exact, key=lambda topic: -sum(word in _head(topic) for word in wanted))
    pairs = {word[at : at + 2] for word in wanted for at in range(len(word) - 1)}
    shared = [(sum(pair in _everything(topic) for pair in pairs), topic) for topic in offered]
    near = [(hits, topic) for hits, topic in shared if pairs and 2 * hits >= len(pairs)]
    return [topic for _, topic in sorted(near, key=lambda row: -row[0])]


def _plain(text: str) -> str:
    """Full-width letters narrow, capitals small: `Ｐ１２` is `p12`."""
    return unicodedata.normalize("NFKC", text).casefold()


def _head(topic: Topic) -> str:
    return _plain("\n".join([topic["title"], *topic["keywords"]]))


def _everything(topic: Topic) -> str:
    return f"{_head(topic)}\n{_plain(topic['text'])}"
