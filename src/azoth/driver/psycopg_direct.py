"""Connections of ``psycopg`` whose statements go to libpq directly: BEGIN with the first one, prepared ones for good.

The driver's own cursors send BEGIN, wait, and send the statement; they forget with each ROLLBACK what they have
prepared; and they read texts. Here BEGIN, the preparing and the statement go out together (libpq's pipeline mode), a
statement stays prepared as long as its connection, and values come in their binary form where both forms are read as
the same value: one get in a transaction of its own takes two round trips instead of three.

Source: PostgreSQL's documentation of libpq, "Pipeline Mode" and "Command Execution Functions".
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final, NamedTuple, TypeAlias, cast

from psycopg import Connection, errors, pq
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat, Transformer
from psycopg.waiting import Ready, Wait

from azoth.driver.libpq import LEVELS, begin_statement

__all__ = ["DirectConnection", "DirectCursor"]

MOST_FORMS: Final = 500
"""How many statements a connection knows; beyond them, it forgets those that it has known the longest."""

PORTION: Final = 1000
"""How many rows are made, and how many sets of values sent, at once."""

_SPACE: Final = r"(?is)(?:\s|/\*.*?\*/|--[^\n]*\n)*"
_DIRECT: Final = re.compile(_SPACE + r"(?:SELECT|INSERT|UPDATE|DELETE|WITH|VALUES|MERGE)\b[^;]*\Z")
"""What goes directly: single statements that may be prepared, and sent together with BEGIN."""

_GONE: Final = re.compile(_SPACE + r"(?:DEALLOCATE|DISCARD)\b")
"""After these the server knows no prepared statements any more."""

_STALE: Final = re.compile(r"(?i)\b(?:ALTER|CREATE|DROP)\b")
"""After these what is prepared may give rows of other types."""

_PLACEHOLDER: Final = re.compile(r"(?s)%(.?)")

# Numbers of pg_type. Not among them is what the driver reads otherwise in one form than in the other: float4, for
# example, is rounded as text.
_READ_ALIKE: Final = frozenset(
    (16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 701, 1042, 1043, 1082, 1083, 1114, 1184, 1266, 1700, 2950, 3802)
)
_OF_THE_DRIVER: Final = ("psycopg", "psycopg_binary", "psycopg_c")

_WRITTEN_IN_BINARY: Final = frozenset(("int", "float", "bool", "datetime", "date", "time", "UUID", "bytes", "str"))
"""Types of members whose lists are the same arrays in binary, and written in half of the time."""

NO_SUCH_STATEMENT: Final = "26000"
NOT_SUPPORTED: Final = "0A000"
"""States of errors (SQLSTATE); of the second kind is "cached plan must not change result type"."""

_TEXT, _BINARY = pq.Format.TEXT, pq.Format.BINARY
_IDLE: Final = pq.TransactionStatus.IDLE
_TUPLES_OK, _COMMAND_OK = pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK
_SYNC, _FAILED = pq.ExecStatus.PIPELINE_SYNC, pq.ExecStatus.FATAL_ERROR

Result: TypeAlias = pq.abc.PGresult
Values: TypeAlias = Sequence[object] | Mapping[str, object]
Written: TypeAlias = tuple[Sequence[Buffer | None], tuple[int, ...], Sequence[pq.Format]]
"""Values as libpq takes them, their types, and whether each is text or binary."""

_NOTHING: Final[Written] = ((), (), ())


class ColumnDescription(NamedTuple):
    """What a cursor tells of a column (PEP 249)."""

    name: str
    type_code: int
    display_size: None = None
    internal_size: None = None
    precision: None = None
    scale: None = None
    null_ok: None = None


class Form:
    """A statement with values of certain types, as one connection sends it and reads its rows.

    Args:
        connection: the connection.
    """

    __slots__ = (
        "_loaders_for",
        "_read_from",
        "_transformer",
        "description",
        "executions",
        "is_binary",
        "is_settled",
        "name",
    )

    def __init__(self, connection: DirectConnection) -> None:
        self._transformer = Transformer(connection)
        self._read_from: Result | None = None
        self._loaders_for: int | None = None
        self.executions = 0
        self.name = b""
        """The name under which the server has it prepared; empty where it has not."""
        self.is_binary = False
        """Whether its rows come in binary."""
        self.is_settled = False
        """Whether its columns are known for good: an error comes before rows of other types."""
        self.description: Sequence[ColumnDescription] | None = None

    def learn(self, result: Result, connection: DirectConnection) -> None:
        """Note the columns of a result.

        Args:
            result: the result.
            connection: where it comes from.
        """
        encoding = connection.info.encoding
        names = [(result.fname(number) or b"").decode(encoding) for number in range(result.nfields)]
        self.description = [ColumnDescription(name, result.ftype(number)) for number, name in enumerate(names)]
        self._loaders_for = None
        self.is_settled = bool(self.name)
        self.is_binary = self.is_settled and connection.statements.reads_alike(result)

    def load(self, result: Result, start: int, end: int) -> list[tuple[Any, ...]]:
        """Make tuples of rows.

        Args:
            result: what has them.
            start: the first row.
            end: the one after the last row.
        """
        if self._read_from is not result:
            written_as = result.fformat(0)
            self._transformer.set_pgresult(result, set_loaders=self._loaders_for != written_as)
            self._read_from, self._loaders_for = result, written_as
        return self._transformer.load_rows(start, end, tuple)

    def let_go(self, result: Result | None) -> None:
        """Keep a result no longer.

        Args:
            result: the result.
        """
        if self._read_from is not None and self._read_from is result:
            self._transformer.set_pgresult(None, set_loaders=False)
            self._read_from = None


class Statements:
    """What a connection knows of the statements that it has sent, and how it sends them.

    Args:
        connection: the connection.
    """

    __slots__ = ("_forms", "_number", "_stale", "_writing", "connection", "threshold")

    def __init__(self, connection: DirectConnection) -> None:
        self.connection = connection
        self.threshold: int | None = None
        """How often a statement is executed before it is prepared; None for never."""
        self._forms: dict[tuple[str, tuple[int, ...]], Form] = {}
        self._stale: list[bytes] = []
        self._writing = Transformer(connection)
        self._number = 0

    def forget(self, *, are_gone: bool) -> None:
        """Prepare all statements anew.

        Args:
            are_gone: whether the server has forgotten them.

        Emits: nothing; a DEALLOCATE for each that is not gone goes along with the next one that is prepared.
        """
        if are_gone:
            self._stale.clear()
        else:
            self._stale.extend(form.name for form in self._forms.values() if form.name)
        self._forms.clear()

    def can_send(self, sql: str, parameters: Values) -> bytes:
        """Give a statement as libpq takes it; nothing where it is the driver's matter.

        Args:
            sql: the statement, with the driver's placeholders.
            parameters: its values.
        """
        written, count = _numbered(sql)
        if count != len(parameters) or isinstance(parameters, Mapping):
            return b""
        return written if self.connection.pgconn.parameter_status(b"client_encoding") == b"UTF8" else b""

    def write(self, parameters: Sequence[object]) -> Written:
        """Write values as libpq takes them.

        Args:
            parameters: the values.
        """
        if not parameters:
            return _NOTHING
        writing = self._writing
        values = writing.dump_sequence(parameters, _forms_of(parameters))
        return values, writing.types or (), writing.formats or ()

    def form_of(self, sql: str, types: tuple[int, ...]) -> Form:
        """Find what is known of a statement; of a new one, nothing.

        Args:
            sql: the statement.
            types: those of its values.
        """
        forms = self._forms
        form = forms.get((sql, types))
        if form is None:
            if len(forms) >= MOST_FORMS:
                oldest = next(iter(forms))
                if forms[oldest].name:
                    self._stale.append(forms[oldest].name)
                del forms[oldest]
            form = forms[sql, types] = Form(self.connection)
        return form

    def send(self, sql: bytes, form: Form, written: Written) -> Result:
        """Send a statement, with BEGIN and PREPARE where they are needed, and wait for its result.

        Args:
            sql: the statement, with libpq's placeholders.
            form: what is known of it.
            written: its values.
        """
        connection = self.connection
        pgconn = connection.pgconn
        threshold = self.threshold
        if (pgconn.transaction_status == _IDLE and not connection.autocommit) or (
            not form.name and threshold is not None and form.executions >= threshold
        ):
            return self.send_together(sql, ((form, written),))[0]
        form.executions += 1
        values, types, formats = written
        if form.name:
            pgconn.send_query_prepared(form.name, values, formats, form.is_binary)
        else:
            pgconn.send_query_params(sql, values, types, formats)
        results = connection.wait(_answers(pgconn))
        self._check(results)
        return results[-1]

    def send_together(self, sql: bytes, sets: Sequence[tuple[Form, Written]]) -> list[Result]:
        """Send a statement once for each set of values, in one round trip.

        Args:
            sql: the statement, with libpq's placeholders.
            sets: the values, each with what is known of the statement with values of their types.

        Returns:
            the results.
        """
        connection = self.connection
        pgconn = connection.pgconn
        threshold = self.threshold
        prepared: dict[int, tuple[Form, bytes]] = {}
        names: dict[Form, bytes] = {}
        executed: list[int] = []
        is_idle = pgconn.transaction_status == _IDLE
        pgconn.enter_pipeline_mode()
        count = self._begin() if is_idle and not connection.autocommit else 0
        for form, (values, types, formats) in sets:
            name = form.name or names.get(form, b"")
            if not name and threshold is not None and form.executions >= threshold:
                count = self._deallocate(count)
                self._number += 1
                name = names[form] = b"azoth_%d" % self._number
                prepared[count] = form, name
                pgconn.send_prepare(name, sql, types)
                count += 1
            form.executions += 1
            if name:
                pgconn.send_query_prepared(name, values, formats, form.is_binary)
            else:
                pgconn.send_query_params(sql, values, types, formats)
            executed.append(count)
            count += 1
        pgconn.pipeline_sync()
        results = connection.wait(_answers(pgconn, is_pipeline=True))
        for number, (form, name) in prepared.items():
            # Also where the statement itself has failed.
            if number < len(results) and results[number].status == _COMMAND_OK:
                form.name = name
        self._check(results)
        return [results[number] for number in executed]

    def reads_alike(self, result: Result) -> bool:
        """Tell whether the columns of a result are read as the same values in text and in binary.

        Args:
            result: the result.
        """
        get_loader = self.connection.adapters.get_loader
        for number in range(result.nfields):
            type_number = result.ftype(number)
            if type_number not in _READ_ALIKE:
                return False
            for written_as in (_TEXT, _BINARY):
                loader = get_loader(type_number, written_as)
                # A program may have registered a loader of its own, for one form only.
                if loader is None or loader.__module__.partition(".")[0] not in _OF_THE_DRIVER:
                    return False
        return True

    def _begin(self) -> int:
        """Send BEGIN; give how many statements were sent then."""
        connection = self.connection
        number = connection.isolation_level
        level = None if number is None else LEVELS[int(number)]
        written = begin_statement(level, connection.read_only, connection.deferrable)
        connection.pgconn.send_query_params(written, None)
        return 1

    def _deallocate(self, count: int) -> int:
        """Send DEALLOCATE for what is stale; give how many statements were sent then."""
        for name in self._stale:
            self.connection.pgconn.send_query_params(b"DEALLOCATE " + name, None)
            count += 1
        self._stale.clear()
        return count

    def _check(self, results: Sequence[Result]) -> None:
        """Raise the error that there is among results; what was prepared is forgotten where it is of no more use."""
        for result in results:
            if result.status == _FAILED:
                failure: errors.Error = errors.error_from_result(result, self.connection.info.encoding)
                if failure.sqlstate in (NO_SUCH_STATEMENT, NOT_SUPPORTED):
                    self.forget(are_gone=failure.sqlstate == NO_SUCH_STATEMENT)
                raise failure


class DirectConnection(Connection[Any]):
    """A connection that knows the statements it has sent."""

    def __init__(self, pgconn: pq.abc.PGconn) -> None:
        super().__init__(pgconn)
        # What the driver prepares it forgets with each ROLLBACK, by a DEALLOCATE ALL.
        cast("property", Connection.prepare_threshold).__set__(self, None)
        self.statements = Statements(self)

    @property
    def prepare_threshold(self) -> int | None:
        """How often a statement is executed before it is prepared; None for never."""
        return self.statements.threshold

    @prepare_threshold.setter
    def prepare_threshold(self, value: int | None) -> None:
        self.statements.threshold = value

    def direct_cursor(self) -> DirectCursor:
        """Make a cursor whose statement goes to libpq directly."""
        return DirectCursor(self)


class DirectCursor:
    """A cursor for one statement, as azoth uses it (PEP 249).

    Args:
        connection: the connection.
    """

    __slots__ = ("__weakref__", "_form", "_position", "_result", "arraysize", "connection", "rowcount")

    lastrowid: None = None

    def __init__(self, connection: DirectConnection) -> None:
        self.connection = connection
        self.arraysize = 1
        self.rowcount = -1
        self._form: Form | None = None
        self._result: Result | None = None
        self._position = 0

    def execute(self, sql: str, parameters: Values = ()) -> None:
        """Send a statement.

        Args:
            sql: the statement, with the driver's placeholders.
            parameters: its values.

        Raises:
            Error: of the driver.

        Emits: BEGIN, where no transaction has begun; the statement; both in one round trip.
        """
        connection = self.connection
        direct = connection.statements.can_send(sql, parameters)
        if not direct:
            self._leave_to_driver(sql, parameters)
            return
        with connection.lock:
            try:
                written = connection.statements.write(cast("Sequence[object]", parameters))
                form = connection.statements.form_of(sql, written[1])
                result = connection.statements.send(direct, form, written)
            finally:
                _leave_pipeline(connection)
        if result.nfields and not form.is_settled:
            form.learn(result, connection)
        self._take(form, result)

    def executemany(self, sql: str, parameters: Sequence[Values]) -> None:
        """Send a statement once for each set of values, a thousand of them in one round trip.

        Args:
            sql: the statement, with the driver's placeholders.
            parameters: the sets of values.

        Raises:
            Error: of the driver.

        Emits: BEGIN, where no transaction has begun; the statement, as often as there are sets.
        """
        connection = self.connection
        first = parameters[0] if parameters else ()
        direct = connection.statements.can_send(sql, first)
        if not direct or set(map(len, parameters)) != {len(first)}:
            cursor = connection.cursor()
            cursor.executemany(sql, parameters)
            self.rowcount = cursor.rowcount
            return
        self.rowcount = 0
        sets = iter(cast("Sequence[Sequence[object]]", parameters))
        with connection.lock:
            try:
                while portion := [connection.statements.write(each) for each in islice(sets, PORTION)]:
                    forms = [(connection.statements.form_of(sql, written[1]), written) for written in portion]
                    results = connection.statements.send_together(direct, forms)
                    self.rowcount += sum(result.command_tuples or 0 for result in results)
            finally:
                _leave_pipeline(connection)

    @property
    def description(self) -> Sequence[ColumnDescription] | None:
        """What its columns are; None where the statement gives none."""
        return None if self._form is None else self._form.description

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Give all rows that are left, as tuples."""
        return self._next(self._given().ntuples)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Give the next rows, as tuples.

        Args:
            size: how many; as many as ``arraysize`` says by default.
        """
        return self._next(min(self._given().ntuples, self._position + (self.arraysize if size is None else size)))

    def fetchone(self) -> tuple[Any, ...] | None:
        """Give the next row, or None."""
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        left = self._given().ntuples - self._position
        if left <= PORTION:
            return iter(self.fetchall())
        # The tuples of one portion are freed, and their memory used again, before those of the next one are made.
        return chain.from_iterable(map(self.fetchmany, [PORTION] * -(-left // PORTION)))

    def close(self) -> None:
        """Forget the rows."""
        if self._form is not None:
            self._form.let_go(self._result)
        self._result = self._form = None

    def _leave_to_driver(self, sql: str, parameters: Values) -> None:
        connection = self.connection
        cursor = connection.cursor()
        cursor.execute(sql, parameters)
        if _GONE.match(sql):
            connection.statements.forget(are_gone=True)
        elif _STALE.search(sql):
            connection.statements.forget(are_gone=False)
        self.rowcount = cursor.rowcount
        result = cursor.pgresult
        if result is not None and result.nfields:
            form = Form(connection)
            form.learn(result, connection)
            self._form, self._result, self._position = form, result, 0

    def _take(self, form: Form, result: Result) -> None:
        self._form, self._result, self._position = form, result, 0
        if result.status == _TUPLES_OK:
            self.rowcount = result.ntuples
        else:
            count = result.command_tuples
            self.rowcount = -1 if count is None else count

    def _given(self) -> Result:
        result = self._result
        if result is None or not result.nfields:
            raise errors.ProgrammingError("this cursor has no rows")
        return result

    def _next(self, end: int) -> list[tuple[Any, ...]]:
        start, self._position = self._position, end
        if start >= end:
            return []
        return cast("Form", self._form).load(cast("Result", self._result), start, end)


def _leave_pipeline(connection: DirectConnection) -> None:
    """Close a connection that was interrupted in the middle: it would read an answer as that of another statement."""
    if connection.pgconn.pipeline_status:
        connection.pgconn.finish()


@lru_cache(maxsize=1000)
def _numbered(sql: str) -> tuple[bytes, int]:
    """Give a statement with libpq's placeholders, and their number; nothing, and -1, where it does not go directly."""
    if _DIRECT.match(sql) is None:
        return b"", -1
    count = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal count
        if found[1] == "s":
            count += 1
            return f"${count}"
        return found[1] if found[1] == "%" else "\x00"

    written = _PLACEHOLDER.sub(numbered, sql)
    return (b"", -1) if "\x00" in written else (written.encode(), count)


