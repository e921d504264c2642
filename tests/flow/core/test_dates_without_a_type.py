"""Dates as values of text, whose types nobody knows: the driver gets them as text, without its deprecated adapters."""

from __future__ import annotations

import datetime
import subprocess
import sys

import pytest

import azoth
from azoth import Column, MetaData, Table, bindparam, select, text

pytestmark = pytest.mark.sqlite_only("sqlite3 stores dates as text, by its adapters")

DAY = datetime.date(2024, 1, 2)
MOMENT = datetime.datetime(2024, 1, 2, 3, 4, 5, 678)
AS_TEXT = ("2024-01-02", "2024-01-02 03:04:05.000678")


def test_dates_in_text_are_stored_as_the_driver_always_did(engine: azoth.Engine) -> None:
    with engine.begin() as connection:
        assert connection.execute(text("SELECT :a, :b"), {"a": DAY, "b": MOMENT}).one() == AS_TEXT
        assert connection.execute(select(bindparam("a"), bindparam("b")), {"a": DAY, "b": MOMENT}).one() == AS_TEXT
        assert connection.exec_driver_sql("SELECT ?, ?", (DAY, MOMENT)).one() == AS_TEXT


def test_dates_in_columns_without_a_type_are_stored_so_too(engine: azoth.Engine) -> None:
    table = Table("thing", MetaData(), Column("a"), Column("b"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE thing (a, b)")
        connection.execute(table.insert(), [{"a": DAY, "b": MOMENT}] * 2)
        assert connection.execute(select(table)).all() == [AS_TEXT] * 2


OWN_ADAPTER = """
import datetime, sqlite3
sqlite3.register_adapter(datetime.date, lambda value: "mine")
import azoth
with azoth.create_engine("sqlite://").connect() as connection:
    assert connection.exec_driver_sql("SELECT ?", (datetime.date(2024, 1, 2),)).scalar() == "mine"
"""


def test_an_adapter_that_the_program_registered_stays() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", OWN_ADAPTER], check=True, timeout=120)
