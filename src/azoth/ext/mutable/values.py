"""Mutable and MutableComposite: the bases of values that change in place."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from azoth.ext.mutable.base import MutableBase
from azoth.ext.mutable.followers import associate_with_type, follow, follow_mappers, note_on_type
from azoth.orm import InstrumentedAttribute, object_mapper
from azoth.orm.attributes import flag_modified
from azoth.types import TypeEngine

ValueT = TypeVar("ValueT")


class Mutable(MutableBase):
    """Derive the class of a column's values from this, and call ``changed()`` after each change in place."""

    def changed(self) -> None:
        """Mark the attributes that hold this value as changed.

        Raises:
            InvalidRequestError: an object has expired its attribute since, so that it no longer holds this value.

        State: the objects are changed; the next flush saves the value.
        """
        for state, key in self._parents.items():
            parent = state()
            if parent is not None:
                flag_modified(parent, key)

    @classmethod
    def associate_with_attribute(cls, attribute: InstrumentedAttribute[Any]) -> None:
        """Let the values of a mapped attribute, those of derived classes included, be of this class.

        Args:
            attribute: the attribute, as ``Page.tags``.
        """
        follow(cls, attribute, propagate=True)

    @classmethod
    def associate_with(cls, sqltype: type[Any]) -> None:
        """Let the values of all columns of a type be of this class, in all mappings that are configured from now on.

        Where several apply to a column, the class of its very type decides, then the later one; what ``as_mutable()``
        said of the column goes before.

        Args:
            sqltype: the class of the type; those derived from it are meant too. It is known for good.
        """
        associate_with_type(cls, sqltype)
        follow_mappers()

    @classmethod
    def as_mutable(cls, sqltype: type[TypeEngine[ValueT]] | TypeEngine[ValueT]) -> TypeEngine[ValueT]:
        """Let the values of the columns that are declared with a type be of this class.

            Column("tags", MutableDict.as_mutable(JSON))

        Args:
            sqltype: the type, or its class.

        Returns:
            the type; of a class, an instance. Copies of a column with it are meant too, as they are made of mixins.
        """
        type_ = sqltype() if isinstance(sqltype, type) else sqltype
        note_on_type(cls, type_)
        follow_mappers()
        return type_


class MutableComposite(MutableBase):
    """Derive the class of a ``composite()`` from this, and call ``changed()`` after each change of its values.

    @dataclass
    class Point(MutableComposite):
        x: int
        y: int

        def __setattr__(self, key: str, value: object) -> None:
            super().__setattr__(key, value)
            self.changed()
    """

    _is_composite: ClassVar[bool] = True

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        follow_mappers()

    def changed(self) -> None:
        """Put the values of this object into the columns of the objects that hold it.

        State: the objects are changed; the next flush saves the columns.
        """
        for state, key in self._parents.items():
            parent = state()
            if parent is not None:
                object_mapper(parent).composites[key].write(parent, self)
