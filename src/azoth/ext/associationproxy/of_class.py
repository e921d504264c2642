"""AssociationProxyInstance: an association proxy as a class shows it."""

from __future__ import annotations

import operator
from typing import Any, ClassVar, Final, Generic, NoReturn, TypeVar

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.associationproxy.ports import Descriptor, Function
from azoth.ext.associationproxy.proxied_collection import AssociationCollection, LazyCollection
from azoth.ext.associationproxy.proxied_dict import AssociationDict
from azoth.ext.associationproxy.proxied_list import AssociationList
from azoth.ext.associationproxy.proxied_set import AssociationSet
from azoth.inspection import inspect
from azoth.sql import or_
from azoth.sql.operators import ColumnOperators

ValueT = TypeVar("ValueT")


class AssociationProxyInstance(ColumnOperators, Generic[ValueT]):
    """An association proxy on a mapped class or an alias of it.

    Args:
        parent: the descriptor.
        owning_class: the class, or an alias of it; statements are made of that.
        target_class: the class of the related objects, or an alias of it.
        value_attr: their attribute.

    Attributes:
        key: the name on the class.
        target_collection: the relationship.
    """

    is_attribute = True
    is_selected_by_itself: ClassVar[bool] = False

    def __init__(self, parent: Descriptor, owning_class: Any, target_class: Any, value_attr: str) -> None:
        self.parent = parent
        self.key = parent.key
        self._entity = owning_class
        self.owning_class: type[Any] = inspect(owning_class).mapper.class_
        self.target_collection = parent.target_collection
        self.target_class = target_class
        self.value_attr = value_attr
        self.collection_class: type[Any] | None = None

    @classmethod
    def for_proxy(
        cls, parent: Descriptor, owning_class: Any, parent_instance: object | None
    ) -> AssociationProxyInstance[Any]:
        """Make the form of the proxy that fits what the related objects' attribute is.

        Args:
            parent: the descriptor.
            owning_class: the class, or the alias.
            parent_instance: an object of the class, or None.
        """
        prop = inspect(owning_class).mapper.get_property(parent.target_collection)
        if not hasattr(prop, "direction"):
            raise NotImplementedError(
                f"association proxy {parent.key}: {parent.target_collection} is not a relationship"
            )
        target = prop.entity.entity
        attribute = _remote(target, parent.value_attr)
        kind: type[AssociationProxyInstance[Any]]
        is_related = hasattr(getattr(attribute, "property", None), "direction")
        if is_related or isinstance(attribute, AssociationProxyInstance):
            kind = ObjectAssociationProxyInstance
        elif getattr(attribute, "is_attribute", False):
            kind = ColumnAssociationProxyInstance
        else:
            kind = AmbiguousAssociationProxyInstance
        return kind(parent, owning_class, target, parent.value_attr)

    # --- what it goes through ---

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        return self.parent.info

    @property
    def local_attr(self) -> Any:
        """The relationship on the class."""
        return getattr(self._entity, self.target_collection)

    @property
    def remote_attr(self) -> Any:
        """The attribute on the class of the related objects."""
        return getattr(self.target_class, self.value_attr)

    @property
    def attr(self) -> tuple[Any, Any]:
        """The relationship and the attribute of the related objects, as for a ``join()`` of both."""
        return self.local_attr, self.remote_attr

    @property
    def scalar(self) -> bool:
        """Whether the relationship is to one object."""
        return not self._property.uselist

    @property
    def _property(self) -> Any:
        return inspect(self.owning_class).mapper.get_property(self.target_collection)

    @property
    def _chained(self) -> AssociationProxyInstance[Any] | None:
        remote = self.remote_attr
        return remote if isinstance(remote, AssociationProxyInstance) else None

    @property
    def _is_of_objects(self) -> bool:
        return isinstance(self, ObjectAssociationProxyInstance)

    @property
    def _value_is_scalar(self) -> bool:
        return not getattr(getattr(self.remote_attr, "property", None), "uselist", False)

    # --- on an object ---

    def get(self, obj: Any) -> Any:
        """Give the value, or the collection of values, of an object; the proxy itself for None.

        Emits: what reading the relationship and the attribute emit.
        """
        if obj is None:
            return self
        if not self.scalar:
            return self.collection_of(obj)
        getter, _ = self._accessors(None)
        return getter(getattr(obj, self.target_collection))

    def set(self, obj: Any, values: Any) -> None:
        """Give an object another value, or other values.

        State: related objects are made, changed, or leave the object.
        """
        if self.scalar:
            self._set_scalar(obj, values)
            return
        collection = self.collection_of(obj)
        if values is collection or (
            isinstance(collection, AssociationCollection) and collection.shows_the_same(values)
        ):
            return  # after user.keywords += [...]
        if isinstance(collection, AssociationCollection):
            collection.replace(values)
        else:
            collection.clear()
            self.fill(collection, values)

    def _set_scalar(self, obj: Any, value: Any) -> None:
        target = getattr(obj, self.target_collection)
        if target is None:
            if value is not None or self.parent.create_on_none_assignment:
                setattr(obj, self.target_collection, self._creator(value))
            return
        _, setter = self._accessors(None)
        setter(target, value)
        if value is None and self.parent.cascade_scalar_deletes:
            setattr(obj, self.target_collection, None)

    def delete(self, obj: Any) -> None:
        """Delete the value on the related object, and the relationship to it."""
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if target is not None:
                delattr(target, self.value_attr)
        delattr(obj, self.target_collection)

    def collection_of(self, obj: Any) -> Any:
        """Make the collection of values that an object shows."""
        lazy = LazyCollection(obj, self.target_collection)
        kind = _kind_of(lazy())
        self.collection_class = kind
        if self.parent.proxy_factory is not None:
            return self.parent.proxy_factory(lazy, self._creator, self.value_attr, self)
        proxied = PROXIED.get(kind)
        if proxied is None:
            raise ArgumentError(
                f"association proxy {self._name}: the class of the collection is not like a list, set or dict",
                why="what is shown of it behaves as one of them does",
                fix="pass proxy_factory= and proxy_bulk_set=",
                code="AZ-X61",
            )
        return self.made(proxied, lazy)

    def made(self, kind: type[AssociationCollection], lazy: Function) -> AssociationCollection:
        """Make a collection of values.

        Args:
            kind: its class.
            lazy: gives the collection of the related objects.
        """
        getter, setter = self._accessors(dict if issubclass(kind, AssociationDict) else list)
        return kind(lazy, self._creator, getter, setter, self)

    def fill(self, collection: Any, values: Any) -> None:
        """Put values into a collection that is empty."""
        if self.parent.proxy_bulk_set is not None:
            self.parent.proxy_bulk_set(collection, values)
        elif isinstance(collection, AssociationList):
            collection.extend(values)
        elif isinstance(collection, AssociationDict | AssociationSet):
            collection.update(values)
        else:
            raise ArgumentError(
                f"association proxy {self._name}: no proxy_bulk_set was given",
                why="its collections are made by a proxy_factory, and only the program knows how they are filled",
                fix="pass proxy_bulk_set=, a function of collection and values",
                code="AZ-X62",
            )

    @property
    def _creator(self) -> Function:
        creator: Function = self.parent.creator or self.target_class
        return creator

    def _accessors(self, collection_class: type[Any] | None) -> tuple[Function, Function]:
        if self.parent.getset_factory is not None:
            accessors: tuple[Function, Function] = self.parent.getset_factory(
                self.collection_class if collection_class is None else collection_class, self
            )
            return accessors
        name = self.value_attr
        plain_getter = operator.attrgetter(name)

        def getter(target: Any) -> Any:
            return None if target is None else plain_getter(target)

        def set_value(target: Any, value: Any) -> None:
            setattr(target, name, value)

        def set_value_of_key(target: Any, _key: Any, value: Any) -> None:
            setattr(target, name, value)

        return getter, (set_value_of_key if collection_class is dict else set_value)

    # --- in a statement ---

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Ask whether a related object meets a condition.

        Args:
            criterion: a condition on what the attribute leads to.
            kwargs: values of its attributes.

        Raises:
            InvalidRequestError: the way is to one object.
        """
        if self._chained is None and self.scalar and (not self._is_of_objects or self._value_is_scalar):
            raise self._misused("any", "has", "the way leads to one object")
        return self._exists(criterion, kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Ask whether the related object meets a condition.

        Args:
            criterion: a condition on what the attribute leads to.
            kwargs: values of its attributes.

        Raises:
            InvalidRequestError: the way is to a collection.
        """
        if self._chained is None and (not self.scalar or (self._is_of_objects and not self._value_is_scalar)):
            raise self._misused("has", "any", "the way leads to a collection")
        return self._exists(criterion, kwargs, is_has=True)

    def _exists(self, criterion: Any, values: dict[str, Any], *, is_has: bool = False) -> Any:
        chained = self._chained
        if chained is not None:
            return self._related(chained._exists(criterion, values))
        if self._is_of_objects:
            remote = self.remote_attr
            return self._related(_exists_through(remote, criterion, values))
        if values or (is_has and criterion is not None):
            raise ArgumentError(
                f"association proxy {self._name}: its values are no objects that have attributes",
                why=f"{self.value_attr} is a column of {self._property.mapper.class_.__name__}",
                fix="compare the proxy itself, as with ==",
                code="AZ-X63",
            )
        return self._related(criterion)

    def _related(self, criterion: Any = None, **values: Any) -> Any:
        return _exists_through(self.local_attr, criterion, values)

    def __clause_element__(self) -> NoReturn:
        raise NotImplementedError(
            f"association proxy {self._name} is no column that could be selected; compare it, or join() along its attr"
        )

    def __update_pairs__(self, value: object) -> NoReturn:
        """Refuse to be set by a statement.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(
            f"association proxy {self._name} cannot be set by a statement",
            why="its values stand in rows of another table",
            fix="set it on objects, or write the rows of the other table",
            code="AZ-X64",
        )

    def operate(self, op: Function, *other: object, **kwargs: object) -> NoReturn:
        """Refuse: what an operator means for objects, nobody knows.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(
            f"association proxy {self._name} has no operator {op.__name__}",
            why="its values are objects, which the database does not compare in this way",
            fix="compare it with ==, ask with contains(), any() or has(), or compare an attribute of the objects",
            code="AZ-L634",
        )

    def reverse_operate(self, op: Function, other: object, **kwargs: object) -> NoReturn:
        """Refuse: what an operator means for objects, nobody knows."""
        self.operate(op, other, **kwargs)

    def __hash__(self) -> int:
        return id(self)

    def _misused(self, method: str, other: str, why: str) -> InvalidRequestError:
        return InvalidRequestError(
            f"association proxy {self._name} has no {method}()", why=why, fix=f"use {other}()", code="AZ-X65"
        )

    @property
    def _name(self) -> str:
        """What messages call the proxy."""
        return f"{self.owning_class.__name__}.{self.key}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.parent!r})"


