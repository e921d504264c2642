"""The base of all errors, and those about arguments, configuration and states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

__all__ = [
    "AmbiguousColumnError",
    "AmbiguousForeignKeysError",
    "ArgumentError",
    "AwaitRequired",
    "AzothDeprecationWarning",
    "AzothError",
    "AzothWarning",
    "Base20DeprecationWarning",
    "CircularDependencyError",
    "CompileError",
    "ConstraintColumnNotFoundError",
    "DisconnectionError",
    "DontWrapMixin",
    "DuplicateColumnError",
    "HasDescriptionCode",
    "IdentifierError",
    "IllegalStateChangeError",
    "InvalidRequestError",
    "InvalidatePoolError",
    "LegacyAPIWarning",
    "MissingGreenlet",
    "MovedIn20Warning",
    "MultipleResultsFound",
    "NoDBAPILoaded",
    "NoForeignKeysError",
    "NoInspectionAvailable",
    "NoReferenceError",
    "NoReferencedColumnError",
    "NoReferencedTableError",
    "NoResultFound",
    "NoSuchColumnError",
    "NoSuchModuleError",
    "NoSuchTableError",
    "ObjectNotExecutableError",
    "PendingRollbackError",
    "ResourceClosedError",
    "SADeprecationWarning",
    "SAPendingDeprecationWarning",
    "SATestSuiteWarning",
    "SAWarning",
    "SQLAlchemyError",
    "TimeoutError",
    "UnboundExecutionError",
    "UnreflectableTableError",
    "UnsupportedCompilationError",
]


class HasDescriptionCode:
    """What the errors have that are described in the documentation: a stable ``code`` to look them up by."""

    code: str | None = None
    """The code, such as "AZ-E15"; empty where there is none."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        front, dot, _ = cls.__module__.rpartition(".")
        if dot and front == __name__.rpartition(".")[0]:
            # Where programs, pickles and tracebacks find it.
            cls.__module__ = front


class AzothError(HasDescriptionCode, Exception):
    """Say what went wrong in one line, and where it helps why, and what to do.

    Args:
        summary: one line naming the class, attribute or key concerned, never user data.
        why: the cause, as far as it is known.
        fix: what the reader can do about it.
        code: a stable code such as "AZ-E01"; the class's own where none is given.
    """

    code: str = ""
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


class NoDBAPILoaded(InvalidRequestError):
    """Report a question about its driver to a dialect that has loaded none, or whose driver does not tell."""


class AwaitRequired(InvalidRequestError):
    """Report a function that was to wait for the database asynchronously and did not."""


class MissingGreenlet(InvalidRequestError):
    """Report a call that must wait for the database asynchronously, from where nothing can wait."""


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


# --- warnings --------------------------------------------------------------------------------------------------------


class AzothWarning(HasDescriptionCode, RuntimeWarning):
    """Warn about something that is probably a mistake."""


class AzothDeprecationWarning(HasDescriptionCode, DeprecationWarning):
    """Warn about a use that a later version will not offer."""

    deprecated_since: str | None = None
    """The version that has said so first."""


class Base20DeprecationWarning(AzothDeprecationWarning):
    """Warn about a use that the 2.0 style replaced."""


class LegacyAPIWarning(Base20DeprecationWarning):
    """Warn about a use that is kept for old programs."""


class MovedIn20Warning(Base20DeprecationWarning):
    """Warn about a name that moved."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """Warn about a use that will be deprecated."""

    deprecated_since: str | None = None
    """The version that has said so first."""


class SATestSuiteWarning(Warning):
    """Warn in a test suite about a state that does no harm to the test."""


SAWarning = AzothWarning
SADeprecationWarning = AzothDeprecationWarning
