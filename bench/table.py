"""The result as text: one line per work, azoth against each other library, with the targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.rounds import Times
from bench.subject import SUBJECTS

HEADINGS = ("work", "azoth", "x SQLAlchemy", "of sqlite3", "x peewee", "x Django", "met")


@dataclass(frozen=True)
class Line:
    """What was measured of one work.

    ``faster_than_sqlalchemy``: how many times the figure of azoth SQLAlchemy's must be at least.
    ``slower_than_sqlite3``: how many times sqlite3's figure azoth's may be at most. ``at_most``: a bound for azoth's
    own figure.
    """

    title: str
    figures: Times
    show: Callable[[float], str]
    faster_than_sqlalchemy: float | None = None
    slower_than_sqlite3: float | None = None
    at_most: float | None = None

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


def seconds(value: float) -> str:
    """Show a duration."""
    return f"{value * 1000:,.1f} ms"


def size(value: float) -> str:
    """Show a number of bytes."""
    return f"{value:,.0f} B"


def factor(value: float) -> str:
    """Show how many times as much."""
    return f"{value:.1f} x"


def ratios(lines: Sequence[Line]) -> str:
    """Lay out azoth against the others, the targets in brackets."""
    return _aligned([HEADINGS, *(_ratio_cells(line) for line in lines)])


def figures(lines: Sequence[Line]) -> str:
    """Lay out what was measured, library by library."""
    rows: list[tuple[str, ...]] = [("work", *SUBJECTS)]
    for line in lines:
        shown = (line.show(line.figures[name]) if name in line.figures else "-" for name in SUBJECTS)
        rows.append((line.title, *shown))
    return _aligned(rows)


def _ratio_cells(line: Line) -> tuple[str, ...]:
    azoth = line.figures.get("azoth")
    if azoth is None:
        return (line.title, *["-"] * (len(HEADINGS) - 1))

    def against(name: str, target: float | None, sign: str, *, inverse: bool) -> str:
        other = line.figures.get(name)
        if other is None:
            return "-"
        ratio = f"{azoth / other if inverse else other / azoth:.2f}"
        return ratio if target is None else f"{ratio} ({sign} {target:g})"

    met = line.met()
    shown = line.show(azoth) if line.at_most is None else f"{line.show(azoth)} (<= {line.at_most:g})"
    return (
        line.title,
        shown,
        against("sqlalchemy", line.faster_than_sqlalchemy, ">=", inverse=False),
        against("sqlite3", line.slower_than_sqlite3, "<=", inverse=True),
        against("peewee", None, "", inverse=False),
        against("django", None, "", inverse=False),
        "-" if met is None else "yes" if met else "NO",
    )


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
