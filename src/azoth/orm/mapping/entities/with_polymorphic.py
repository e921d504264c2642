"""with_polymorphic(): a class with the columns of classes that are derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from azoth.exc import ArgumentError
from azoth.orm.mapping.attributes.instrumented_attribute import element_of
from azoth.orm.mapping.entities.aliased import AliasedClass, AliasedInsp
from azoth.orm.mapping.hierarchy.polymorphic_selectable import joined_to, narrowed
from azoth.orm.mapping.lookup import required_mapper
from azoth.sql.selectable import FromClause

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.sql.elements import ColumnElement

__all__ = ["with_polymorphic"]


def with_polymorphic(
    base: type[object] | Mapper,
    classes: Iterable[type[object] | Mapper] | Literal["*"],
    selectable: FromClause | Literal[False] | None = False,
    flat: bool = False,
    polymorphic_on: ColumnElement[Any] | None = None,
    aliased: bool = False,
    innerjoin: bool = False,
    adapt_on_names: bool = False,
    name: str | None = None,
) -> Any:
    """Make an alias of a class that also has the columns of derived classes.

    Objects of these come with all of their columns, and the alias has an attribute for each of the classes, named as
    the class, by which its own attributes can be used: ``alias.Engineer.info``.

    Args:
        base: the class.
        classes: the derived classes, or "*" for all.
        selectable: what has the columns, where it is not what the mapping names, or the tables joined; None for the
            tables joined whatever the mapping names.
        flat: whether the tables are aliased one by one.
        polymorphic_on: what tells the class of a row of ``selectable``, where the mapping's column does not.
        aliased: whether the whole is a subquery under a name of its own; with ``flat`` the tables are.
        innerjoin: whether the tables are joined by INNER JOIN.
        adapt_on_names: whether columns of ``selectable`` also correspond by their names.
        name: the name of the alias.

    Returns:
        the alias.

    Raises:
        UnmappedClassError: the base is not mapped.
        ArgumentError: a class is not derived from it.
    """
    mapper = required_mapper(base)
    mapper._check_configure()
    if flat and selectable is not False:
        raise ArgumentError(
            "with_polymorphic(): flat and selectable cannot be passed together",
            why="flat aliases the tables one by one, and selectable is taken as it is",
            fix="leave one of them out; aliased=True gives the selectable a name of its own",
            code="AZ-M354",
        )
    mappers = mapper.named_mappers(classes)
    given = mapper.with_polymorphic_selectable
    if selectable is False and given is not None:
        source = given
    else:
        source = narrowed(mapper, joined_to(mapper, mappers, innerjoin=innerjoin))
    is_given = not (selectable is None or selectable is False)
    if not is_given:
        chosen = source.alias(name, flat) if aliased or flat else source
    else:
        chosen = _as_from(selectable)
        if aliased or flat:
            chosen = chosen.alias(name, flat)
    told_by = None if polymorphic_on is None else element_of(polymorphic_on)
    made = partial(AliasedClass, alias=chosen, name=name, adapt_on_names=adapt_on_names, source=source)
    return _with_parts(partial(made, polymorphic_on=told_by), mapper, mappers, narrows=is_given)


def _with_parts(
    make: Callable[..., AliasedClass], mapper: Mapper, mappers: Iterable[Mapper], *, narrows: bool
) -> AliasedClass:
    listed = tuple(mappers)
    entity = make(mapper, mappers=listed, narrows=narrows)
    whole: AliasedInsp = entity._azoth_entity
    for one in listed:
        if one is not mapper:
            below = tuple([other for other in listed if other.isa(one)])
            entity.__dict__[one.class_.__name__] = make(one, mappers=below, narrows=True, part_of=whole)
    return entity


def _as_from(selectable: object) -> FromClause:
    if hasattr(selectable, "subquery") and not isinstance(selectable, FromClause):
        selectable = selectable.subquery()
    if not isinstance(selectable, FromClause):
        raise ArgumentError(
            f"with_polymorphic(): selectable is an object of {type(selectable).__name__}",
            why="the columns of the classes come from a table, join or subquery",
            fix="pass one of these, or leave it out",
            code="AZ-M331",
        )
    return selectable