@lru_cache(maxsize=100)
def _automatic(count: int) -> list[PyFormat]:
    return [PyFormat.AUTO] * count


def _forms_of(parameters: Sequence[object]) -> list[PyFormat]:
    """Say which values are written in binary: as the driver likes best, and lists of simple values."""
    if list not in map(type, parameters):
        return _automatic(len(parameters))
    return [PyFormat.BINARY if type(value) is list and _is_simple(value) else PyFormat.AUTO for value in parameters]


def _is_simple(values: list[object]) -> bool:
    types = {type(value) for value in values}
    types.discard(type(None))
    return len(types) == 1 and types.pop().__name__ in _WRITTEN_IN_BINARY


def _answers(pgconn: pq.abc.PGconn, *, is_pipeline: bool = False) -> Generator[Wait, Ready | int, list[Result]]:
    """Send what is left to be sent, and read results up to the last one; leave the pipeline then."""
    while pgconn.flush():
        ready = yield Wait.RW
        if ready and ready & Ready.R:
            pgconn.consume_input()
    results: list[Result] = []
    while True:
        while pgconn.is_busy():
            yield Wait.R
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            if not is_pipeline:
                break
        elif result.status == _SYNC:
            pgconn.exit_pipeline_mode()
            break
        else:
            results.append(result)
    while (notice := pgconn.notifies()) is not None:
        if pgconn.notify_handler is not None:
            pgconn.notify_handler(notice)
    return results
