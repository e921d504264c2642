"""The errors and warnings of azoth.

Every error has one summary line that is enough in a log, and where they help the lines *why* and *fix*, and a stable
code. Errors of the driver are wrapped by ``DBAPIError`` and its children, and chained.
"""

from __future__ import annotations

from importlib import import_module

from azoth.exc.errors import (
    AmbiguousColumnError,
    AmbiguousForeignKeysError,
    ArgumentError,
    AwaitRequired,
    AzothDeprecationWarning,
    AzothError,
    AzothWarning,
    Base20DeprecationWarning,
    CircularDependencyError,
    CompileError,
    ConstraintColumnNotFoundError,
    DisconnectionError,
    DontWrapMixin,
    DuplicateColumnError,
    HasDescriptionCode,
    IdentifierError,
    IllegalStateChangeError,
    InvalidatePoolError,
    InvalidRequestError,
    LegacyAPIWarning,
    MissingGreenlet,
    MovedIn20Warning,
    MultipleResultsFound,
    NoDBAPILoaded,
    NoForeignKeysError,
    NoInspectionAvailable,
    NoReferencedColumnError,
    NoReferencedTableError,
    NoReferenceError,
    NoResultFound,
    NoSuchColumnError,
    NoSuchModuleError,
    NoSuchTableError,
    ObjectNotExecutableError,
    PendingRollbackError,
    ResourceClosedError,
    SADeprecationWarning,
    SAPendingDeprecationWarning,
    SATestSuiteWarning,
    SAWarning,
    SQLAlchemyError,
    TimeoutError,
    UnboundExecutionError,
    UnreflectableTableError,
    UnsupportedCompilationError,
)
from azoth.exc.statement_errors import (
    CommitUnknown,
    DatabaseError,
    DataError,
    DBAPIError,
    EmulatedDBAPIException,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    StatementError,
    UnreadableValueError,
    WrittenIdentities,
)

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.exc.refusals import (
        CheckViolation,
        DeadlockError,
        ExclusionViolation,
        ForeignKeyViolation,
        LockTimeoutError,
        NotNullViolation,
        SerializationError,
        StatementTimeoutError,
        UniqueViolation,
        ValueTooLong,
    )
    from azoth.exc.two_phases import PartialCommit, TwoPhaseError
else:

    def __getattr__(name: str) -> object:
        """Give a finer class of errors, which programs on servers meet, and others never."""
        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)


# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AmbiguousColumnError", "AmbiguousForeignKeysError", "ArgumentError", "AwaitRequired", "AzothDeprecationWarning",
    "AzothError", "AzothWarning", "Base20DeprecationWarning", "CheckViolation", "CircularDependencyError",
    "CommitUnknown", "CompileError", "ConstraintColumnNotFoundError", "DBAPIError", "DataError", "DatabaseError",
    "DeadlockError", "DisconnectionError", "DontWrapMixin", "DuplicateColumnError", "EmulatedDBAPIException",
    "ExclusionViolation", "ForeignKeyViolation", "HasDescriptionCode", "IdentifierError", "IllegalStateChangeError",
    "IntegrityError", "InterfaceError", "InternalError", "InvalidRequestError", "InvalidatePoolError",
    "LegacyAPIWarning", "LockTimeoutError", "MissingGreenlet", "MovedIn20Warning", "MultipleResultsFound",
    "NoDBAPILoaded", "NoForeignKeysError", "NoInspectionAvailable", "NoReferenceError", "NoReferencedColumnError",
    "NoReferencedTableError", "NoResultFound", "NoSuchColumnError", "NoSuchModuleError", "NoSuchTableError",
    "NotNullViolation", "NotSupportedError", "ObjectNotExecutableError", "OperationalError", "PartialCommit",
    "PendingRollbackError", "ProgrammingError", "ResourceClosedError", "SADeprecationWarning",
    "SAPendingDeprecationWarning", "SATestSuiteWarning", "SAWarning", "SQLAlchemyError", "SerializationError",
    "StatementError", "StatementTimeoutError", "TimeoutError", "TwoPhaseError", "UnboundExecutionError",
    "UniqueViolation", "UnreadableValueError", "UnreflectableTableError", "UnsupportedCompilationError", "ValueTooLong",
    "WrittenIdentities",
]  # fmt: skip
_HOMES = {
    "azoth.exc.refusals": (
        "CheckViolation", "DeadlockError", "ExclusionViolation", "ForeignKeyViolation", "LockTimeoutError",
        "NotNullViolation", "SerializationError", "StatementTimeoutError", "UniqueViolation", "ValueTooLong",
    ),
    "azoth.exc.two_phases": ("PartialCommit", "TwoPhaseError"),
}  # fmt: skip
"""Where each name is at home."""
