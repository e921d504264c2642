"""The errors of the ORM."""

from __future__ import annotations

from typing import Any, Final

from azoth.exc import (
    ArgumentError,
    AzothError,
    IntegrityError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    StatementError,
)

__all__ = [
    "NO_STATE",
    "ConcurrentModificationError",
    "DetachedInstanceError",
    "FlushError",
    "LoaderStrategyException",
    "MappedAnnotationError",
    "MultipleResultsFound",
    "NegativeIndexError",
    "NoResultFound",
    "NullRefusedError",
    "ObjectDeletedError",
    "ObjectDereferencedError",
    "StaleDataError",
    "UnmappedClassError",
    "UnmappedColumnError",
    "UnmappedError",
    "UnmappedInstanceError",
    "UnresolvedDetachedValueError",
    "UnresolvedValueError",
    "UnsupportedRequestError",
]

NO_STATE: Final = (AttributeError, KeyError)
"""What reading the state of an object that is not mapped can raise."""


class StaleDataError(AzothError):
    """Report an UPDATE or DELETE that met other rows than the session knows, as after a concurrent change."""


ConcurrentModificationError = StaleDataError


class FlushError(AzothError):
    """Report a flush that cannot be carried out as the objects stand."""


class NullRefusedError(FlushError, IntegrityError):
    """Report a flush that would write NULL where the table has NOT NULL; ``IntegrityError`` catches it too.

    It is found before the database is asked, so there is no ``statement``; ``orig`` is a plain ``FlushError`` that
    says the same.

    Args:
        summary: one line naming the class, attribute or key concerned, never user data.
        why: the cause, as far as it is known.
        fix: what the reader can do about it.
        code: a stable code.
    """

    def __init__(self, summary: str = "", *, why: str = "", fix: str = "", code: str = "") -> None:
        orig = FlushError(summary, why=why, fix=fix, code=code)
        StatementError.__init__(self, summary, orig=orig, why=why, fix=fix, code=code)
        self.connection_invalidated = False

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.summary,), self.__dict__


class MappedAnnotationError(ArgumentError):
    """Report an annotation of a mapped class that cannot be understood."""


class UnsupportedRequestError(InvalidRequestError, NotImplementedError):
    """Report what attributes of this kind do not do; ``NotImplementedError`` catches it too."""


class NegativeIndexError(ArgumentError, IndexError):
    """Report that a query was asked for results counted from its end; ``IndexError`` catches it too."""


class UnmappedError(InvalidRequestError):
    """Report the use of something that is not mapped."""


class UnmappedInstanceError(UnmappedError):
    """Report an object whose class is not mapped."""


class UnmappedClassError(UnmappedError):
    """Report a class that is not mapped."""


class UnmappedColumnError(InvalidRequestError):
    """Report a column that belongs to no attribute of the mapping."""


class ObjectDereferencedError(AzothError):
    """Report work on an object that was garbage collected in the meantime."""


class DetachedInstanceError(AzothError):
    """Report an attribute that must be loaded while its object belongs to no session."""


class UnresolvedValueError(StatementError, InvalidRequestError):
    """Report a statement that refers to a value which its object does not have; it was not sent."""


class UnresolvedDetachedValueError(UnresolvedValueError, DetachedInstanceError):
    """Report a statement that refers to a value which must be loaded, of an object that belongs to no session."""


class ObjectDeletedError(InvalidRequestError):
    """Report an attribute that must be loaded while the object's row no longer exists."""


class LoaderStrategyException(InvalidRequestError):
    """Report a loading strategy that does not fit its attribute."""
