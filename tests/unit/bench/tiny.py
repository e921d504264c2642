"""How much the benchmark's tests measure."""

from __future__ import annotations

from bench.scale import Scale

SCALE = Scale(
    people=100,
    changed=20,
    single=10,
    parents=5,
    children=3,
    touched=10,
    vehicles=40,
    changed_vehicles=20,
    streamed=250,
)
