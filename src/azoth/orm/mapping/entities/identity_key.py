"""identity_key(): the key under which an object stands in identity maps."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.mapping.entities.instance_mapper import class_mapper, object_mapper
from azoth.orm.mapping.mapper.mapper import Mapper

__all__ = ["identity_key"]


def identity_key(
    class_: Any = None, ident: Any = None, *, instance: Any = None, row: Any = None, identity_token: Hashable = None
) -> tuple[Any, ...]:
    """Make an identity key, of a class and a primary key, of a class and a row, or of an instance.

    Args:
        class_: the mapped class.
        ident: the primary key: a value, or a tuple of them.
        instance: a mapped instance, instead of the class.
        row: a row that has the columns of the primary key, instead of ``ident``.
        identity_token: tells databases apart from which equal keys may come.

    Returns:
        the key.

    Raises:
        ArgumentError: neither an instance nor a class with a key or row was given.
    """
    if instance is not None:
        of_instance: Mapper = object_mapper(instance)
        return of_instance.identity_key_from_instance(instance)
    if class_ is None or (ident is None and row is None):
        raise ArgumentError(
            "identity_key() needs a class and a key, a class and a row, or an instance",
            why="an identity is a class and the primary key of a row",
            fix="write identity_key(User, 5) or identity_key(instance=user)",
            code="AZ-M89",
        )
    mapper: Mapper = class_mapper(class_)
    if row is not None:
        return mapper.identity_key_from_row(row, identity_token)
    primary_key = ident if isinstance(ident, (tuple, list)) else (ident,)
    return mapper.identity_key_from_primary_key(primary_key, identity_token)
