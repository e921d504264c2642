"""Variants: the classes of a hierarchy whose objects the rows for one entity become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from azoth.exc import InvalidRequestError

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper


class Variant:
    """One class of a hierarchy, as rows of a statement bring it.

    Attributes:
        mapper: the mapper of the class.
        identity: what tells it in a row.
        columns: attribute key -> expression in the statement, those of its base classes included.
        is_separate: whether the class is a concrete one, with a table and keys of its own.
        emptied: relationship keys of the class's own that ``noload`` leaves empty.
    """

    __slots__ = ("columns", "emptied", "identity", "is_separate", "mapper")

    def __init__(self, mapper: Mapper, identity: object, columns: dict[str, Any], *, is_separate: bool = False) -> None:
        self.mapper = mapper
        self.is_separate = is_separate
        self.identity = identity
        self.columns = columns
        self.emptied: list[str] = []


def classes_below(mapper: Mapper) -> list[tuple[object, Mapper]]:
    """List the classes whose objects queries for a class give, with what tells them in a row.

    Args:
        mapper: the mapper of the class asked for.

    Returns:
        (identity, mapper): the class itself first, the others in the order in which they were mapped.
    """
    below = set(mapper.self_and_descendants)
    found = [(identity, one) for identity, one in mapper.polymorphic_map.items() if one in below]
    return sorted(found, key=lambda pair: pair[1] is not mapper)


def columns_of_variant(
    mapper: Mapper, node_mapper: Mapper, common: Mapping[str, Any], own: Mapping[str, Any], included: Iterable[Any]
) -> dict[str, Any]:
    """Say which columns rows bring for a class.

    Args:
        mapper: the mapper of the class.
        node_mapper: that of the class asked for.
        common: attribute key -> expression in the statement, of the class asked for.
        own: attribute key -> mapped column or expression, of this class.
        included: the mappers whose own columns the statement has.

    Returns:
        attribute key -> expression; columns of derived classes are still those of the mapping.
    """
    found = {}
    is_included = mapper in included
    above = nearest_included(mapper, included)
    for key, expression in own.items():
        if key in common:
            found[key] = common[key]
            continue
        base_key = node_mapper.column_to_key.get(expression, "")
        if base_key in common:
            found[key] = common[base_key]
        elif is_included or (above is not None and above._properties.get(key) is mapper._properties.get(key)):
            found[key] = expression
    return found


def nearest_included(mapper: Mapper, included: Iterable[Any]) -> Mapper | None:
    """Find the nearest base class whose own columns a statement has; None where it has those of none."""
    known = set(included)
    one: Mapper | None = mapper.inherits
    while one is not None and one not in known:
        one = one.inherits
    return one


def columns_of_concrete(own: Mapping[str, Any], adapt: Callable[[Any], Any]) -> dict[str, Any]:
    """Say which columns rows bring for a class with a table of its own: those that the union of the tables has.

    Args:
        own: attribute key -> mapped column or expression, of this class.
        adapt: moves columns of the tables to what the statement selects from.
    """
    moved = {key: adapt(expression) for key, expression in own.items()}
    return {key: expression for key, expression in moved.items() if expression is not own[key]}


def refuse_row(mapper: Mapper) -> Callable[[object, object], NoReturn]:
    """Make what refuses rows of which no class is known.

    Args:
        mapper: the mapper of the class asked for.

    Returns:
        a function of what a row has in the place of an identity, and of its primary key; it raises.
    """
    name = mapper.class_.__name__

    def refuse(identity: object, pk: object) -> NoReturn:
        known = mapper.polymorphic_map.get(identity)
        if identity is None:
            why = f"the discriminator {mapper.polymorphic_on} is NULL, and there are no objects of {name} itself"
        elif known is None:
            why = f"no class of the hierarchy has the polymorphic identity {identity!r}"
        else:
            why = f"the discriminator says {identity!r}, which is {known.class_.__name__} and no kind of {name}"
        raise InvalidRequestError(
            f"the row of {name} with key {pk!r} can't be loaded into an object",
            why=why,
            fix="map a class with this polymorphic_identity, or correct the row",
            code="AZ-L320",
        )

    return refuse
