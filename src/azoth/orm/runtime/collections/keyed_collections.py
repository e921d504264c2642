"""Dicts of related instances whose keys come from the instances: from an attribute, a column or a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from azoth.exc import InvalidRequestError
from azoth.orm.runtime.collections.instrumented import InstrumentedDict
from azoth.orm.runtime.state import instance_behind, state_of
from azoth.orm.runtime.symbols import NO_VALUE
from azoth.sql.elements import TextClause, clause_of
from azoth.util.arguments import wrong_value
from azoth.util.warning import warn

K = TypeVar("K")
V = TypeVar("V")


class KeyFuncDict(InstrumentedDict[K, V]):
    """A dict collection that finds the key of an item by a function.

    Args:
        keyfunc: gives the key of an item; NO_VALUE while the item cannot tell yet.
        ignore_unpopulated_attribute: leave out items that cannot tell their key, instead of raising, and those whose
            key would be None because an attribute is.
    """

    __slots__ = ("ignore_unpopulated_attribute", "keyfunc")

    def __init__(
        self, keyfunc: Callable[[Any], Any], *mapping: Any, ignore_unpopulated_attribute: bool = False
    ) -> None:
        if not callable(keyfunc):
            # The items of a copy, as dataclasses.asdict() makes them of any dict.
            keyfunc, mapping = _no_key, (keyfunc, *mapping)
        super().__init__(*mapping)
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute

    def set(self, value: V) -> None:
        """Store an item under its key.

        Raises:
            InvalidRequestError: the item has no value yet for what makes up its key.
        """
        key = self.key_of(value)
        if key is NO_VALUE:
            return
        if key is None and isinstance(self.keyfunc, (AttributeKey, ColumnKey)):
            warn(
                f"a {type(value).__name__} object is put into a {type(self).__name__} under the key None",
                why="the attribute that gives the key is None, so that such objects take each other's place",
                fix="set that attribute before the relationship, or pass ignore_unpopulated_attribute=True",
                code="AZ-L655",
            )
        self[key] = value

    def remove(self, value: V) -> None:
        """Remove an item from under its key.

        Raises:
            InvalidRequestError: something else stands under the item's key.
        """
        value = instance_behind(value)
        key = self.key_of(value)
        if key is NO_VALUE:
            return
        if key not in self or self[key] is not value:
            raise InvalidRequestError(
                f"cannot remove a {type(value).__name__} object from a {type(self).__name__}: not under its key",
                why="what makes up the key was changed after the object was put in, or the object was never in.",
                fix="remove it by the key under which it was put in: del collection[key].",
                code="AZ-S92",
            )
        del self[key]

    def key_of(self, item: Any) -> Any:
        """Give the key of an item, or NO_VALUE where it has none and may be left out.

        Raises:
            InvalidRequestError: the item has no value yet for what makes up its key.
        """
        key = None if item is None else self.keyfunc(item)
        if key is None and item is not None and self.ignore_unpopulated_attribute:
            return NO_VALUE if isinstance(self.keyfunc, (AttributeKey, ColumnKey)) else None
        if key is NO_VALUE and not self.ignore_unpopulated_attribute:
            raise InvalidRequestError(
                f"cannot put a {type(item).__name__} object into a {type(self).__name__}: its key is not populated",
                why="the attribute that gives the key has no value yet; the object may have come by a backref.",
                fix="set that attribute before the relationship, or pass ignore_unpopulated_attribute=True.",
                code="AZ-S93",
            )
        return key

    def __reduce__(self) -> Any:
        return (
            _unpickled,
            (type(self), self.keyfunc, self.ignore_unpopulated_attribute),
            self.__getstate__(),
            None,
            iter(self.items()),
        )

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()


def _no_key(item: object) -> object:
    """Tell nothing of the key of an item."""
    return NO_VALUE


MappedCollection = KeyFuncDict


class AttributeKey:
    """Takes the key of an item from one of its attributes."""

    __slots__ = ("attribute_name",)

    def __init__(self, attribute_name: str) -> None:
        self.attribute_name = attribute_name

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by the old protocols too, which know no slots."""
        return AttributeKey, (self.attribute_name,)

    def __call__(self, item: Any) -> Any:
        """Give the attribute's value, or NO_VALUE if it was never set and there is no row to load it from."""
        name = self.attribute_name
        values = item.__dict__
        if name in values:
            return values[name]
        state = state_of(item)
        mapper = state.manager.mapper
        synonyms = {} if mapper is None else mapper.synonyms
        while name in synonyms:
            name = synonyms[name].name
        if name in state.manager.attributes and name not in values and state.pk is None:
            return NO_VALUE
        return getattr(item, name, NO_VALUE)


