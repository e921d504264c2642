"""The errors and warnings of azoth.

Every error has one summary line that is enough in a log, and where they help the lines *why* and *fix*, and a stable
code. Errors of the driver are wrapped by ``DBAPIError`` and its children, and chained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "AmbiguousColumnError",
    "AmbiguousForeignKeysError",
    "ArgumentError",
    "AzothDeprecationWarning",
    "AzothError",
    "AzothWarning",
    "Base20DeprecationWarning",
    "CircularDependencyError",
    "CommitUnknown",
    "CompileError",
    "ConstraintColumnNotFoundError",
    "DBAPIError",
    "DataError",
    "DatabaseError",
    "DisconnectionError",
    "DontWrapMixin",
    "DuplicateColumnError",
    "IdentifierError",
    "IllegalStateChangeError",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "InvalidRequestError",
    "InvalidatePoolError",
    "LegacyAPIWarning",
    "MovedIn20Warning",
    "MultipleResultsFound",
    "NoForeignKeysError",
    "NoInspectionAvailable",
    "NoReferenceError",
    "NoReferencedColumnError",
    "NoReferencedTableError",
    "NoResultFound",
    "NoSuchColumnError",
    "NoSuchModuleError",
    "NoSuchTableError",
    "NotSupportedError",
    "ObjectNotExecutableError",
    "OperationalError",
    "PendingRollbackError",
    "ProgrammingError",
    "ResourceClosedError",
    "SADeprecationWarning",
    "SAPendingDeprecationWarning",
    "SAWarning",
    "SQLAlchemyError",
    "StatementError",
    "TimeoutError",
    "UnboundExecutionError",
    "UnreadableValueError",
    "UnreflectableTableError",
    "UnsupportedCompilationError",
    "WrittenIdentities",
]


class AzothError(Exception):
    """Say what went wrong in one line, and where it helps why, and what to do.

    Args:
        summary: one line naming the class, attribute or key concerned, never user data.
        why: the cause, as far as it is known.
        fix: what the reader can do about it.
        code: a stable code such as "AZ-E01"; the class's own where none is given.
    """

    default_code: ClassVar[str] = ""
    default_why: ClassVar[str] = ""
    default_fix: ClassVar[str] = ""

    def __init__(self, summary: str = "", *, why: str = "", fix: str = "", code: str = "") -> None:
        super().__init__(summary)
        self.summary = summary
        self.why = why or self.default_why
        self.fix = fix or self.default_fix
        self.code = code or self.default_code

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = [f"{self.summary} [{self.code}]" if self.code else self.summary]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return lines


SQLAlchemyError = AzothError


class DontWrapMixin:
    """Mark an exception of the user's own that must pass through statement execution unwrapped."""


# --- wrong arguments and configuration -------------------------------------------------------------------------------


class ArgumentError(AzothError):
    """Report an argument that is wrong or that contradicts another one."""


class DuplicateColumnError(ArgumentError):
    """Report a column that is being added to a table which has one of that name."""


class ConstraintColumnNotFoundError(ArgumentError):
    """Report a constraint that names a column which its table does not have."""


class ObjectNotExecutableError(ArgumentError):
    """Report an object that was given to ``execute()`` and is not a statement."""

    default_code = "AZ-E01"


class NoSuchModuleError(ArgumentError):
    """Report a dialect or driver that does not exist or is not installed."""

    default_code = "AZ-E02"


class NoForeignKeysError(ArgumentError):
    """Report a join between two selectables that no foreign key connects."""


class AmbiguousForeignKeysError(ArgumentError):
    """Report a join between two selectables that several foreign keys connect."""


class CircularDependencyError(AzothError):
    """Report a cycle where an order was needed.

    Args:
        summary: what could not be ordered.
        cycles: the elements that take part in cycles.
        edges: the pairs (before, after) among them.
    """

    def __init__(
        self,
        summary: str = "",
        cycles: Iterable[Any] = (),
        edges: Iterable[tuple[Any, Any]] = (),
        *,
        why: str = "",
        fix: str = "",
        code: str = "",
    ) -> None:
        super().__init__(summary, why=why, fix=fix, code=code)
        self.cycles = cycles
        self.edges = edges


