"""The criteria of ``filter_by(name=value)``: finding the attribute that a keyword names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from azoth import exc
from azoth.sql.elements import ClauseElement
from azoth.sql.selectable.column_collection import ColumnCollection
from azoth.sql.selectable.from_clause import FromClause
from azoth.util.near_names import near_names

__all__ = ["filter_by_criteria", "refuse_ambiguous_names"]


def filter_by_criteria(subject: Any, values: Mapping[str, Any], others: Iterable[Any] = ()) -> list[Any]:
    """Make the conditions of keyword arguments.

    Args:
        subject: the entity, table or column whose attributes are meant.
        values: from the attribute's name to the value.
        others: where to look for attributes that the subject does not have.

    Raises:
        InvalidRequestError: where a name is unknown.
    """
    namespace = _namespace_of(subject)
    return [_attribute(namespace, subject, name, others) == value for name, value in values.items()]


def refuse_ambiguous_names(subject: object, names: Iterable[str], others: Sequence[FromClause]) -> None:
    """Refuse names that several of the tables of a change have, of which each could be meant.

    Args:
        subject: the entity or table that is changed.
        names: the names of attributes or columns.
        others: the other tables that the conditions of the change name.

    Raises:
        AmbiguousColumnError: where several have a name.
    """
    for name in names:
        having = [place for place in (subject, *others) if _found(_namespace_of(place), name) is not None]
        if len(having) > 1:
            described = [_description_of(_namespace_of(place), place) for place in having]
            raise exc.AmbiguousColumnError(
                f"filter_by({name}=...) is ambiguous: {', '.join(described)} have the name",
                why="the statement is about several tables, and each of these could be meant",
                fix="name the attribute: where(Entity.attribute == value)",
                code="AZ-L650",
            )


def _found(namespace: object, name: str) -> Any:
    # Columns can be named like the methods of their collection.
    if isinstance(namespace, ColumnCollection) and name in namespace:
        return namespace[name]
    found = getattr(namespace, name, None)
    # A mapped class may have plain members of that name, which no value can be compared with in SQL.
    return found if isinstance(found, ClauseElement) or hasattr(found, "__clause_element__") else None


def _attribute(namespace: Any, subject: Any, name: str, others: Iterable[Any]) -> Any:
    for place in (namespace, *[_namespace_of(other) for other in others if _has_namespace(other)]):
        found = _found(place, name)
        if found is not None:
            return found
    described = _description_of(namespace, subject)
    close = near_names(name, [own for own in _names_in(namespace) if not own.startswith("_")], 1)
    raise exc.InvalidRequestError(
        f"{described} has no attribute {name!r} to filter by",
        why="filter_by() looks at the entity joined last, then at the others of the statement",
        fix=f"did you mean {close[0]!r}?" if close else "use filter() or where() with the attribute of another entity",
        code="AZ-C39",
    )


def _has_namespace(subject: Any) -> bool:
    element = subject if isinstance(subject, ClauseElement) else subject.__clause_element__()
    return hasattr(subject, "entity_namespace") or hasattr(element, "entity_namespace")


def _namespace_of(subject: Any) -> Any:
    """Find where names are looked up: a mapped class, an aliased entity, or a selectable's columns."""
    namespace = getattr(subject, "entity_namespace", None)
    if namespace is not None:
        return namespace
    element: Any = subject if isinstance(subject, ClauseElement) else subject.__clause_element__()
    namespace = getattr(element, "entity_namespace", None)
    if namespace is None and getattr(element, "table", None) is not None:
        namespace = element.table.entity_namespace
    if namespace is None:
        raise exc.InvalidRequestError(
            "filter_by() needs an entity or a table to look its names up",
            why="the statement selects expressions only",
            fix="name the entity by select_from(), or use where()",
            code="AZ-C15",
        )
    return namespace


def _names_in(namespace: Any) -> list[str]:
    return list(namespace.keys()) if hasattr(namespace, "keys") and not isinstance(namespace, type) else dir(namespace)


def _description_of(namespace: Any, subject: Any) -> str:
    if isinstance(namespace, type):
        return namespace.__name__
    element = subject if isinstance(subject, ClauseElement) else subject.__clause_element__()
    return str(getattr(element, "description", None) or type(subject).__name__)
