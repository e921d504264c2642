"""The errors of statements and of drivers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from azoth.exc.errors import AzothError, DontWrapMixin

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "CommitUnknown",
    "DBAPIError",
    "DataError",
    "DatabaseError",
    "EmulatedDBAPIException",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "StatementError",
    "UnreadableValueError",
    "WrittenIdentities",
]


class StatementError(AzothError):
    """Report a failure while a statement was prepared or executed.

    Args:
        summary: what failed.
        statement: the SQL concerned.
        params: its parameters; they are kept on the error and never shown in its text.
        orig: the original exception.
        hide_parameters: keep the parameters off the error altogether.
        code: a stable code; the class's own where none is given.
        ismulti: whether it was executed for many sets of values; None where that is not known.
    """

    default_code = "AZ-E08"
    statement: str | None
    params: Any
    orig: BaseException | None
    ismulti: bool | None = None
    connection_invalidated: bool = False
    """Whether the connection was given up because of the error."""

    def __init__(
        self,
        summary: str = "",
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = False,
        code: str = "",
        ismulti: bool | None = None,
        *,
        why: str = "",
        fix: str = "",
    ) -> None:
        super().__init__(summary, why=why, fix=fix, code=code)
        self.statement = statement
        self.params = None if hide_parameters else params
        self.orig = orig
        self.hide_parameters = hide_parameters
        self.ismulti = ismulti
        self.detail: list[str] = []

    def add_detail(self, msg: str) -> None:
        """Add a line to what the error says.

        Args:
            msg: the line.
        """
        self.detail.append(msg)

    def _lines(self) -> list[str]:
        lines = super()._lines()
        lines += [f"  detail: {line}" for line in self.detail]
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
        code: a stable code; the class's own where none is given.
        ismulti: whether the statement was executed for many sets of values; None where that is not known.
    """

    default_code = "AZ-E10"
    default_why = "the driver or the database refused the statement."
    default_fix = "see .statement, .params and .orig of this error; a session must roll back first if it was a flush."

    constraint_name: str | None = None
    """The constraint that was violated, where the database tells it."""
    table_name: str | None = None
    """The table that the error is about, where the database tells it."""
    column_name: str | None = None
    """The column that the error is about, where the database tells it."""
    schema_name: str | None = None
    """The schema of the table, where the database tells it."""

    def __init__(
        self,
        statement: str | None = None,
        params: Any = None,
        orig: BaseException | None = None,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        code: str = "",
        ismulti: bool | None = None,
        *,
        why: str = "",
        fix: str = "",
    ) -> None:
        summary = _driver_summary(orig)
        super().__init__(summary, statement, params, orig, hide_parameters, code, ismulti, why=why, fix=fix)
        self.connection_invalidated = connection_invalidated

    def __reduce__(self) -> tuple[Any, ...]:
        # The generic way would pass the summary as the statement.
        arguments = (self.statement, self.params, self.orig, self.hide_parameters, self.connection_invalidated)
        return type(self), arguments, self.__dict__

    @property
    def driver_exception(self) -> BaseException | None:
        """What the driver has raised: ``orig``, or what stands behind it where a dialect has made that up."""
        orig = self.orig
        return orig.driver_exception if isinstance(orig, EmulatedDBAPIException) else orig

    @classmethod
    def instance(
        cls,
        statement: str | None,
        params: Any,
        orig: BaseException | DontWrapMixin,
        dbapi_base_err: type[Exception],
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        dialect: object = None,
        ismulti: bool | None = None,
    ) -> BaseException | DontWrapMixin:
        """Wrap an exception in the class that has its name.

        Args:
            statement: the SQL concerned.
            params: its parameters.
            orig: the exception.
            dbapi_base_err: the class that all errors of the driver share.
            hide_parameters: keep the parameters off the error.
            connection_invalidated: whether the connection was given up.
            dialect: tells by its ``dbapi_exception_translation_map`` what names the driver has given its errors.
            ismulti: whether the statement was executed for many sets of values.

        Returns:
            the error, not raised; what is none of the driver's is a ``StatementError``, where it belongs to a
            statement, and otherwise left as it is, as interrupts and ``DontWrapMixin`` are in any case.
        """
        if not isinstance(orig, Exception) or isinstance(orig, DontWrapMixin):
            return orig
        if isinstance(orig, dbapi_base_err):
            names: Mapping[str, str] = getattr(dialect, "dbapi_exception_translation_map", {})
            return cls.of_driver(statement, params, orig, hide_parameters, connection_invalidated, ismulti, names)
        if statement is None:
            return orig
        return StatementError(
            _driver_summary(orig),
            statement,
            params,
            orig,
            hide_parameters,
            orig.code if isinstance(orig, AzothError) else "",
            ismulti,
            why="it was raised while the statement ran, and not by the driver.",
            fix="see .orig of this error.",
        )

    @classmethod
    def of_driver(
        cls,
        statement: str | None,
        params: Any,
        orig: BaseException,
        hide_parameters: bool = False,
        connection_invalidated: bool = False,
        ismulti: bool | None = None,
        names: Mapping[str, str] = MappingProxyType({}),
        kind: type[DBAPIError] | None = None,
    ) -> DBAPIError:
        """Wrap a driver's exception in the class that has its name; see ``instance()`` for the arguments.

        Args:
            names: from a name that the driver has given its class to the name of the class here.
            kind: the class to use instead.
        """
        if kind is not None:
            return kind(statement, params, orig, hide_parameters, connection_invalidated, ismulti=ismulti)
        known = [names.get(base.__name__, base.__name__) for base in type(orig).__mro__]
        wrapper = next((_WRAPPERS[name] for name in known if name in _WRAPPERS), cls)
        return wrapper(statement, params, orig, hide_parameters, connection_invalidated, ismulti=ismulti)


class EmulatedDBAPIException(Exception):
    """The base of the errors of a driver's module that a dialect has made up for a driver without one.

    Args:
        message: what went wrong.
        orig: what the driver has raised.
    """

    def __init__(self, message: str, orig: BaseException | None = None) -> None:
        super().__init__(message)
        self.orig = orig

    @property
    def driver_exception(self) -> BaseException | None:
        """What the driver has raised."""
        return self.orig


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


class WrittenIdentities(tuple[tuple[Any, ...], ...]):
    """The identity keys of what a session's transaction wrote, as ``inspect(obj).identity_key`` has them.

    Args:
        inserted: those of new rows.
        updated: those of changed rows.
        deleted: those of rows that are gone.
    """

    # Not typing.NamedTuple, whose first class in a program takes longer than all other errors together.
    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ("inserted", "updated", "deleted")

    def __new__(cls, inserted: tuple[Any, ...], updated: tuple[Any, ...], deleted: tuple[Any, ...]) -> Self:
        return super().__new__(cls, (inserted, updated, deleted))

    def __getnewargs__(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={keys!r}" for name, keys in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({shown})"

    @property
    def inserted(self) -> tuple[Any, ...]:
        """The keys of new rows."""
        return self[0]

    @property
    def updated(self) -> tuple[Any, ...]:
        """The keys of changed rows."""
        return self[1]

    @property
    def deleted(self) -> tuple[Any, ...]:
        """The keys of rows that are gone."""
        return self[2]


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
