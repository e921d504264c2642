"""The benchmark's tables say who is faster and whether the target is met."""

from __future__ import annotations

import re

import pytest

from bench.contestants import CONTESTANTS
from bench.table import Line, factor, figures, megabytes, ratios, seconds


@pytest.mark.parametrize(
    "azoth, met",
    [(0.010, True), (0.020, False), (0.0101, False)],
)
def test_a_target_is_met_or_not(azoth: float, met: bool) -> None:
    line = Line("load", {"azoth": azoth, "sqlalchemy": 0.045}, seconds, faster_than_sqlalchemy=4.5)
    assert line.met() is met


def test_every_target_must_be_met() -> None:
    times = {"azoth": 0.01, "sqlalchemy": 0.1, "sqlite3": 0.001}
    assert Line("load", times, seconds, faster_than_sqlalchemy=5, slower_than_sqlite3=5).met() is False
    assert Line("load", times, seconds, faster_than_sqlalchemy=5, slower_than_sqlite3=10).met() is True


def test_growth_is_bounded_by_itself() -> None:
    assert Line("grow", {"azoth": 10.4}, factor, at_most=11).met() is True
    assert Line("grow", {"azoth": 12.0}, factor, at_most=11).met() is False


def test_without_target_nothing_is_met_or_missed() -> None:
    assert Line("load", {"azoth": 1.0, "sqlalchemy": 2.0}, seconds).met() is None
    assert Line("load", {"sqlalchemy": 2.0}, seconds, faster_than_sqlalchemy=2).met() is None


def test_ratios_name_the_target() -> None:
    line = Line("load", {"azoth": 0.010, "sqlalchemy": 0.050, "sqlite3": 0.005}, seconds, 4.5, 2.0)
    assert ratios([line]).splitlines()[-1].split() == [
        "load",
        "10.0",
        "ms",
        "5.00",
        "(>=",
        "4.5)",
        "-",
        "-",
        "2.00",
        "(<=",
        "2)",
        "yes",
    ]


def test_figures_and_ratios_of_a_server_have_the_time_on_a_processor_beside_them() -> None:
    contestants = CONTESTANTS["postgresql"]
    wall = {"azoth": 0.020, "sqlalchemy": 0.100, "driver": 0.016}
    cpu = {"azoth": 0.010, "sqlalchemy": 0.080, "driver": 0.008}
    lines = [Line("load", wall, seconds, cpu=cpu)]
    assert re.split(r"\s\s+", figures(lines, contestants).splitlines()[-1]) == [
        "load",
        "20.0 ms / 10.0 ms",
        "100.0 ms / 80.0 ms",
        "-",
        "-",
        "16.0 ms / 8.0 ms",
    ]
    heading, _, line = (re.split(r"\s\s+", line) for line in ratios(lines, contestants).splitlines())
    assert heading == ["work", "azoth", "x SQLAlchemy", "x SQLAlchemy, gc off", "x Django", "of psycopg"]
    assert line == ["load", "20.0 ms / 10.0 ms", "5.00 / 8.00", "-", "-", "1.25 / 1.25"]


def test_nothing_is_no_ratio() -> None:
    memory = Line("memory", {"azoth": 0.0, "sqlalchemy": 2e6, "driver": 0.0}, megabytes)
    assert ratios([memory], CONTESTANTS["mariadb"]).splitlines()[-1].split() == ["memory", "0.0", "MB", *["-"] * 4]


def test_a_missing_figure_is_a_dash() -> None:
    text = figures([Line("load", {"sqlite3": 0.0015}, seconds)])
    assert text.splitlines()[-1].split() == ["load", "-", "-", "-", "-", "1.5", "ms"]
