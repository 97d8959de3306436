"""Records the Streamlit calls of one run of a page and plays them again as a bare page: same widgets, nothing else.

What a page asks of `st` is kept with its arguments, in order, with the containers it stands in. The bare page makes
the same calls from a list; callbacks do nothing there. Pages are registered as on the real one, because page links
need them; the page that is shown is the list itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

SHOWN = "case"
MAIN = -1
CONTEXT = ("__enter__", "__exit__")


@dataclass
class Op:
    """One call: `target` is the number of the op whose result it was made on, with the part of a list of them."""

    target: tuple[int, int]
    name: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    inside: list[Op] = field(default_factory=list)


@dataclass
class Recording:
    """The calls of one run; `pages`, `config` and `navigation` are what those commands were given."""

    ops: list[Op] = field(default_factory=list)
    pages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    navigation: dict[str, Any] = field(default_factory=dict)


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    """The callback of every widget of a bare page."""


def _quiet(kwargs: dict[str, Any]) -> dict[str, Any]:
    quiet = {name: _nothing if name.startswith("on_") and callable(v) else v for name, v in kwargs.items()}
    return {name: v for name, v in quiet.items() if name not in {"args"}}


class Recorder:
    """Stands between a page and Streamlit for one run."""

    def __init__(self) -> None:
        self.made = Recording()
        self._into = self.made.ops
        self._deep = 0
        self._results: dict[int, tuple[int, int]] = {}
        self._kept: list[Any] = []

    def _numbered(self, result: Any) -> None:
        parts = result if isinstance(result, list | tuple) else [result]
        for position, part in enumerate(parts):
            if isinstance(part, DeltaGenerator):
                self._results[id(part)] = (len(self._kept), position)
        self._kept.append(result)

    def call(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        """`original` that also notes what the page itself asked for, not what Streamlit asks of itself."""

        def recorded(dg: DeltaGenerator, *args: Any, **kwargs: Any) -> Any:
            if self._deep:
                return original(dg, *args, **kwargs)
            self._deep += 1
            try:
                target = self._results.get(id(dg), (MAIN, 0))
                self._into.append(Op(target, name, () if name in CONTEXT else args, _quiet(kwargs)))
                result = original(dg, *args, **kwargs)
            finally:
                self._deep -= 1
            if name not in CONTEXT:
                self._numbered(result)
            return result

        return recorded

    def fragment(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """st.fragment that notes the calls of its function as calls inside it."""

        def decorate(function: Callable[[], None] | None = None, **options: Any) -> Any:
            if function is None:
                return lambda later: decorate(later, **options)

            def run() -> None:
                op, outer = Op((MAIN, 0), "fragment", kwargs=options), self._into
                outer.append(op)
                self._into, self._deep = op.inside, 0
                self._kept.append(None)
                try:
                    function()
                finally:
                    self._into, self._deep = outer, 1

            wrapped = original(run, **options)

            def called() -> None:
                self._deep = 1
                try:
                    wrapped()
                finally:
                    self._deep = 0

            return called

        return decorate

    def page(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """st.Page that notes its arguments."""

        def made(path: str, **kwargs: Any) -> Any:
            self.made.pages.append((path, kwargs))
            return original(path, **kwargs)

        return made

    def options(self, original: Callable[..., Any], into: dict[str, Any]) -> Callable[..., Any]:
        """A command whose keyword arguments are noted."""

        def called(*args: Any, **kwargs: Any) -> Any:
            into.update(kwargs)
            return original(*args, **kwargs)

        return called


def _element_names() -> list[str]:
    found = [name for name in vars(st) if isinstance(getattr(getattr(st, name), "__self__", None), DeltaGenerator)]
    return [name for name in found if hasattr(DeltaGenerator, name)]


@contextmanager
def recording() -> Iterator[Recording]:
    """Note every call that pages make while this lasts; one run of one session."""
    recorder, kept = Recorder(), {name: getattr(st, name) for name in _element_names()}
    commands = {name: getattr(st, name) for name in ("Page", "fragment", "navigation", "set_page_config")}
    methods = {name: getattr(DeltaGenerator, name) for name in (*kept, *CONTEXT)}
    for name, method in methods.items():
        setattr(DeltaGenerator, name, recorder.call(name, method))
    for name, bound in kept.items():
        setattr(st, name, getattr(bound.__self__, name))
    st.Page = recorder.page(commands["Page"])  # type: ignore[misc,assignment]
    st.fragment = recorder.fragment(commands["fragment"])
    st.navigation = recorder.options(commands["navigation"], recorder.made.navigation)
    st.set_page_config = recorder.options(commands["set_page_config"], recorder.made.config)
    try:
        yield recorder.made
    finally:
        for name, method in methods.items():
            setattr(DeltaGenerator, name, method)
        for name, value in {**kept, **commands}.items():
            setattr(st, name, value)


playing = Recording()
"""What the bare page shows on its next run."""


def bare_page() -> None:
    """The whole bare script."""
    st.set_page_config(**playing.config)
    pages = {}
    for path, options in playing.pages:
        pages[path] = st.Page(_play_all if options.get("url_path") == SHOWN else path, **options)
    st.navigation(list(pages.values()), **playing.navigation).run()


def _play_all() -> None:
    _play(playing.ops, [])


def _play(ops: Sequence[Op], results: list[Any]) -> None:
    for op in ops:
        if op.name == "fragment":
            results.append(None)
            st.fragment(lambda inside=op.inside: _play(inside, results), **op.kwargs)()
            continue
        number, part = op.target
        base = st if number == MAIN else results[number]
        on = base[part] if isinstance(base, list | tuple) else base
        if op.name == "__exit__":
            on.__exit__(None, None, None)
        elif op.name == "__enter__":
            on.__enter__()
        else:
            results.append(getattr(on, op.name)(*op.args, **op.kwargs))


def show(made: Recording) -> None:
    """What the bare page is to show from now on."""
    playing.__dict__.update(vars(made))