class ColumnKey:
    """Takes the key of an item from the attributes of some of its columns; a tuple if there are several.

    Args:
        columns: the columns; those that were pickled by their names, of their tables (None for what the class itself
            is mapped to) and their own.
    """

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = tuple(columns)

    def __call__(self, item: Any) -> Any:
        """Give the columns' values, or NO_VALUE if one was never set and there is no row to load it from."""
        mapper = state_of(item).manager.mapper
        parts = tuple([AttributeKey(mapper.key_of(_mapped(mapper, column)))(item) for column in self.columns])
        if NO_VALUE in parts:
            return NO_VALUE
        return parts[0] if len(parts) == 1 else parts

    def __reduce__(self) -> Any:
        """Pickle the columns by their names: those of whoever reads it are meant, not copies of them."""
        named = [column if isinstance(column, tuple) else _name(column) for column in self.columns]
        return ColumnKey, (named,)


def _name(column: Any) -> Any:
    """Name a column of a table, or of a selectable without a name of its own; what is none is pickled itself."""
    while hasattr(column, "__clause_element__"):
        column = column.__clause_element__()
    table = getattr(column, "table", None)
    return column if table is None else (getattr(table, "fullname", None), column.key)


def _mapped(mapper: Any, column: Any) -> Any:
    if not isinstance(column, tuple):
        return column
    table, key = column
    if table is None:
        return mapper.local_table.c[key]
    return next(found.c[key] for found in mapper.tables if found.fullname == table)


class KeyedCollectionFactory:
    """Makes the empty collections of one keyed attribute; what ``collection_class`` holds."""

    __slots__ = ("ignore_unpopulated_attribute", "keyfunc")

    def __init__(self, keyfunc: Callable[[Any], Any], ignore_unpopulated_attribute: bool) -> None:
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute

    def __call__(self) -> KeyFuncDict[Any, Any]:
        return KeyFuncDict(self.keyfunc, ignore_unpopulated_attribute=self.ignore_unpopulated_attribute)


def keyfunc_mapping(
    keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False
) -> KeyedCollectionFactory:
    """Make a dict collection whose keys a function gives.

    Args:
        keyfunc: gives the key of an item.
        ignore_unpopulated_attribute: leave out items whose key is NO_VALUE, instead of raising.

    Returns:
        what to pass as ``collection_class``.
    """
    return KeyedCollectionFactory(keyfunc, ignore_unpopulated_attribute)


def attribute_keyed_dict(attr_name: str, *, ignore_unpopulated_attribute: bool = False) -> KeyedCollectionFactory:
    """Make a dict collection keyed by an attribute of its items.

    Args:
        attr_name: the name of the attribute.
        ignore_unpopulated_attribute: leave out items on which the attribute was never set, instead of raising.

    Returns:
        what to pass as ``collection_class``.
    """
    return KeyedCollectionFactory(AttributeKey(attr_name), ignore_unpopulated_attribute)


def column_keyed_dict(mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False) -> KeyedCollectionFactory:
    """Make a dict collection keyed by one or several columns of its items' table.

    Args:
        mapping_spec: a column, or a sequence of them for keys that are tuples.
        ignore_unpopulated_attribute: leave out items on which a column's attribute was never set, instead of raising.

    Returns:
        what to pass as ``collection_class``.

    Raises:
        ArgumentError: something else than columns is given.
    """
    columns = mapping_spec if isinstance(mapping_spec, (tuple, list)) else (mapping_spec,)
    for column in columns:
        if isinstance(column, TextClause) or not hasattr(clause_of(column), "type"):
            raise wrong_value("column_keyed_dict(): mapping_spec", "a column, or a sequence of columns", column)
    return KeyedCollectionFactory(ColumnKey(columns), ignore_unpopulated_attribute)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict


def _unpickled(class_: type[KeyFuncDict[Any, Any]], keyfunc: Callable[[Any], Any], ignore: bool) -> Any:
    return class_(keyfunc, ignore_unpopulated_attribute=ignore)
