"""PropertyView: properties or columns by key, in order, as a mapping and as attributes; and what mappers show so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.column_property import ColumnProperty
    from azoth.orm.mapping.properties.composite import CompositeProperty
    from azoth.orm.mapping.properties.property import MapperProperty
    from azoth.orm.mapping.properties.relationship import RelationshipProperty
    from azoth.orm.mapping.properties.synonym import SynonymProperty

ItemT = TypeVar("ItemT")


class PropertyView(Generic[ItemT]):
    """Read-only items by key; iterating gives the items, ``in`` and ``[]`` take keys, and so do attributes.

    Args:
        items: key -> item.
    """

    __slots__ = ("_items",)

    def __init__(self, items: dict[str, ItemT]) -> None:
        self._items = items

    def __iter__(self) -> Iterator[ItemT]:
        return iter(list(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __getitem__(self, key: str) -> ItemT:
        return self._items[key]

    def __getattr__(self, key: str) -> ItemT:
        try:
            return self._items[key]
        except KeyError:
            raise AttributeError(f"no item {key!r}; {did_you_mean(key, self._items)}") from None

    def __bool__(self) -> bool:
        return bool(self._items)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._items]

    def __repr__(self) -> str:
        return f"PropertyView({list(self._items)!r})"

    def get(self, key: str, default: Any = None) -> Any:
        """Give the item of a key, or the default."""
        return self._items.get(key, default)

    def keys(self) -> list[str]:
        """List the keys."""
        return list(self._items)

    def values(self) -> list[ItemT]:
        """List the items."""
        return list(self._items.values())

    def items(self) -> list[tuple[str, ItemT]]:
        """List keys and items."""
        return list(self._items.items())

    def has_key(self, key: str) -> bool:
        """Tell whether there is an item of a key."""
        return key in self._items


class PropertyViews:
    """The part of a mapper that shows its properties."""

    configured: bool
    _properties: dict[str, MapperProperty]
    _declared_beside: Collection[str]
    _check_configure: Callable[[], None]
    forget_stand_ins: Callable[[], None]
    _views: dict[str, PropertyView[Any]]
    _own_relationships: list[RelationshipProperty] | None = None

    @property
    def attrs(self) -> PropertyView[MapperProperty]:
        """All properties by key; configures the mappers."""
        return self._view("is_property")

    @property
    def column_attrs(self) -> PropertyView[ColumnProperty]:
        """The properties of columns and SQL expressions by key."""
        return self._view("is_column")

    @property
    def relationships(self) -> PropertyView[RelationshipProperty]:
        """The relationships by key; configures the mappers."""
        return self._view("is_relationship")

    @property
    def synonyms(self) -> PropertyView[SynonymProperty]:
        """The synonyms by key."""
        return self._view("is_synonym")

    @property
    def composites(self) -> PropertyView[CompositeProperty]:
        """The composites by key."""
        return self._view("is_composite")

    @property
    def iterate_properties(self) -> Iterator[MapperProperty]:
        """All properties, one by one."""
        return iter(self.attrs)

    def own_properties(self) -> list[MapperProperty]:
        """List the properties that do not come from a base class."""
        return [prop for prop in self._properties.values() if prop.belongs_to(self)]

    def own_relationships(self) -> list[RelationshipProperty]:
        """List the relationships that do not come from a base class, configured or not."""
        known = self._own_relationships
        if known is None:
            known = [cast("RelationshipProperty", prop) for prop in self.own_properties() if prop.is_relationship]
            self._own_relationships = known
        return known

    def classes_with_backrefs(self) -> list[type[Any]]:
        """List the classes to which relationships of this one are going to add others."""
        found = [prop.class_with_backref() for prop in self.own_relationships()]
        return [class_ for class_ in found if class_ is not None]

    def _view(self, kind: str) -> PropertyView[Any]:
        view = self._views.get(kind)
        if view is None:
            self._check_configure()
            view = PropertyView({key: prop for key, prop in self._in_order() if getattr(prop, kind)})
            if self.configured:
                self._views[kind] = view
        return view

    def _in_order(self) -> list[tuple[str, MapperProperty]]:
        """List the properties: what was declared beside the table's columns, these, and what was added later."""
        first = self._declared_beside
        return sorted(self._properties.items(), key=lambda item: item[0] not in first)

    def _forget_views(self) -> None:
        """Look at the properties anew, because there is another one."""
        self._views.clear()
        self._own_relationships = None
        self.forget_stand_ins()
