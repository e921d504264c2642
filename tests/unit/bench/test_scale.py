"""The benchmark's sizes."""

from __future__ import annotations

from bench.scale import Scale


def test_a_scale_is_multiplied_and_keeps_its_families() -> None:
    tenth = Scale().times(0.1)
    assert (tenth.people, tenth.changed, tenth.streamed) == (5_000, 1_000, 100_000)
    assert (tenth.parents, tenth.children) == (100, 10)


def test_a_scale_keeps_enough_to_measure() -> None:
    assert Scale().times(0.000_001).people == 10


def test_a_scale_travels_to_another_process() -> None:
    assert Scale.read(Scale(people=3).written()) == Scale(people=3)
