"""The errors and warnings of azoth.

Every error has one summary line that is enough in a log, and where they help the lines *why* and *fix*, and a stable
code. Errors of the driver are wrapped by ``DBAPIError`` and its children, and chained.
"""

from __future__ import annotations

from azoth.exc.errors import (
    AmbiguousColumnError,
    AmbiguousForeignKeysError,
    ArgumentError,
    AwaitRequired,
    AzothError,
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
    MissingGreenlet,
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
from azoth.exc.warning_classes import (
    AzothDeprecationWarning,
    AzothWarning,
    Base20DeprecationWarning,
    LegacyAPIWarning,
    MovedIn20Warning,
    SADeprecationWarning,
    SAPendingDeprecationWarning,
    SATestSuiteWarning,
    SAWarning,
)

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "AmbiguousColumnError", "AmbiguousForeignKeysError", "ArgumentError", "AwaitRequired", "AzothDeprecationWarning",
    "AzothError", "AzothWarning", "Base20DeprecationWarning", "CircularDependencyError", "CommitUnknown",
    "CompileError", "ConstraintColumnNotFoundError", "DBAPIError", "DataError", "DatabaseError", "DisconnectionError",
    "DontWrapMixin", "DuplicateColumnError", "EmulatedDBAPIException", "HasDescriptionCode", "IdentifierError",
    "IllegalStateChangeError", "IntegrityError", "InterfaceError", "InternalError", "InvalidRequestError",
    "InvalidatePoolError", "LegacyAPIWarning", "MissingGreenlet", "MovedIn20Warning", "MultipleResultsFound",
    "NoDBAPILoaded", "NoForeignKeysError", "NoInspectionAvailable", "NoReferenceError", "NoReferencedColumnError",
    "NoReferencedTableError", "NoResultFound", "NoSuchColumnError", "NoSuchModuleError", "NoSuchTableError",
    "NotSupportedError", "ObjectNotExecutableError", "OperationalError", "PendingRollbackError", "ProgrammingError",
    "ResourceClosedError", "SADeprecationWarning", "SAPendingDeprecationWarning", "SATestSuiteWarning", "SAWarning",
    "SQLAlchemyError", "StatementError", "TimeoutError", "UnboundExecutionError", "UnreadableValueError",
    "UnreflectableTableError", "UnsupportedCompilationError", "WrittenIdentities",
]  # fmt: skip
