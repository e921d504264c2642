"""What a class has from its declarative base: registry and metadata."""

from __future__ import annotations

from typing import Any

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.naming.class_registry import ClassRegistry
from azoth.sql.schema import MetaData


def registry_of(cls: type[Any]) -> Any:
    """Find the registry of a class's base, whatever attributes its mapped classes have; None where there is none."""
    for one in cls.__mro__:
        # The second is what metaclasses of libraries set, which know SQLAlchemy's.
        for name in ("registry", "_sa_registry"):
            found = one.__dict__.get(name)
            if isinstance(found, ClassRegistry):
                return found
    return None


def metadata_of(cls: type[Any]) -> MetaData | None:
    """Find the metadata of a class's base, whatever attributes its mapped classes have; None where there is none."""
    for one in cls.__mro__:
        found = one.__dict__.get("metadata")
        if isinstance(found, MetaData):
            return found
    return None


def no_registry(cls: type[Any]) -> InvalidRequestError:
    """Make the error for a declarative base whose registry is missing, or is something else."""
    return InvalidRequestError(
        f"declarative base {cls.__name__} has no registry",
        why="its attribute registry is missing, or is something else than a registry()",
        fix="set registry = registry() on it, or derive it from DeclarativeBase",
        code="AZ-M380",
    )
