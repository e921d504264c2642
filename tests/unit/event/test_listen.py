"""listen(), listens_for(), remove(), contains() on a family of events made for the purpose."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from azoth import event, exc


class Bell:
    dispatch: event.Dispatch

    def ring(self, tone: str) -> str:
        for listener in self.dispatch.rung:
            listener(self, tone)
        for listener in self.dispatch.chosen:
            tone = listener(self, tone)
        return tone


class BigBell(Bell):
    pass


class BellEvents(event.Events):
    _groups = {"any": ("rung", "chosen")}

    def rung(self, bell: Any, tone: str) -> None:
        """The bell was rung."""

    @event.replaces("tone")
    def chosen(self, bell: Any, tone: str) -> None:
        """The tone is chosen."""

    @event.may_omit(1)
    def cracked(self, bell: Any, where: str) -> None:
        """The bell has a crack."""


BellEvents._accept(Bell)


@pytest.fixture
def heard() -> list[str]:
    return []


def test_an_unheard_event_is_an_empty_tuple() -> None:
    assert Bell().dispatch.rung == ()


def test_a_listener_of_an_instance_hears_only_that_instance(heard: list[str]) -> None:
    bell, other = Bell(), Bell()
    event.listen(bell, "rung", lambda bell, tone: heard.append(tone))
    bell.ring("a")
    other.ring("b")
    assert heard == ["a"]


def test_a_listener_of_a_class_hears_instances_made_before_and_after(heard: list[str]) -> None:
    before = BigBell()

    def listener(bell: Any, tone: str) -> None:
        heard.append(tone)

    event.listen(BigBell, "rung", listener)
    before.ring("a")
    BigBell().ring("b")
    Bell().ring("c")
    event.remove(BigBell, "rung", listener)
    before.ring("d")
    assert heard == ["a", "b"]


def test_a_listener_of_the_base_class_hears_subclasses_that_are_listened_to_themselves(heard: list[str]) -> None:
    def base(bell: Any, tone: str) -> None:
        heard.append("base " + tone)

    def sub(bell: Any, tone: str) -> None:
        heard.append("sub " + tone)

    bell = BigBell()
    event.listen(bell, "rung", lambda bell, tone: heard.append("own " + tone))
    event.listen(BigBell, "rung", sub)
    event.listen(Bell, "rung", base)
    try:
        bell.ring("a")
    finally:
        event.remove(Bell, "rung", base)
        event.remove(BigBell, "rung", sub)
    assert heard == ["base a", "sub a", "own a"]


def test_insert_puts_a_listener_before_the_others(heard: list[str]) -> None:
    bell = Bell()
    event.listen(bell, "rung", lambda bell, tone: heard.append("first added"))
    event.listen(bell, "rung", lambda bell, tone: heard.append("inserted"), insert=True)
    bell.ring("a")
    assert heard == ["inserted", "first added"]


def test_once_calls_a_listener_one_time(heard: list[str]) -> None:
    bell = Bell()

    def listener(bell: Any, tone: str) -> None:
        heard.append(tone)

    event.listen(bell, "rung", listener, once=True)
    bell.ring("a")
    bell.ring("b")
    assert heard == ["a"]
    assert not event.contains(bell, "rung", listener)


def test_named_passes_the_arguments_by_name(heard: list[str]) -> None:
    bell = Bell()
    event.listen(bell, "rung", lambda **kw: heard.append(f"{sorted(kw)} {kw['tone']}"), named=True)
    bell.ring("a")
    assert heard == ["['bell', 'tone'] a"]


def test_what_a_listener_returns_counts_only_with_retval() -> None:
    bell = Bell()
    event.listen(bell, "chosen", lambda bell, tone: "ignored")
    assert bell.ring("a") == "a"
    event.listen(bell, "chosen", lambda bell, tone: tone + "!", retval=True)
    assert bell.ring("a") == "a!"


def test_listens_for_gives_the_function_back(heard: list[str]) -> None:
    bell = Bell()

    @event.listens_for(bell, "rung")
    def listener(bell: Any, tone: str) -> None:
        heard.append(tone)

    assert event.contains(bell, "rung", listener)
    bell.ring("a")
    event.remove(bell, "rung", listener)
    bell.ring("b")
    assert heard == ["a"]


def test_a_group_holds_the_listeners_of_its_events() -> None:
    bell = Bell()
    assert not bell.dispatch.any
    event.listen(bell, "chosen", lambda bell, tone: tone)
    assert len(bell.dispatch.any) == 1


def test_a_listener_may_omit_trailing_arguments_where_the_event_says_so(heard: list[str]) -> None:
    bell = Bell()
    event.listen(bell, "cracked", lambda bell: heard.append("crack"))
    for listener in bell.dispatch.cracked:
        listener(bell, "top")
    assert heard == ["crack"]


def test_a_listener_with_the_wrong_arguments_is_refused_at_once() -> None:
    with pytest.raises(exc.ArgumentError, match=r"\(bell, tone\)"):
        event.listen(Bell(), "rung", lambda only: None)


def test_an_unknown_event_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(exc.InvalidRequestError, match="did you mean 'rung'"):
        event.listen(Bell(), "rungg", lambda bell, tone: None)


def test_a_target_without_events_is_an_error() -> None:
    with pytest.raises(exc.InvalidRequestError, match="has no events"):
        event.listen(object(), "rung", lambda bell, tone: None)


def test_an_unknown_option_is_an_error() -> None:
    with pytest.raises(exc.ArgumentError, match="'twice'"):
        event.listen(Bell(), "rung", lambda bell, tone: None, twice=True)


def test_removing_what_does_not_listen_is_an_error() -> None:
    with pytest.raises(exc.InvalidRequestError, match="does not listen"):
        event.remove(Bell(), "rung", print)


def test_listening_does_not_keep_an_instance_alive() -> None:
    bell = Bell()
    event.listen(bell, "rung", lambda bell, tone: None)
    gone = weakref.ref(bell)
    del bell
    gc.collect()
    assert gone() is None
