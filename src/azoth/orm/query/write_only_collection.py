"""WriteOnlyCollection: what an instance shows under a ``lazy="write_only"`` relationship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar, overload

from azoth.exc import InvalidRequestError
from azoth.orm.mapping.attributes import mapped
from azoth.orm.mapping.attributes.bound_instance import bound_value
from azoth.orm.mapping.entities.with_parent import at_token_of, select_members, with_parent
from azoth.sql.dml import delete, insert, update
from azoth.sql.elements import tuple_
from azoth.sql.selectable import select

if TYPE_CHECKING:
    from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
    from azoth.sql.dml import Delete, Insert, Update
    from azoth.sql.selectable import Select

Item = TypeVar("Item")


class WriteOnlyCollection(Generic[Item]):
    """A collection that can be changed and asked for statements, and is never loaded.

    Args:
        attribute: the attribute.
        instance: the owner.
    """

    __slots__ = ("attribute", "instance")

    def __init__(self, attribute: Any, instance: Any) -> None:
        self.attribute = attribute
        self.instance = instance

    def add(self, item: Item) -> None:
        """Put an object into the collection; the next flush writes it."""
        self.attribute.append(self.instance, item)

    def add_all(self, iterator: Iterable[Item]) -> None:
        """Put several objects into the collection."""
        for item in iterator:
            self.attribute.append(self.instance, item)

    def remove(self, item: Item) -> None:
        """Take an object out of the collection; the next flush writes it."""
        self.attribute.remove(self.instance, item)

    def select(self) -> Select[Item]:
        """Make the SELECT of the members, in the relationship's order; execute it with ``session.scalars()``."""
        statement: Select[Item] = select_members(self.attribute.property, self.instance)
        return statement

    def insert(self) -> Insert:
        """Make an INSERT of members whose foreign key refers to the owner; execute it with a list of rows.

        The key of an owner that is not flushed yet is looked up when the statement runs.

        Raises:
            InvalidRequestError: the relationship is many-to-many.
        """
        relationship = self.attribute.property
        if relationship.secondary is not None:
            raise InvalidRequestError(
                f"{relationship}: a bulk INSERT is not possible for a many-to-many collection",
                why="the rows of both the related table and the association table would have to be written.",
                fix="insert the objects and the association rows by statements of their own, or use add_all().",
                code="AZ-L63",
            )
        owner, mapper = relationship.parent, relationship.mapper
        values = {
            mapper.key_of(column): bound_value(self.instance, owner, source, owner.key_of(source))
            for source, column in relationship.synchronize_pairs
        }
        inserted: Insert = at_token_of(self.instance, insert(mapper.class_).values(values))
        return inserted

    def update(self) -> Update:
        """Make an UPDATE of the members; add ``values()`` and further criteria."""
        changed: Update = at_token_of(self.instance, update(self._target()).where(self._criterion()))
        return changed

    def delete(self) -> Delete:
        """Make a DELETE of the members; add further criteria."""
        changed: Delete = at_token_of(self.instance, delete(self._target()).where(self._criterion()))
        return changed

    def _target(self) -> Any:
        return self.attribute.property.mapper.class_

    def _criterion(self) -> Any:
        relationship = self.attribute.property
        if relationship.secondary is None:
            return with_parent(self.instance, relationship)
        # UPDATE and DELETE name one table; the association rows are looked up beside it.
        keys = relationship.mapper.primary_key
        joined = relationship.mapper.selectable.join(relationship.secondary, relationship.secondaryjoin)
        members = select(*keys).select_from(joined).where(with_parent(self.instance, relationship))
        return _among(keys, members)

    def _azoth_collection_members(self) -> NoReturn:
        name = f"{self.attribute.class_.__name__}.{self.attribute.key}"
        raise InvalidRequestError(
            f"{name} is write-only, and its members would have to be loaded",
            why="the owner is being deleted, so that its members must be deleted too or lose their foreign key.",
            fix=f"configure passive_deletes=True on {name}, and ON DELETE CASCADE or SET NULL in the database.",
            code="AZ-L64",
        )

    def __iter__(self) -> Iterator[Item]:
        raise TypeError(
            "a write-only collection cannot be iterated; execute its select(), "
            f"as in session.scalars(obj.{self.attribute.key}.select())"
        )

    def __repr__(self) -> str:
        return f"<WriteOnlyCollection {self.attribute.class_.__name__}.{self.attribute.key}>"


def _among(keys: tuple[Any, ...], members: Any) -> Any:
    return keys[0].in_(members) if len(keys) == 1 else tuple_(*keys).in_(members)


if TYPE_CHECKING:
    Member = TypeVar("Member")

    # Mappings know the annotation, but not the collection, which stands above them. What relationship() gives fits the
    # protocol, since it does not say what its values are.

    class WriteOnlyMapped(Protocol[Member]):
        """Annotate a collection that is changed without ever being loaded."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[Member]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> WriteOnlyCollection[Member]: ...

        def __set__(self, instance: Any, value: Any) -> None: ...

else:
    WriteOnlyMapped = mapped.WriteOnlyMapped
