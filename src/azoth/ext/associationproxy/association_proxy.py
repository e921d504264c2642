"""association_proxy(): an attribute of related objects, shown as the owner's own."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.ext.associationproxy.extension_type import AssociationProxyExtensionType
from azoth.ext.associationproxy.of_class import AssociationProxyInstance
from azoth.inspection import inspect
from azoth.orm.interfaces import InspectionAttrInfo

ValueT = TypeVar("ValueT")
Function = Callable[..., Any]

NOT_GIVEN: Final = object()


class AssociationProxy(InspectionAttrInfo, Generic[ValueT]):
    """Shows an attribute of the objects of a relationship as an attribute of the owner.

    On the class it is an ``AssociationProxyInstance``, with which statements compare.

    Args:
        target_collection: the relationship.
        attr: the attribute of the related objects: a column, a relationship, a hybrid, another association proxy.
        creator: makes a related object from a value, or from key and value for dictionaries; their class, called with
            the value, where it is not given.
        getset_factory: makes getter and setter from the class of the collection and the proxy.
        proxy_factory: makes the collection that the owner shows, from what gives the relationship's collection, the
            creator, the attribute's name and the proxy.
        proxy_bulk_set: sets all values of a collection that ``proxy_factory`` made.
        info: the user's own dictionary.
        cascade_scalar_deletes: whether None, given where the relationship is to one object, takes that off the owner.
        create_on_none_assignment: whether None, given where there is no related object, makes one.

    Attributes:
        key: the name on the class.
    """

    is_attribute = True
    extension_type = AssociationProxyExtensionType.ASSOCIATION_PROXY

    def __init__(
        self,
        target_collection: str,
        attr: str,
        *,
        creator: Function | None = None,
        getset_factory: Function | None = None,
        proxy_factory: Function | None = None,
        proxy_bulk_set: Function | None = None,
        info: Mapping[Any, Any] | None = None,
        cascade_scalar_deletes: bool = False,
        create_on_none_assignment: bool = False,
    ) -> None:
        if cascade_scalar_deletes and create_on_none_assignment:
            raise ArgumentError(
                "The cascade_scalar_deletes and create_on_none_assignment parameters are mutually exclusive.",
                why="None takes the related object off for the one, and makes one for the other",
                fix="leave one of them out",
                code="AZ-X67",
            )
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = creator
        self.getset_factory = getset_factory
        self.proxy_factory = proxy_factory
        self.proxy_bulk_set = proxy_bulk_set
        self.cascade_scalar_deletes = cascade_scalar_deletes
        self.create_on_none_assignment = create_on_none_assignment
        self._info = None if info is None else dict(info)
        self._dataclass_options: dict[str, Any] = {}
        self.key = f"{target_collection}_{attr}"
        self._of_class: weakref.WeakKeyDictionary[type[Any], AssociationProxyInstance[ValueT]] = (
            weakref.WeakKeyDictionary()
        )

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.key = name

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> AssociationProxyInstance[ValueT]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> ValueT: ...

    def __get__(self, instance: object | None, owner: Any) -> Any:
        if instance is not None:
            return self.for_class(owner, instance).get(instance)
        # A class that is not mapped, such as a mixin, shows the proxy itself.
        return self if inspect(owner, raiseerr=False) is None else self.for_class(owner)

    def __set__(self, instance: object, values: Any) -> None:
        self.for_class(type(instance), instance).set(instance, values)

    def __delete__(self, instance: object) -> None:
        self.for_class(type(instance), instance).delete(instance)

    def for_class(self, class_: Any, obj: object | None = None) -> AssociationProxyInstance[ValueT]:
        """Give the proxy as a class, or an alias of one, shows it.

        Args:
            class_: the mapped class or the alias.
            obj: an object of the class; where it is given, the class may be one that is not mapped itself.

        Raises:
            InvalidRequestError: the class is not mapped.
        """
        if not isinstance(class_, type):
            return AssociationProxyInstance.for_proxy(self, class_, obj)
        owner = next((base for base in class_.__mro__ if inspect(base, raiseerr=False) is not None), None)
        if owner is None:
            raise InvalidRequestError(
                f"association proxy {class_.__name__}.{self.key}: the class is not mapped",
                why="the proxy goes through a relationship, which only a mapped class has",
                fix="map the class, or use the proxy on a class that is derived from it and mapped",
                code="AZ-X60",
            )
        known = self._of_class.get(owner)
        if known is None:
            known = self._of_class[owner] = AssociationProxyInstance.for_proxy(self, owner, obj)
        return known

    def __repr__(self) -> str:
        return f"AssociationProxy({self.target_collection!r}, {self.value_attr!r})"


def association_proxy(
    target_collection: str,
    attr: str,
    *,
    creator: Function | None = None,
    getset_factory: Function | None = None,
    proxy_factory: Function | None = None,
    proxy_bulk_set: Function | None = None,
    info: Mapping[Any, Any] | None = None,
    cascade_scalar_deletes: bool = False,
    create_on_none_assignment: bool = False,
    init: Any = NOT_GIVEN,
    repr: Any = NOT_GIVEN,
    default: Any = NOT_GIVEN,
    default_factory: Any = NOT_GIVEN,
    compare: Any = NOT_GIVEN,
    kw_only: Any = NOT_GIVEN,
    hash: Any = NOT_GIVEN,
    dataclass_metadata: Any = NOT_GIVEN,
) -> AssociationProxy[Any]:
    """Show an attribute of the objects of a relationship as an attribute of the owner.

    Args:
        target_collection, attr, creator, getset_factory, proxy_factory, proxy_bulk_set, info, cascade_scalar_deletes:
            as for ``AssociationProxy``.
        create_on_none_assignment: as for ``AssociationProxy``.
        init, repr, default, default_factory, compare, kw_only, hash: what the field is like in classes that are mapped
            as dataclasses.
        dataclass_metadata: the metadata of that field.
    """
    proxy: AssociationProxy[Any] = AssociationProxy(
        target_collection,
        attr,
        creator=creator,
        getset_factory=getset_factory,
        proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set,
        info=info,
        cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
    )
    options = {
        "init": init, "repr": repr, "default": default, "default_factory": default_factory, "compare": compare,
        "kw_only": kw_only, "hash": hash, "dataclass_metadata": dataclass_metadata,
    }  # fmt: skip
    proxy._dataclass_options = {name: value for name, value in options.items() if value is not NOT_GIVEN}
    return proxy
