"""All ways of writing new rows, and a table with all kinds of columns, for azoth and for SQLAlchemy alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

Rows = Sequence[Mapping[str, Any]]
Way = Callable[[Any, Any, Rows], None]
"""Writes rows through a session: what a library calls things, the session, the rows."""

KINDS = ("plain", "scalar", "function", "expression", "server", "json", "json_or_null", "json_default")
"""The columns that may be left out, by what makes their values then."""

UNTOLD = (None, 7, 8, 9, 10, None, None, {"d": 1})
"""What stands in these columns where nothing is said about them."""


def build(core: Any, orm: Any) -> SimpleNamespace:
    """Map the table with one of the two libraries."""
    base = orm.declarative_base()

    class Thing(base):
        __tablename__ = "things"
        id = core.Column(core.Integer, primary_key=True)
        place = core.Column(core.Integer)
        plain = core.Column(core.Integer)
        scalar = core.Column(core.Integer, default=7)
        function = core.Column(core.Integer, default=lambda: 8)
        expression = core.Column(core.Integer, default=core.text("4 + 5"))
        server = core.Column(core.Integer, server_default="10")
        json = core.Column(core.JSON)
        json_or_null = core.Column(core.JSON(none_as_null=True))
        json_default = core.Column(core.JSON, default={"d": 1})
        computed = core.Column(core.Integer, core.Computed("plain + 1", persisted=True))

    return SimpleNamespace(core=core, orm=orm, Thing=Thing, table=Thing.__table__, metadata=base.metadata)


def _one_by_one(write: Way) -> Way:
    def write_each(library: Any, session: Any, rows: Rows) -> None:
        for row in rows:
            write(library, session, [row])

    return write_each


def add(library: Any, session: Any, rows: Rows) -> None:
    session.add_all([library.Thing(**row) for row in rows])
    session.flush()


def execute_rows(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.core.insert(library.Thing), [dict(row) for row in rows])


def execute_row(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.core.insert(library.Thing), dict(rows[0]))


def execute_returning(library: Any, session: Any, rows: Rows) -> None:
    insert = library.core.insert(library.Thing).returning(library.Thing.id)
    assert len(session.scalars(insert, [dict(row) for row in rows]).all()) == len(rows)


def upsert_rows(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.upsert(library.Thing).on_conflict_do_nothing(), [dict(row) for row in rows])


def bulk_mappings(library: Any, session: Any, rows: Rows) -> None:
    session.bulk_insert_mappings(library.Thing, [dict(row) for row in rows])


def bulk_mappings_with_keys(library: Any, session: Any, rows: Rows) -> None:
    given = [dict(row) for row in rows]
    session.bulk_insert_mappings(library.Thing, given, return_defaults=True)
    assert all(row["id"] is not None for row in given)


def bulk_objects(library: Any, session: Any, rows: Rows) -> None:
    session.bulk_save_objects([library.Thing(**row) for row in rows])


def bulk_objects_with_keys(library: Any, session: Any, rows: Rows) -> None:
    things = [library.Thing(**row) for row in rows]
    session.bulk_save_objects(things, return_defaults=True)
    assert all(thing.id is not None for thing in things)


def bulk_mappings_with_nulls(library: Any, session: Any, rows: Rows) -> None:
    session.bulk_insert_mappings(library.Thing, [dict(row) for row in rows], render_nulls=True)


def values(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.core.insert(library.Thing).values(dict(rows[0])))


def values_of_rows(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.core.insert(library.Thing).values([dict(row) for row in rows]))


def upsert_values_of_rows(library: Any, session: Any, rows: Rows) -> None:
    session.execute(library.upsert(library.Thing).values([dict(row) for row in rows]).on_conflict_do_nothing())


def core_values(library: Any, session: Any, rows: Rows) -> None:
    session.connection().execute(library.table.insert().values(dict(rows[0])))


def core_values_of_rows(library: Any, session: Any, rows: Rows) -> None:
    session.connection().execute(library.table.insert().values([dict(row) for row in rows]))


def core_rows(library: Any, session: Any, rows: Rows) -> None:
    session.connection().execute(library.table.insert(), [dict(row) for row in rows])


def core_row(library: Any, session: Any, rows: Rows) -> None:
    session.connection().execute(library.table.insert(), dict(rows[0]))


NONE_IS_DEFAULT: dict[str, Way] = {
    "add": add,
    "add one by one": _one_by_one(add),
    "execute(insert(X), rows)": execute_rows,
    "execute(insert(X), row)": _one_by_one(execute_row),
    "execute(insert(X).returning(), rows)": execute_returning,
    "execute(upsert, rows)": upsert_rows,
    "bulk_insert_mappings": bulk_mappings,
    "bulk_insert_mappings(return_defaults=True)": bulk_mappings_with_keys,
    "bulk_save_objects": bulk_objects,
    "bulk_save_objects(return_defaults=True)": bulk_objects_with_keys,
}
"""The ways in which None stands for the default."""

NONE_IS_NULL: dict[str, Way] = {
    "values(...)": _one_by_one(values),
    "values([...])": values_of_rows,
    "upsert.values([...])": upsert_values_of_rows,
    "bulk_insert_mappings(render_nulls=True)": bulk_mappings_with_nulls,
    "Core values(...)": _one_by_one(core_values),
    "Core values([...])": core_values_of_rows,
    "Core rows": core_rows,
    "Core row": _one_by_one(core_row),
}
"""The ways in which it is NULL."""

ALL_WAYS = {**NONE_IS_DEFAULT, **NONE_IS_NULL}

IN_THE_STATEMENT = (
    "add",
    "add one by one",
    "values(...)",
    "values([...])",
    "upsert.values([...])",
    "Core values(...)",
    "Core values([...])",
)
"""The ways that take SQL expressions as values."""


def stored(session: Any) -> list[tuple[Any, ...]]:
    """Read the rows as they are, in the order in which they were given: keys and JSON as they are stored."""
    kinds = [f"CAST({kind} AS TEXT)" if kind.startswith("json") else kind for kind in KINDS]
    columns = ", ".join(["id", *kinds, "computed"])
    sql = f"SELECT {columns} FROM things ORDER BY place"
    return [tuple(row) for row in session.connection().exec_driver_sql(sql)]
