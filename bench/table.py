"""The result as text: one line per work, azoth against each other library, with the targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.contestants import CONTESTANTS, Contestant
from bench.rounds import Times


@dataclass(frozen=True)
class Line:
    """What was measured of one work.

    ``faster_than_sqlalchemy``: how many times the figure of azoth SQLAlchemy's must be at least.
    ``slower_than_sqlite3``: how many times sqlite3's figure azoth's may be at most. ``at_most``: a bound for azoth's
    own figure. ``cpu``: a second figure, which is shown behind the first.
    """

    title: str
    figures: Times
    show: Callable[[float], str]
    faster_than_sqlalchemy: float | None = None
    slower_than_sqlite3: float | None = None
    at_most: float | None = None
    cpu: Times | None = None

    def met(self) -> bool | None:
        """Tell whether every target is reached; None without target or without figures."""
        verdicts = []
        azoth = self.figures.get("azoth")
        if azoth is None:
            return None
        if self.faster_than_sqlalchemy is not None and "sqlalchemy" in self.figures:
            verdicts.append(self.figures["sqlalchemy"] / azoth >= self.faster_than_sqlalchemy)
        if self.slower_than_sqlite3 is not None and "sqlite3" in self.figures:
            verdicts.append(azoth / self.figures["sqlite3"] <= self.slower_than_sqlite3)
        if self.at_most is not None:
            verdicts.append(azoth <= self.at_most)
        return all(verdicts) if verdicts else None

    def shown(self, name: str) -> str:
        """Show what one contestant's figures are."""
        if name not in self.figures:
            return "-"
        figure = self.show(self.figures[name])
        return figure if self.cpu is None else f"{figure} / {self.show(self.cpu[name])}"

    def ratio(self, contestant: Contestant) -> str:
        """Show azoth's figures beside another's, with the target."""
        targets = {"sqlalchemy": self.faster_than_sqlalchemy, "sqlite3": self.slower_than_sqlite3}
        ratio = _ratio(self.figures, contestant)
        if ratio == "-":
            return ratio
        if self.cpu is not None:
            ratio = f"{ratio} / {_ratio(self.cpu, contestant)}"
        target = targets.get(contestant.name)
        return ratio if target is None else f"{ratio} ({'<=' if contestant.is_driver else '>='} {target:g})"


def seconds(value: float) -> str:
    """Show a duration."""
    return f"{value * 1000:,.1f} ms"


def size(value: float) -> str:
    """Show a number of bytes."""
    return f"{value:,.0f} B"


def megabytes(value: float) -> str:
    """Show a large number of bytes."""
    return f"{value / 1_000_000:,.1f} MB"


def factor(value: float) -> str:
    """Show how many times as much."""
    return f"{value:.1f} x"


def ratios(lines: Sequence[Line], contestants: Sequence[Contestant] = CONTESTANTS["sqlite"]) -> str:
    """Lay out azoth against the others, the targets in brackets."""
    others = [contestant for contestant in contestants if contestant.name != "azoth"]
    with_verdict = any(line.met() is not None for line in lines)
    rows = [("work", "azoth", *(other.heading for other in others), *(["met"] if with_verdict else []))]
    for line in lines:
        cells = (line.title, _azoth(line), *(line.ratio(other) for other in others))
        rows.append((*cells, _verdict(line)) if with_verdict else cells)
    return _aligned(rows)


def figures(lines: Sequence[Line], contestants: Sequence[Contestant] = CONTESTANTS["sqlite"]) -> str:
    """Lay out what was measured, library by library."""
    names = [contestant.name for contestant in contestants]
    return _aligned([("work", *names), *((line.title, *(line.shown(name) for name in names)) for line in lines)])


def _azoth(line: Line) -> str:
    shown = line.shown("azoth")
    return shown if line.at_most is None or shown == "-" else f"{shown} (<= {line.at_most:g})"


def _ratio(figures: Times, contestant: Contestant) -> str:
    azoth, other = figures.get("azoth"), figures.get(contestant.name)
    if azoth is None or other is None:
        return "-"
    above, below = (azoth, other) if contestant.is_driver else (other, azoth)
    return f"{above / below:.2f}" if below > 0 else "-"


def _verdict(line: Line) -> str:
    met = line.met()
    return "-" if met is None else "yes" if met else "NO"


def _aligned(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join([first, *rest]).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
