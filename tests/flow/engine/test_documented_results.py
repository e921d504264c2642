"""What SQLAlchemy documents of results, on both libraries."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database


def attempt(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:  # noqa: BLE001 -- which error is the result
        return type(error).__name__


def names(columns: Any) -> list[str]:
    return [column.name for column in columns]


def scenario(database: Database, library: str) -> list[Any]:
    """Change and read rows, and note what the results say of it."""
    core = importlib.import_module(library)
    engine_module = importlib.import_module(f"{library}.engine")

    class Marked(core.types.TypeDecorator):  # type: ignore[misc, name-defined]
        impl = core.Integer
        cache_ok = True

        def process_bind_param(self, value: Any, dialect: Any) -> Any:
            return None if value is None else int(value[2:])

        def process_result_value(self, value: Any, dialect: Any) -> Any:
            return f"k-{value}"

    engine = database.make_engine(library=core)
    table = core.Table(
        "t",
        core.MetaData(),
        core.Column("id", core.Integer, primary_key=True),
        core.Column("a", core.Integer, default=5),
        core.Column("b", core.Integer, server_default="7"),
        core.Column("c", core.Integer, onupdate=9),
    )
    marked = core.Table("marked", table.metadata, core.Column("id", Marked, primary_key=True, autoincrement=True))
    table.metadata.create_all(engine)
    log: list[Any] = []
    with engine.begin() as connection:

        def look(statement: Any, parameters: Any = None) -> None:
            result = connection.execute(statement, parameters)
            log.append(
                [
                    attempt(look)
                    for look in (
                        lambda: result.inserted_primary_key,
                        lambda: result.inserted_primary_key_rows,
                        result.last_inserted_params,
                        result.last_updated_params,
                        lambda: names(result.prefetch_cols()),
                        lambda: names(result.postfetch_cols()),
                        result.lastrow_has_defaults,
                        lambda: result.rowcount,
                        lambda: list(result.keys()),
                    )
                ]
            )

        look(table.insert(), {"a": 1})
        look(table.insert(), {})
        look(table.insert(), [{"a": 1}, {"a": 2}])
        look(table.update().values(a=3).where(table.c.id > 1))
        look(core.delete(table).where(table.c.id == 99))
        look(core.text("UPDATE t SET a = 3"))
        log.append(connection.execute(marked.insert()).inserted_primary_key)

        some = core.select(table.c.id, table.c.a).order_by(table.c.id)
        result = connection.execute(some)
        log.append([result.fetchmany(), result.fetchmany(2), next(result.partitions()), result.closed, result.all()])
        both = connection.execute(some.limit(3)).splice_horizontally(connection.execute(some.limit(2)))
        log.append([list(both.keys()), both.all()])
        log.append(connection.execute(some.limit(3)).splice_vertically(connection.execute(some.limit(2))).all())
        parts = [connection.execute(some.limit(2)) for _ in range(3)]
        merged = parts[0].merge(*parts[1:])
        log.append([merged.first(), merged.closed, [one.closed for one in parts]])
        frozen = connection.execute(some.limit(2)).freeze()
        log.append([[row._mapping[table.c.id] for row in frozen()], frozen.with_new_rows([(9, 9)])().scalars().all()])
        scalars = connection.execute(some).scalars()
        log.append([isinstance(scalars, engine_module.FilterResult), scalars.first(), scalars.closed])
        row = connection.execute(some).first()
        log.append([row._mapping.keys() == ["id", "a"], list(row._mapping.values()), table.c.a in row._mapping])
        log.append(engine_module.result_tuple(["x", "y"])((1, 2)).y)
    return log


@pytest.mark.sqlite_only("keys of the driver's are compared with those of SQLAlchemy's dialect")
def test_results_say_what_those_of_sqlalchemy_say(database: Database) -> None:
    assert scenario(database, "azoth") == scenario(database, "sqlalchemy")