class CompileError(AzothError):
    """Report a statement that cannot be turned into SQL."""


class UnsupportedCompilationError(CompileError):
    """Report an element that the dialect's compiler does not know."""


class IdentifierError(AzothError):
    """Report a name that the database cannot use as an identifier."""


# --- states that do not allow a request ------------------------------------------------------------------------------


class InvalidRequestError(AzothError):
    """Report a request that the present state does not allow."""


class IllegalStateChangeError(InvalidRequestError):
    """Report a change of state in the middle of another one, as by two threads."""


class NoInspectionAvailable(InvalidRequestError):
    """Report a subject that ``inspect()`` knows nothing about."""

    default_code = "AZ-C90"


class PendingRollbackError(InvalidRequestError):
    """Report work in a transaction that has failed and waits for ``rollback()``."""

    default_code = "AZ-E03"


class ResourceClosedError(InvalidRequestError):
    """Report use of a connection, transaction or result that is closed."""

    default_code = "AZ-E04"
    default_why = "it was closed, or its transaction ended, before this use."


class NoSuchColumnError(InvalidRequestError, KeyError):
    """Report a column that a row or result does not have."""

    default_code = "AZ-E05"


class AmbiguousColumnError(InvalidRequestError):
    """Report a name that several columns have."""

    default_code = "AZ-E21"


class NoResultFound(InvalidRequestError):
    """Report that a row was required and none was found."""

    default_code = "AZ-E06"
    default_why = "the criteria fit no row."


class MultipleResultsFound(InvalidRequestError):
    """Report that one row was required and several were found."""

    default_code = "AZ-E07"
    default_why = "the criteria fit several rows."


class UnboundExecutionError(InvalidRequestError):
    """Report a statement for which no engine or connection is known."""


class NoSuchTableError(InvalidRequestError):
    """Report a table that does not exist in the database."""


class UnreflectableTableError(InvalidRequestError):
    """Report a table that exists and cannot be reflected."""


class NoReferenceError(InvalidRequestError):
    """Report a foreign key whose target is unknown.

    Args:
        summary: the foreign key concerned.
        tname: the name of the table that it refers to.
    """

    def __init__(self, summary: str = "", tname: str = "", *, why: str = "", fix: str = "", code: str = "") -> None:
        super().__init__(summary, why=why, fix=fix, code=code)
        self.table_name = tname


class NoReferencedTableError(NoReferenceError):
    """Report a foreign key whose target table is unknown."""


class NoReferencedColumnError(NoReferenceError):
    """Report a foreign key whose target table has no such column.

    Args:
        summary: the foreign key concerned.
        tname: the name of the table that it refers to.
        cname: the name of the missing column.
    """

    def __init__(
        self, summary: str = "", tname: str = "", cname: str = "", *, why: str = "", fix: str = "", code: str = ""
    ) -> None:
        super().__init__(summary, tname, why=why, fix=fix, code=code)
        self.column_name = cname


class DisconnectionError(AzothError):
    """Say inside a ``checkout`` listener that the connection is dead, so that the pool takes another one."""

    invalidate_pool: bool = False


class InvalidatePoolError(DisconnectionError):
    """Say inside a ``checkout`` listener that this and all older connections of the pool are dead."""

    invalidate_pool: bool = True


class TimeoutError(AzothError):
    """Report that the pool had no free connection within its timeout."""

    default_code = "AZ-P01"


# --- statements and drivers ------------------------------------------------------------------------------------------


class StatementError(AzothError):
    """Report a failure while a statement was prepared or executed.

    Args:
        summary: what failed.
        statement: the SQL concerned.
        params: its parameters; they are kept on the error and never shown in its text.
        orig: the original exception.
        hide_parameters: keep the parameters off the error altogether.
    """

    default_code = "AZ-E08"
    statement: str | None
    params: Any
    orig: BaseException | None

    def __init__(
        self,
        summary: str = "",
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = False,
        *,
        why: str = "",
        fix: str = "",
        code: str = "",
    ) -> None:
        super().__init__(summary, why=why, fix=fix, code=code)
        self.statement = statement
        self.params = None if hide_parameters else params
        self.orig = orig
        self.hide_parameters = hide_parameters

    def _lines(self) -> list[str]:
        lines = super()._lines()
        if self.statement:
            lines.append(f"  sql: {self.statement}")
        return lines


