"""What a session holds, as its users see it, and taking several objects at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

from azoth.exc import NoResultFound
from azoth.orm.runtime.history import get_history
from azoth.orm.runtime.state import InstanceState, instance_behind, row_is_gone
from azoth.orm.runtime.symbols import STATE
from azoth.orm.session.objects.membership import mapped_state
from azoth.orm.session.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from azoth.orm.runtime.ports import Unit
    from azoth.orm.session.objects.views import IdentityMapView, IdentitySet

Entity = TypeVar("Entity")


class SessionContents:
    """The reading side of ``Session``: its objects, and what is known of them; and what it does with several at once.

    Attributes:
        unit: what the session holds.
    """

    unit: UnitOfWork

    if TYPE_CHECKING:

        def get(
            self,
            entity: type[Entity] | Any,
            ident: Any,
            *,
            options: Sequence[Any] | None = None,
            populate_existing: bool | None = None,
            with_for_update: Any = None,
            identity_token: Hashable = None,
            execution_options: Mapping[str, Any] | None = None,
            bind_arguments: dict[str, Any] | None = None,
        ) -> Entity | None:
            """Give the object with a primary key; the session's own."""

        def delete(self, instance: object) -> None:
            """Mark an object for deletion; the session's own."""

    @overload
    def get_one(
        self,
        entity: type[Entity],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Entity: ...
    @overload
    def get_one(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any: ...
    def get_one(
        self,
        entity: Any,
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Hashable = None,
        execution_options: Mapping[str, Any] | None = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> Any:
        """Give the object with a primary key as ``get()`` does, or raise; the arguments are those of ``get()``.

        Raises:
            NoResultFound: there is no such row.

        Emits: nothing if the object is present and not expired, else one SELECT.
        """
        found = self.get(
            entity,
            ident,
            options=options,
            populate_existing=populate_existing,
            with_for_update=with_for_update,
            identity_token=identity_token,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
        )
        if found is None:
            raise NoResultFound(
                f"{entity.__name__} {ident!r}: no such row",
                why="no row has this primary key",
                fix="use get() where None is an answer",
                code="AZ-S32",
            )
        return found

    def merge_all(
        self, instances: Iterable[Entity], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[Entity]:
        """Merge several objects as ``merge()`` does each; what they have in common is merged once.

        Args:
            instances: objects of any origin; they are left as they are.
            load: whether rows are looked up in the database; False takes the objects' states as the database's.
            options: loader options for the look-ups.

        Returns:
            the session's objects, in the same order.

        Emits: one SELECT for each object that is not present, unless ``load=False``.
        State: the session's objects take over the values, and may be changed or new.
        """
        from azoth.orm.session.objects.merging import Merger  # noqa: PLC0415  # few programs merge

        self.unit.begun()
        return Merger(self.unit, load=load, options=options or ()).merge_several(instances)

    def delete_all(self, instances: Iterable[object]) -> None:
        """Mark several objects for deletion, as ``delete()`` does each.

        Raises:
            InvalidRequestError: an object is not persistent.

        Emits: SELECTs for cascading relationships that are not loaded; the DELETEs come with the flush.
        State: the objects are marked for deletion.
        """
        for instance in list(instances):
            self.delete(instance)

    @property
    def identity_map(self) -> IdentityMapView:
        """The persistent objects by identity key, a read-only mapping."""
        from azoth.orm.session.objects.views import IdentityMapView  # noqa: PLC0415  # few programs look

        return IdentityMapView(self.unit.identity_map)

    @property
    def binds(self) -> dict[Any, Any]:
        """The engines and connections by class and table, as ``binds``, ``bind_mapper()`` and ``bind_table()`` say."""
        binds = self.unit.binds
        return {} if binds is None else {**binds.by_class, **binds.by_table}

    @property
    def new(self) -> IdentitySet:
        """The pending objects."""
        from azoth.orm.session.objects.views import IdentitySet  # noqa: PLC0415  # few programs look

        return IdentitySet(self.unit.identity_map.new.values())

    @property
    def dirty(self) -> IdentitySet:
        """The persistent objects with changes, those marked for deletion left out."""
        from azoth.orm.session.objects.views import IdentitySet  # noqa: PLC0415  # few programs look

        identity_map = self.unit.identity_map
        deleted = identity_map.deleted
        return IdentitySet(instance for state, instance in identity_map.modified.items() if state not in deleted)

    @property
    def deleted(self) -> IdentitySet:
        """The objects marked for deletion."""
        from azoth.orm.session.objects.views import IdentitySet  # noqa: PLC0415  # few programs look

        return IdentitySet(self.unit.identity_map.deleted.values())

    def __contains__(self, instance: object) -> bool:
        values = getattr(instance, "__dict__", None)
        state: InstanceState | None = None if values is None else values.get(STATE)
        if state is None:
            if not hasattr(type(instance), "_azoth_manager"):
                mapped_state(instance, "in")
            return False
        return (
            state.identity_map is self.unit.identity_map
            and not row_is_gone(state)
            and state() is instance_behind(instance)
        )

    def __iter__(self) -> Iterator[Any]:
        identity_map = self.unit.identity_map
        return iter([*identity_map.new.values(), *identity_map.instances()])

    @staticmethod
    def object_session(instance: Any) -> Any:
        """Give the session that an object belongs to, or None."""
        identity_map = mapped_state(instance, "object_session()").identity_map
        unit: Unit | None = None if identity_map is None else identity_map.unit()
        return None if unit is None else unit.session

    @staticmethod
    def identity_key(
        class_: object = None,
        ident: object = None,
        *,
        instance: object = None,
        row: object = None,
        identity_token: Hashable = None,
    ) -> tuple[Any, ...]:
        """Make an identity key; arguments as for ``azoth.orm.util.identity_key()``."""
        from azoth.orm.mapping.entities.identity_key import identity_key  # noqa: PLC0415  # for few programs

        return identity_key(class_, ident, instance=instance, row=row, identity_token=identity_token)

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own dictionary."""
        return self.unit.info

    @property
    def hash_key(self) -> int:
        """A number that names this session in messages."""
        return self.unit.number

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Tell whether an object has net changes that a flush would write."""
        state = mapped_state(instance, "is_modified()")
        if state.pk is None:
            return True
        relationships = state.manager.mapper.relationships
        for key in state.changes or ():
            if key in relationships and relationships[key].uselist and not include_collections:
                continue
            history = get_history(state, key)
            if history.added or history.deleted:
                return True
        return False