class ObjectAssociationProxyInstance(AssociationProxyInstance[ValueT]):
    """An association proxy whose values are objects."""

    def contains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Ask whether an object is among the values."""
        chained = self._chained
        if chained is not None:
            return self._related(chained == other if chained.scalar else chained.contains(other))
        if not self.scalar:
            return self._related(**{self.value_attr: other})
        if self._value_is_scalar:
            raise self._misused("contains", "==", "the way leads to one object")
        return self._related(self.remote_attr.contains(other, escape, autoescape))

    def __eq__(self, other: object) -> Any:
        chained = self._chained
        if chained is not None:
            found = self._related(chained == other)
        else:
            # For a collection this fails, as comparing a collection with an object does.
            found = self.local_attr.has(**{self.value_attr: other})
        return or_(found, self.local_attr == None) if other is None else found  # noqa: E711

    def __ne__(self, other: object) -> Any:
        return self.local_attr.has(self.remote_attr != other)

    def __hash__(self) -> int:
        return id(self)


class ColumnAssociationProxyInstance(AssociationProxyInstance[ValueT]):
    """An association proxy whose values are those of columns."""

    any = AssociationProxyInstance.any

    def __eq__(self, other: object) -> Any:
        found = self._related(self.remote_attr.operate(operator.eq, other))
        return or_(found, self.local_attr == None) if other is None else found  # noqa: E711

    def __hash__(self) -> int:
        return id(self)

    def operate(self, op: Function, *other: Any, **kwargs: Any) -> Any:
        """Build the expression of an operator: it holds for a related object."""
        return self._related(self.remote_attr.operate(op, *other, **kwargs))


class AmbiguousAssociationProxyInstance(AssociationProxyInstance[ValueT]):
    """An association proxy to an attribute that only some classes of the related objects have.

    It works on objects; a statement would not know what it is compared with.
    """

    def _refuse(self) -> NoReturn:
        target = self._property.mapper.class_.__name__
        raise AttributeError(
            f"Association proxy {self._name} refers to an attribute {self.value_attr!r} that is not directly mapped on "
            f"class {target}; therefore this operation cannot proceed since we don't know what type of object is "
            "referred to"
        )

    @property
    def remote_attr(self) -> Any:
        """Refuse: the class of the related objects has no such attribute."""
        self._refuse()

    def any(self, criterion: Any = None, **kwargs: Any) -> NoReturn:
        """Refuse: it is not known what is asked."""
        self._refuse()

    def has(self, criterion: Any = None, **kwargs: Any) -> NoReturn:
        """Refuse: it is not known what is asked."""
        self._refuse()

    def __eq__(self, other: object) -> NoReturn:
        self._refuse()

    def __ne__(self, other: object) -> NoReturn:
        self._refuse()

    def __hash__(self) -> int:
        return id(self)


PROXIED: Final[dict[type[Any], type[AssociationCollection]]] = {
    list: AssociationList,
    set: AssociationSet,
    dict: AssociationDict,
}


def _remote(target: Any, name: str) -> Any:
    """Read the attribute of the class of the related objects; None where it has none."""
    try:
        return getattr(target, name, None)
    except Exception as error:
        raise InvalidRequestError(
            "Association proxy received an unexpected error when trying to retrieve attribute "
            f'"{target.__name__}.{name}" from class "{target.__name__}": {error}',
            why="the proxy looks at the attribute on the class to learn what it is",
            fix="give the attribute something to answer when it is read on the class, as hybrid_property.expression()",
            code="AZ-X66",
        ) from error


def _exists_through(relationship: Any, criterion: Any, values: dict[str, Any]) -> Any:
    ask = relationship.any if relationship.property.uselist else relationship.has
    return ask(criterion, **values)


def _kind_of(collection: Any) -> type[Any]:
    """Find which of the built-in collections one is like."""
    for kind in (dict, list, set):
        if isinstance(collection, kind) or getattr(collection, "__emulates__", None) is kind:
            return kind
    for kind, method in ((list, "append"), (set, "add"), (dict, "setdefault")):
        if hasattr(collection, method):
            return kind
    return type(collection)
