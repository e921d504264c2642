"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from azoth.exc import AzothWarning
from azoth.testing.faults.calls import Call, Injection

__all__ = ["BrokenInvariant", "Report", "SampledWarning"]

MOST_SHOWN: Final = 5
"""Faults that a report names for one finding; one cause shows up at many of them."""


class SampledWarning(AzothWarning):
    """Warn that a check ran only some of the possible faults."""


@dataclass(frozen=True)
class BrokenInvariant:
    """Something that must hold after every fault, and did not.

    Args:
        scenario: the scenario's name.
        faults: what was injected.
        invariant: what must hold.
        detail: what was found instead.
    """

    scenario: str
    faults: tuple[Injection, ...]
    invariant: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant}, but found: {self.detail} ({self.at})"

    @property
    def at(self) -> str:
        """The faults, in words."""
        return ", then ".join(str(injection) for injection in self.faults)


@dataclass
class Report:
    """What a check did and found.

    Args:
        scenario: the scenario's name.
        calls: the driver calls of the run without faults.
        possible: in how many ways they can fail.
        injected: how many of them were run.
        hit: the numbers of the calls that failed in one of them.
        broken: the invariants that did not hold.
    """

    scenario: str
    calls: tuple[Call, ...]
    possible: int = 0
    injected: int = 0
    hit: set[int] = field(default_factory=set)
    broken: list[BrokenInvariant] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether every possible fault was run."""
        return self.injected == self.possible

    def raise_if_broken(self) -> None:
        """Raise AssertionError, with this report as its text, if an invariant did not hold."""
        if self.broken:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        reach = f"{self.injected} faults at {len(self.hit)} of {len(self.calls)} driver calls"
        lines = [f"{self.scenario}: {reach}, {len(self.broken)} broken invariants"]
        if not self.is_complete:
            lines.append(f"SAMPLED: only {self.injected} of {self.possible} possible faults were run")
        for (invariant, detail), places in self._findings().items():
            lines += [f"  {invariant}", f"    found: {detail}"]
            lines += [f"      {place}" for place in places[:MOST_SHOWN]]
            if len(places) > MOST_SHOWN:
                lines.append(f"      and {len(places) - MOST_SHOWN} more")
        return "\n".join(lines)

    def _findings(self) -> dict[tuple[str, str], list[str]]:
        """Group what does not hold, with the faults that show it."""
        findings: dict[tuple[str, str], list[str]] = {}
        for broken in self.broken:
            findings.setdefault((broken.invariant, broken.detail), []).append(broken.at)
        return findings
