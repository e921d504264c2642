"""The figure at the end of a test run: how many faults were injected, and how many invariants broke.

Processes of a distributed run send theirs to the one that prints.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from azoth.testing.faults import Report

KEY = "faults"


@dataclass
class Figure:
    scenarios: int = 0
    calls: int = 0
    calls_hit: int = 0
    faults: int = 0
    possible: int = 0
    broken: int = 0

    def add(self, other: Figure) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self) -> str:
        share = 100 * self.calls_hit // self.calls if self.calls else 0
        sampled = "" if self.faults == self.possible else f" (SAMPLED: {self.possible} possible)"
        return (
            f"{self.scenarios} scenarios, {self.calls} driver calls ({share} % failed), "
            f"{self.faults} faults{sampled}, {self.broken} broken invariants"
        )


FIGURE = Figure()
"""That of this process, and in the one that prints, of all."""


def count(report: Report) -> None:
    """Add what a check did."""
    FIGURE.add(Figure(1, len(report.calls), len(report.hit), report.injected, report.possible, len(report.broken)))


def send(config: Any) -> None:
    """Send the figure of a worker process to the one that prints."""
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output[KEY] = astuple(FIGURE)


def receive(node: Any) -> None:
    """Take the figure of a worker process that has ended."""
    output = getattr(node, "workeroutput", None) or {}
    if KEY in output:
        FIGURE.add(Figure(*output[KEY]))


def show(terminalreporter: Any) -> None:
    """Print the figure, where there is one."""
    if FIGURE.scenarios:
        terminalreporter.section("faults")
        terminalreporter.line(str(FIGURE))
