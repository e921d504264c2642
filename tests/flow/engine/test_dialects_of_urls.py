"""A URL knows its dialect and its driver, also where a dialect only compiles."""

from __future__ import annotations

from types import ModuleType

import pytest
import sqlalchemy

import azoth
from azoth.exc import NoSuchModuleError

pytestmark = pytest.mark.sqlite_only("URLs are looked at, and nothing connects")


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mssql", "oracle"])
def test_a_url_that_names_no_driver_has_that_of_its_dialect(name: str) -> None:
    def found(lib: ModuleType) -> tuple[str, str]:
        url = lib.make_url(f"{name}://")
        return url.get_driver_name(), url.get_dialect().driver

    assert found(azoth) == found(sqlalchemy)


@pytest.mark.parametrize("name", ["postgresql+psycopg2", "mysql+pymysql", "mssql+pyodbc", "oracle+cx_oracle"])
def test_statements_compile_for_a_url_of_any_driver(name: str) -> None:
    """Migrations that are written as SQL are made for the URL that they will run on one day."""
    url = azoth.make_url(f"{name}://scott:tiger@localhost/test")
    dialect = url.get_dialect()()
    assert dialect.name == url.get_backend_name()
    assert str((azoth.column("a") > 5).compile(dialect=dialect, compile_kwargs={"literal_binds": True})) == "a > 5"
    assert url.get_driver_name() == name.partition("+")[2]


def test_connecting_there_is_refused() -> None:
    engine = azoth.create_engine("mssql+pyodbc://localhost/test")
    with pytest.raises(NoSuchModuleError, match="does not run on"):
        engine.connect()


def test_an_unknown_dialect_has_no_driver() -> None:
    with pytest.raises(NoSuchModuleError, match="'mars'"):
        azoth.make_url("mars://").get_driver_name()
