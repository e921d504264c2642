"""One scenario on both libraries: what it returns, which rows it leaves, and what was written into which table."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, Scenario

MakeModel = Callable[[Library], Any]


class Flushed(NamedTuple):
    """What a scenario did.

    Attributes:
        result: what it returned, or the class name of the error.
        rows: table name -> rows.
        written: (verb, table) -> how many rows were sent.
        statements: how many statements were sent that write. Where keys come back with the rows, each library has its
            own way of sending several of them together, so that they count one by one.
    """

    result: Any
    rows: dict[str, list[Any]]
    written: Counter[tuple[str, str]]
    statements: int


class _Writes:
    """Counts what a session writes.

    Args:
        keys_return: whether the keys that the database makes come back with the rows.
    """

    def __init__(self, *, keys_return: bool) -> None:
        self.keys_return = keys_return
        self.written: Counter[tuple[str, str]] = Counter()
        self.statements = 0

    def __call__(self, connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        words = sql.replace('"', "").split()
        verb = words[0]
        if verb in ("INSERT", "UPDATE", "DELETE"):
            table = words[1] if verb == "UPDATE" else words[2]
            rows = _rows(sql, parameters, many=many)
            self.written[verb, table] += rows
            self.statements += rows if self.keys_return and "RETURNING" in sql else 1


def _rows(sql: str, parameters: Any, *, many: bool) -> int:
    if many and isinstance(parameters, list):
        return len(parameters)
    if "unnest(" in sql or "ANY (" in sql:
        return len(parameters[0])
    return sql.partition("VALUES")[2].count("), (") + 1


def flushed(database: Database, library: Library, make_model: MakeModel, scenario: Scenario) -> Flushed:
    """Run a scenario on a fresh database with one library; foreign keys are enforced."""
    model = make_model(library)
    writes = _Writes(keys_return="keys from the driver" not in database.capabilities)
    engine = database.make_engine(library=library, foreign_keys=True)
    model.metadata.create_all(engine)
    library.event.listen(engine, "before_cursor_execute", writes)
    with warnings.catch_warnings():
        # Each library has warnings of its own; what is warned of is under test elsewhere.
        warnings.simplefilter("ignore")
        with library.Session(engine) as session:
            try:
                result = scenario(library, model, session)
            except library.exc.SQLAlchemyError as error:
                session.rollback()
                result = f"error: {type(error).__name__}"
            connection = session.connection()
            rows = {
                table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))]
                for table in model.metadata.sorted_tables
            }
    engine.dispose()
    return Flushed(result, rows, writes.written, writes.statements)


def assert_alike(database: Database, make_model: MakeModel, scenario: Scenario) -> None:
    """Make sure that a scenario does the same on both libraries, in no more statements on azoth."""
    expected = flushed(database, SQLALCHEMY, make_model, scenario)
    found = flushed(database, AZOTH, make_model, scenario)
    assert found.result == expected.result
    assert found.rows == expected.rows
    assert found.written == expected.written
    assert found.statements <= expected.statements
