"""RelationshipComparator: the operators of a relationship, to be derived from for operators of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from azoth.orm.mapping.attributes.comparator import PropComparator
from azoth.orm.mapping.attributes.relationship_attribute import RelationshipAttribute

if TYPE_CHECKING:
    from azoth.sql.elements import ColumnElement

ValueT = TypeVar("ValueT", covariant=True)


class RelationshipComparator(PropComparator[ValueT]):
    """Compares a relationship as it is compared without a ``comparator_factory``; derive from it to change that.

    Args:
        prop: the relationship.
        parentmapper: the mapper of the class that has it.
        adapt_to_entity: the inspected alias that it was reached through, or None for the class.
        of_type: what stands on the other side, where it is not the related class itself.
        extra_criteria: conditions that narrow the join.
    """

    def __init__(
        self,
        prop: Any,
        parentmapper: Any,
        adapt_to_entity: object = None,
        of_type: object = None,
        extra_criteria: tuple[ColumnElement[bool], ...] = (),
    ) -> None:
        super().__init__(prop, parentmapper, adapt_to_entity)
        parent = parentmapper if adapt_to_entity is None else adapt_to_entity
        self._plain: RelationshipAttribute[Any] = _Plain(
            parentmapper.class_, prop.key, parent, prop, of_type, extra_criteria
        )

    @property
    def mapper(self) -> Any:
        """The mapper of the related class."""
        return self._plain.mapper

    @property
    def entity(self) -> Any:
        """The mapper or inspected alias on the other side."""
        return self._plain.entity

    def __clause_element__(self) -> ColumnElement[bool]:
        """Give the join condition."""
        condition: ColumnElement[bool] = self._plain.__clause_element__()
        return condition

    def __eq__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        compared: ColumnElement[bool] = self._plain == other
        return compared

    def __ne__(self, other: object) -> ColumnElement[bool]:  # type: ignore[override]
        compared: ColumnElement[bool] = self._plain != other
        return compared

    def __hash__(self) -> int:
        return id(self)

    def contains(self, other: object, escape: str | None = None, autoescape: bool = False) -> ColumnElement[bool]:
        """Ask whether an object is a member of the collection."""
        asked: ColumnElement[bool] = self._plain.contains(other, escape, autoescape)
        return asked

    def in_(self, other: object) -> ColumnElement[bool]:
        """Refuse: relationships have no IN."""
        asked: ColumnElement[bool] = self._plain.in_(other)
        return asked

    def any(self, criterion: object = None, **kwargs: object) -> ColumnElement[bool]:
        """Ask whether any member of the collection meets a condition."""
        asked: ColumnElement[bool] = self._plain.any(criterion, **kwargs)
        return asked

    def has(self, criterion: object = None, **kwargs: object) -> ColumnElement[bool]:
        """Ask whether the object on the other side meets a condition."""
        asked: ColumnElement[bool] = self._plain.has(criterion, **kwargs)
        return asked

    def of_type(self, class_: object) -> RelationshipAttribute[Any]:
        """Name the alias or class that stands on the other side."""
        return self._plain.of_type(class_)

    def and_(self, *criteria: object) -> RelationshipAttribute[Any]:
        """Narrow the join condition."""
        return self._plain.and_(*criteria)


class _Plain(RelationshipAttribute[ValueT]):
    """A relationship that is compared as relationships are, whatever its property says."""

    asks_comparator = False