class UnreadableValueError(StatementError, ValueError, LookupError):
    """Report a stored value that its column's type cannot read; ``ValueError`` and ``LookupError`` catch it too."""


class DBAPIError(StatementError):
    """Report an error that the driver raised; ``orig`` is the driver's own exception.

    Args:
        statement: the SQL concerned, None where there was none (a commit, for instance).
        params: its parameters; they are kept on the error and never shown in its text.
        orig: the driver's exception.
        hide_parameters: keep the parameters off the error altogether.
        connection_invalidated: whether the connection was given up because of this error.
    """

    default_code = "AZ-E10"
    default_why = "the driver or the database refused the statement."
    default_fix = "see .statement, .params and .orig of this error; a session must roll back first if it was a flush."

    def __init__(
        self,
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        *,
        why: str = "",
        fix: str = "",
        code: str = "",
    ) -> None:
        summary = _driver_summary(orig)
        super().__init__(summary, statement, params, orig, hide_parameters, why=why, fix=fix, code=code)
        self.connection_invalidated = connection_invalidated

    def __reduce__(self) -> tuple[Any, ...]:
        # The generic way would pass the summary as the statement.
        arguments = (self.statement, self.params, self.orig, self.hide_parameters, self.connection_invalidated)
        return type(self), arguments, self.__dict__

    @classmethod
    def instance(
        cls,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
    ) -> DBAPIError:
        """Wrap a driver's exception in the class that has its name.

        Args:
            statement: the SQL concerned.
            params: its parameters.
            orig: the driver's exception.
            hide_parameters: keep the parameters off the error.
            connection_invalidated: whether the connection was given up.

        Returns:
            the error, not raised.
        """
        wrapper = next((_WRAPPERS[base.__name__] for base in type(orig).__mro__ if base.__name__ in _WRAPPERS), cls)
        return wrapper(statement, params, orig, hide_parameters, connection_invalidated)


class InterfaceError(DBAPIError):
    """Wrap the driver's InterfaceError: the driver itself was used wrongly or failed."""

    default_code = "AZ-E11"
    default_why = "the driver could not use the connection or a value it was given."


class DatabaseError(DBAPIError):
    """Wrap the driver's DatabaseError."""

    default_code = "AZ-E12"


class DataError(DatabaseError):
    """Wrap the driver's DataError: a value that the database cannot take."""

    default_code = "AZ-E13"
    default_why = "a value does not fit its column."


class OperationalError(DatabaseError):
    """Wrap the driver's OperationalError: the database could not do it (gone, locked, no such table)."""

    default_code = "AZ-E14"
    default_why = "the database could not do it: it is gone, locked or lacks what the statement names."


class WrittenIdentities(NamedTuple):
    """The identity keys of what a session's transaction wrote, as ``inspect(obj).identity_key`` has them."""

    inserted: tuple[Any, ...]
    updated: tuple[Any, ...]
    deleted: tuple[Any, ...]


