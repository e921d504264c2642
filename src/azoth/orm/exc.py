"""The errors of the ORM."""

from __future__ import annotations

from typing import Final

from azoth.exc import ArgumentError, AzothError, InvalidRequestError, MultipleResultsFound, NoResultFound

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
    "ObjectDeletedError",
    "ObjectDereferencedError",
    "StaleDataError",
    "UnmappedClassError",
    "UnmappedColumnError",
    "UnmappedError",
    "UnmappedInstanceError",
]

NO_STATE: Final = (AttributeError, KeyError)
"""What reading the state of an object that is not mapped can raise."""


class StaleDataError(AzothError):
    """Report an UPDATE or DELETE that met other rows than the session knows, as after a concurrent change."""


ConcurrentModificationError = StaleDataError


class FlushError(AzothError):
    """Report a flush that cannot be carried out as the objects stand."""


class MappedAnnotationError(ArgumentError):
    """Report an annotation of a mapped class that cannot be understood."""


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


class ObjectDeletedError(InvalidRequestError):
    """Report an attribute that must be loaded while the object's row no longer exists."""


class LoaderStrategyException(InvalidRequestError):
    """Report a loading strategy that does not fit its attribute."""
