"""The loader options as functions: ``joinedload()``, ``selectinload()``, ``defer()`` and the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azoth.exc import ArgumentError
from azoth.orm.loading.loader_options import Load
from azoth.orm.loading.option_attributes import WILDCARD


def _chained(method: str, attributes: tuple[Any, ...], **arguments: Any) -> Load:
    """Walk a chain of attributes: all but the last keep their strategy, as SQLAlchemy's functions do."""
    if not attributes:
        raise ArgumentError(
            f"{method}() needs an attribute",
            why="without one there is nothing to apply the strategy to",
            fix=f"name it, as in {method}(User.addresses), or '{WILDCARD}' for all",
            code="AZ-L02",
        )
    load = Load()
    for attribute in attributes[:-1]:
        load = load.defaultload(attribute)
    option: Load = getattr(load, method)(attributes[-1], **arguments)
    return option


def joinedload(*attributes: Any, innerjoin: bool | str | None = None) -> Load:
    """Load related objects in the same statement; see ``Load.joinedload``."""
    return _chained("joinedload", attributes, innerjoin=innerjoin)


def selectinload(*attributes: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Load:
    """Load the related objects of all results in a second statement; see ``Load.selectinload``."""
    return _chained("selectinload", attributes, recursion_depth=recursion_depth, chunksize=chunksize)


def subqueryload(*attributes: Any) -> Load:
    """Load the related objects of all results in a second statement; see ``Load.subqueryload``."""
    return _chained("subqueryload", attributes)


def lazyload(*attributes: Any) -> Load:
    """Load related objects when they are first read; see ``Load.lazyload``."""
    return _chained("lazyload", attributes)


def immediateload(*attributes: Any, recursion_depth: int | None = None) -> Load:
    """Load related objects right after the results; see ``Load.immediateload``."""
    return _chained("immediateload", attributes, recursion_depth=recursion_depth)


def noload(*attributes: Any) -> Load:
    """Leave an attribute empty; see ``Load.noload``."""
    return _chained("noload", attributes)


def raiseload(*attributes: Any, sql_only: bool = False) -> Load:
    """Refuse implicit loads; see ``Load.raiseload``."""
    return _chained("raiseload", attributes, sql_only=sql_only)


def contains_eager(*attributes: Any, alias: Any = None) -> Load:
    """Fill an attribute from the statement's own joins; see ``Load.contains_eager``."""
    return _chained("contains_eager", attributes, alias=alias)


def defaultload(*attributes: Any) -> Load:
    """Keep a relationship's strategy and go on behind it; see ``Load.defaultload``."""
    return _chained("defaultload", attributes)


def load_only(*attributes: Any, raiseload: bool = False) -> Load:
    """Load only these columns; see ``Load.load_only``."""
    return Load().load_only(*attributes, raiseload=raiseload)


def defer(key: Any, *addl_attrs: Any, raiseload: bool = False) -> Load:
    """Leave a column to be loaded when read; see ``Load.defer``."""
    return _chained("defer", (key, *addl_attrs), raiseload=raiseload)


def undefer(key: Any, *addl_attrs: Any) -> Load:
    """Load a deferred column with the rest; see ``Load.undefer``."""
    return _chained("undefer", (key, *addl_attrs))


def undefer_group(name: str) -> Load:
    """Load a group of deferred columns with the rest; see ``Load.undefer_group``."""
    return Load().undefer_group(name)


def with_expression(key: Any, expression: Any) -> Load:
    """Select an expression for an attribute mapped by ``query_expression()``; see ``Load.with_expression``."""
    return Load().with_expression(key, expression)


eagerload = joinedload


def selectin_polymorphic(base_cls: Any, classes: Iterable[Any]) -> Load:
    """Load the columns of derived classes once the rows of a base class are in; see ``Load.selectin_polymorphic``.

    Args:
        base_cls: the base class, or an alias of it.
        classes: the derived classes.
    """
    return Load(base_cls).selectin_polymorphic(classes)