class CommitUnknown(OperationalError):
    """Report a COMMIT that was sent and whose outcome is not known: the transaction was committed or rolled back.

    An interrupt (KeyboardInterrupt and the like) stays what it is, and has this error as its ``__cause__``.

    Args:
        statement: what was sent.
        arguments: those of ``DBAPIError``.
        url: the database, without password.
        texts: ``why``, ``fix`` and ``code``, where they differ from the class's own.
    """

    default_code = "AZ-E200"
    default_why = (
        "COMMIT was sent, and no answer of the database was read; the driver cannot tell whether it was carried out."
    )
    default_fix = (
        "find out in a new transaction whether the rows are there (.written has the identity keys of a session's "
        "objects; .began_at, .sent_at and .connection_id find it in the server's log), and repeat the work only "
        "where they are not; a session must roll back first, which keeps its objects: reading one then tells."
    )
    MOST_SHOWN: ClassVar[int] = 5

    began_at: datetime | None = None
    """When the transaction began."""
    sent_at: datetime | None = None
    """When COMMIT was sent."""
    connection_id: Any = None
    """The server's name for the connection, where the driver knows one."""
    xid: Any = None
    """The identifier of a two-phase transaction."""
    committed_on: tuple[str, ...] = ()
    """The URLs of other databases of the same transaction that have committed."""
    _written: WrittenIdentities | Callable[[], WrittenIdentities] | None = None

    def __init__(self, statement: str | None = "COMMIT", *arguments: Any, url: str = "", **texts: Any) -> None:
        super().__init__(statement, *arguments, **texts)
        place = f" on {url}" if url else ""
        self.summary = f"the outcome of {statement}{place} is not known: {self.summary}"
        self.args = (self.summary,)
        self.url = url

    @property
    def written(self) -> WrittenIdentities | None:
        """What the session inserted, updated and deleted in the transaction; None where no session was committed."""
        if callable(self._written):
            self._written = self._written()
        return self._written

    def note_written(self, read: Callable[[], WrittenIdentities]) -> None:
        """Let ``written`` be read from a session's records when it is asked for.

        Args:
            read: gives the identity keys.
        """
        self._written = read

    def __reduce__(self) -> tuple[Any, ...]:
        _ = self.written
        return super().__reduce__()

    def _lines(self) -> list[str]:
        lines = super()._lines()
        for what, keys in zip(WrittenIdentities._fields, self.written or (), strict=False):
            if keys:
                shown = [f"{key[0].__name__} {', '.join(map(repr, key[1]))}" for key in keys[: self.MOST_SHOWN]]
                rest = len(keys) - self.MOST_SHOWN
                lines.append(f"  {what}: {', '.join(shown)}" + (f" and {rest} more" if rest > 0 else ""))
        if self.committed_on:
            lines.append(f"  committed on: {', '.join(self.committed_on)}")
        return lines


class IntegrityError(DatabaseError):
    """Wrap the driver's IntegrityError: a constraint was violated."""

    default_code = "AZ-E15"
    default_why = "a constraint of the table does not allow such a row (NOT NULL, UNIQUE, a foreign key, CHECK)."
    default_fix = "correct the values (.params has them) and repeat; a session must roll back first if it was a flush."


class InternalError(DatabaseError):
    """Wrap the driver's InternalError."""

    default_code = "AZ-E16"


class ProgrammingError(DatabaseError):
    """Wrap the driver's ProgrammingError: wrong SQL or a wrong number of parameters."""

    default_code = "AZ-E17"
    default_why = "the SQL is wrong, or a value is of a type that the driver cannot bind."


class NotSupportedError(DatabaseError):
    """Wrap the driver's NotSupportedError: the database or the driver does not offer this."""

    default_code = "AZ-E18"


_WRAPPERS: Final[dict[str, type[DBAPIError]]] = {
    wrapper.__name__: wrapper
    for wrapper in (
        InterfaceError,
        DatabaseError,
        DataError,
        OperationalError,
        IntegrityError,
        InternalError,
        ProgrammingError,
        NotSupportedError,
    )
}


def _driver_summary(orig: BaseException | None) -> str:
    if orig is None:
        return "the driver reported an error"
    # Further lines of a driver's message often quote the values; they stay available on .orig.
    first_line = (str(orig).splitlines() or [""])[0]
    return f"({type(orig).__module__}.{type(orig).__qualname__}) {first_line}".rstrip()


# --- warnings --------------------------------------------------------------------------------------------------------


class AzothWarning(RuntimeWarning):
    """Warn about something that is probably a mistake."""


class AzothDeprecationWarning(DeprecationWarning):
    """Warn about a use that a later version will not offer."""


class Base20DeprecationWarning(AzothDeprecationWarning):
    """Warn about a use that the 2.0 style replaced."""


class LegacyAPIWarning(Base20DeprecationWarning):
    """Warn about a use that is kept for old programs."""


class MovedIn20Warning(Base20DeprecationWarning):
    """Warn about a name that moved."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """Warn about a use that will be deprecated."""


SAWarning = AzothWarning
SADeprecationWarning = AzothDeprecationWarning
