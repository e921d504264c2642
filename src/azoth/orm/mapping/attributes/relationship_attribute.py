"""Relationships as seen on their classes, which can be compared, asked about and joined."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.exc import UnsupportedRequestError
from azoth.orm.mapping.attributes.column_adapter import ColumnAdapter, in_turn, unchanged
from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute, element_of
from azoth.orm.mapping.configuring.configuration import configure_registry
from azoth.orm.mapping.direction import MANYTOONE
from azoth.orm.mapping.lookup import entity_of, unmapped_class
from azoth.orm.runtime.related.collection_attribute import CollectionAttribute
from azoth.orm.runtime.related.object_attribute import ObjectAttribute
from azoth.sql.elements import Null, and_, literal_column, or_
from azoth.sql.operators import Operator
from azoth.sql.ports import JoinStep
from azoth.sql.selectable import select
from azoth.sql.visitors import walk
from azoth.util.near_names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azoth.orm.mapping.attributes.column_adapter import Adapt
    from azoth.orm.mapping.ports import MapperPort
    from azoth.orm.runtime.instrumentation.attribute import Attribute

ValueT = TypeVar("ValueT", covariant=True)


class RelationshipAttribute(InstrumentedAttribute[ValueT]):
    """A relationship on its class or on an alias of it.

    Args:
        class_: the mapped class.
        key: the attribute's name.
        parent: the mapper, or the inspected alias.
        property: the relationship property.
        of_type: the class or alias that stands on the other side, where it is not the related class itself.
        criteria: conditions that narrow the join.
    """

    def __init__(
        self,
        class_: type[Any],
        key: str,
        parent: Any,
        property: Any,
        of_type: Any = None,
        criteria: tuple[Any, ...] = (),
    ) -> None:
        InstrumentedAttribute.__init__(self, class_, key, parent, property)
        self._of_type = of_type
        self._extra_criteria = criteria
        if of_type is not None or criteria:
            refinement = None if of_type is None else of_type._shape
            self._shape = (self._shape, refinement, tuple([criterion._shape for criterion in criteria]))
            self._binds = tuple([bind for criterion in criteria for bind in criterion._binds])

    asks_comparator: ClassVar[bool] = True
    """Whether a ``comparator_factory`` of the property says how the attribute is compared."""

    @cached_property
    def _own_operators(self) -> Any:
        """What the property's ``comparator_factory`` makes; None where there is none."""
        factory = self.property.comparator_factory
        if factory is None or not self.asks_comparator:
            return None
        refined = {"of_type": self._of_type, "extra_criteria": self._extra_criteria}
        given = {name: value for name, value in refined.items() if value}
        return factory(self.property, self.parent.mapper, None if self.parent.is_mapper else self.parent, **given)

    @property
    def comparator(self) -> Any:
        """The object whose methods are the attribute's operators."""
        own = self._own_operators
        return self if own is None else own

    def operate(self, op: Operator, *other: object, **kwargs: object) -> Any:
        """Build the expression of an operator with this attribute on its left side."""
        own = self._own_operators
        if own is None:
            raise UnsupportedRequestError(
                f"the relationship {self} has no operator {op.__name__}",
                why="it leads to objects, which are no values that the database could calculate with",
                fix="compare with == or !=, ask by has(), any() or contains(), or use the foreign key column",
                code="AZ-L652",
            )
        return op(own, *other, **kwargs)

    def __getattr__(self, name: str) -> Any:
        # Runs only for names that the attribute does not have: those of a comparator.
        own = None if name.startswith("_") or "property" not in self.__dict__ else self._own_operators
        if own is None:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            raise AttributeError(
                f"the relationship {self} has no attribute {name!r}; those of the related class are reached by "
                "join(), has() or any()"
            )
        return getattr(own, name)

    @property
    def relationship(self) -> Any:
        """The relationship property, configured."""
        prop: Any = self.property
        if not prop.configured:
            configure_registry(prop.parent.registry.unfinished)
        return prop

    @property
    def mapper(self) -> Any:
        """The mapper of the related class."""
        return self.relationship.mapper

    @property
    def entity(self) -> Any:
        """The mapper or inspected alias on the other side."""
        return self._of_type or self.relationship.entity

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as a reference to the attribute of the class or alias, with what refines it."""
        parts = (self.parent.entity, self.key)
        if self._of_type is None and not self._extra_criteria:
            return getattr, parts
        return _refined, (*parts, self._of_type, self._extra_criteria)

    def __clause_element__(self) -> Any:
        """Give the join condition."""
        return and_(*self._conditions())

    def of_type(self, entity: Any) -> RelationshipAttribute[Any]:
        """Name the alias (or class) that stands on the other side, in joins and loader options.

        Args:
            entity: the alias, or a class.
        """
        other = entity_of(entity)
        if other is None:
            raise unmapped_class(entity)
        return RelationshipAttribute(self.class_, self.key, self.parent, self.property, other, self._extra_criteria)

    def and_(self, *criteria: Any) -> RelationshipAttribute[Any]:
        """Narrow the join condition: ``User.addresses.and_(Address.kind == "home")``.

        Args:
            criteria: further conditions on the other side.
        """
        added = tuple([element_of(criterion) for criterion in criteria])
        return RelationshipAttribute(
            self.class_, self.key, self.parent, self.property, self._of_type, self._extra_criteria + added
        )

    def adapt_to_entity(self, alias: Any) -> RelationshipAttribute[ValueT]:
        """Make the same relationship of an alias."""
        return RelationshipAttribute(self.class_, self.key, alias, self.property, self._of_type, self._extra_criteria)

    # -- comparisons ----------------------------------------------------------

    def __eq__(self, other: object) -> Any:
        if self._own_operators is not None:
            return self._own_operators == other
        prop = self.relationship
        if other is None or isinstance(other, Null):
            if prop.direction is MANYTOONE:
                return and_(*[column.is_(None) for column in self._local_columns()])
            return ~self._exists(None, {})
        if prop.uselist:
            raise InvalidRequestError(
                f"Can't compare the collection {self} to an object; use contains()",
                why="a collection holds any number of objects",
                fix="use contains() to ask whether the object is in it",
                code="AZ-M31",
            )
        return self._refers_to(other)

    def __ne__(self, other: object) -> Any:
        if self._own_operators is not None:
            return self._own_operators != other
        prop = self.relationship
        if other is None or isinstance(other, Null):
            if prop.direction is MANYTOONE:
                return or_(*[column.is_not(None) for column in self._local_columns()])
            return self._exists(None, {})
        if prop.uselist:
            raise InvalidRequestError(
                f"Can't compare the collection {self} to an object; use contains()",
                why="a collection holds any number of objects",
                fix="use ~contains() to ask whether the object is not in it",
                code="AZ-M31",
            )
        if prop.direction is MANYTOONE:
            return self._refers_elsewhere(other)
        return ~self._exists(self._is_instance(other), {})

    def __hash__(self) -> int:
        return id(self)

    def contains(self, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
        """Ask whether an object is a member of the collection.

        Args:
            other: the object; what its key is when the statement runs counts. None is in no collection, so that the
                answer to a ``session.get()`` that found nothing can be asked for.
        """
        if self._own_operators is not None:
            return self._own_operators.contains(other)
        prop = self.relationship
        if not prop.uselist:
            raise InvalidRequestError(
                f"{self} is no collection, so nothing can be contained in it",
                why="it holds one object",
                fix="compare with ==",
                code="AZ-M32",
            )
        if prop.secondary is not None:
            nothing = and_(*[column.is_(None) for column in prop.mapper.primary_key])
            return self._exists(nothing if other is None else self._is_instance(other), {})
        if other is None:
            return and_(*[column.is_(None) for column in self._local_columns()])
        return self._refers_to(other)

    def in_(self, other: Any) -> Any:
        """Refuse: relationships have no IN."""
        if self._own_operators is not None:
            return self._own_operators.in_(other)
        raise UnsupportedRequestError(
            f"in_() is not possible on the relationship {self}",
            why="objects are not values that the database could compare",
            fix="use has() or any() with a condition, or in_() of the foreign key column",
            code="AZ-M33",
        )

    def any(self, /, criterion: Any = None, **values: Any) -> Any:
        """Ask whether any member of the collection meets a condition: an EXISTS.

        Args:
            criterion: the condition; None asks whether there are members at all.
            values: attributes of the related class and the values they must have.
        """
        if self._own_operators is not None:
            return self._own_operators.any(criterion, **values)
        if not self.relationship.uselist:
            raise InvalidRequestError(
                f"'any()' is not possible for {self}, which holds one object",
                why="any() asks about the members of a collection",
                fix="use has()",
                code="AZ-M34",
            )
        return self._exists(criterion, values)

    def has(self, /, criterion: Any = None, **values: Any) -> Any:
        """Ask whether the object on the other side meets a condition: an EXISTS.

        Args:
            criterion: the condition; None asks whether there is an object at all.
            values: attributes of the related class and the values they must have.
        """
        if self._own_operators is not None:
            return self._own_operators.has(criterion, **values)
        if self.relationship.uselist:
            raise InvalidRequestError(
                f"'has()' is not possible for {self}, which is a collection",
                why="has() asks about one object",
                fix="use any()",
                code="AZ-M34",
            )
        return self._exists(criterion, values)

    # -- joins ----------------------------------------------------------------

    def __join_steps__(self, target: Any = None) -> tuple[JoinStep, ...]:
        """Tell how to join from this attribute's owner to the other side.

        Args:
            target: the alias (or class) to join to; the related class where none is given.

        Returns:
            one step, or two where a secondary table lies between.
        """
        prop = self.relationship
        entity = self.entity if target is None else entity_of(target) or target
        right = entity.selectable if hasattr(entity, "selectable") else entity
        adapt_target = _adapt_of(entity, prop)
        criteria = [adapt_target(criterion) for criterion in self._extra_criteria]
        left = self.parent.selectable
        if prop.secondary is None:
            condition, _ = prop.join.condition(parent=self._adapt_own(), target=adapt_target)
            return (JoinStep(left, entity, and_(condition, *criteria)),)
        between = prop.secondary.alias()
        adapt_between = ColumnAdapter(between, prop.secondary)
        primary, secondary = prop.join.condition(parent=self._adapt_own(), target=adapt_target, secondary=adapt_between)
        assert right is not None
        return (JoinStep(left, between, primary), JoinStep(between, entity, and_(secondary, *criteria)))

    # -- building blocks ------------------------------------------------------

    def _adapt_own(self) -> Any:
        adapt = self.parent.adapt
        return None if adapt is unchanged else adapt

    def _local_columns(self) -> Iterator[Any]:
        adapt = self._adapt_own() or unchanged
        for local, _remote in self.relationship.local_remote_pairs:
            yield adapt(local)

    def _conditions(self) -> list[Any]:
        prop = self.relationship
        primary, secondary = prop.join.condition(parent=self._adapt_own(), target=_adapt_of(self.entity, prop))
        return [primary, *([] if secondary is None else [secondary]), *self._extra_criteria]

    def _refers_to(self, other: Any) -> Any:
        """Build the join condition with the other side's columns replaced by an object's values."""
        self._require_instance(other)
        prop = self.relationship
        condition, _ = prop.join.condition(parent=self._adapt_own(), target=_bound_to(other, prop.mapper))
        return condition

    def _refers_elsewhere(self, other: Any) -> Any:
        self._require_instance(other)
        prop = self.relationship
        adapt, bind = self._adapt_own() or unchanged, _bound_to(other, prop.mapper)
        differs = [adapt(local) != bind(remote) for local, remote in prop.local_remote_pairs]
        return or_(*differs, *[column.is_(None) for column in self._local_columns()])

    def _is_instance(self, other: Any) -> Any:
        self._require_instance(other)
        mapper = self.relationship.mapper
        bind = _bound_to(other, mapper)
        return and_(*[column == bind(column) for column in mapper.primary_key])

    def _require_instance(self, other: Any) -> None:
        class_ = self.relationship.mapper.class_
        if not isinstance(other, class_):
            raise ArgumentError(
                f"{self} can be compared with {class_.__name__} objects and None, not with {type(other).__name__}",
                why=f"the relationship leads to {class_.__name__}",
                fix=f"pass an object of {class_.__name__}, or compare the foreign key column with a key",
                code="AZ-M35",
            )

    def _exists(self, criterion: Any, values: dict[str, Any]) -> Any:
        prop = self.relationship
        conditions = list(self._extra_criteria)
        if criterion is not None:
            conditions.append(element_of(criterion))
        equalities = list(self._equalities(values))
        selectable, adapt = self._other_side(conditions)
        if not self._names_the_other_side():
            conditions = [adapt(condition) for condition in conditions]
        conditions += [adapt(equality) for equality in equalities]
        primary, secondary = prop.join.condition(parent=self._adapt_own(), target=adapt)
        joined = [primary] if secondary is None else [primary, secondary]
        froms = [selectable] if prop.secondary is None else [selectable, prop.secondary]
        # By its class where it stands for it, so that criteria for the class reach it.
        related = self._of_type or prop.mapper
        named = related if selectable is related.selectable else selectable
        statement = select(literal_column("1")).select_from(named, *froms[1:])
        statement = statement.where(and_(*joined, *conditions))
        return statement.correlate_except(*froms).exists()

    def _names_the_other_side(self) -> bool:
        """Tell whether criteria name an alias of the related class, and by the class itself mean the row outside."""
        entity = self._of_type
        return entity is not None and not entity.is_mapper and entity.mapper.common_parent(self.relationship.parent)

    def _other_side(self, conditions: list[Any]) -> tuple[Any, Any]:
        """Choose what stands for the related class inside an EXISTS: an alias, where the table is outside as well."""
        prop = self.relationship
        if self._of_type is not None:
            return self._other_side_of_type(self._of_type)
        if not prop.mapper.common_parent(prop.parent):
            return prop.target, prop.entity.adapt
        is_outside = prop.join.is_self_referential or prop.mapper is not prop.parent
        alias = prop.exists_alias if is_outside else prop.target
        if any(getattr(node, "table", None) is alias for condition in conditions for node in walk(condition)):
            # An EXISTS within this one uses the alias already.
            alias = prop.target.alias(flat=True)
        return alias, in_turn(prop.entity.adapt, ColumnAdapter(alias, prop.target))

    def _other_side_of_type(self, entity: Any) -> tuple[Any, Any]:
        prop = self.relationship
        adapt = _adapt_of(entity, prop)
        if not entity.is_mapper or not entity.common_parent(prop.parent):
            return entity.selectable, adapt
        # A class of the parent's own hierarchy has tables that are outside as well.
        alias = entity.selectable.alias(flat=True)
        return alias, in_turn(adapt, ColumnAdapter(alias, entity.selectable))

    def _equalities(self, values: dict[str, Any]) -> Iterator[Any]:
        class_ = self.relationship.mapper.class_
        for key, value in values.items():
            attribute = getattr(class_, key, None)
            if attribute is None:
                raise InvalidRequestError(
                    f"{class_.__name__} has no attribute {key!r}",
                    why="keyword criteria name attributes of the related class",
                    fix=did_you_mean(key, self.relationship.mapper.attrs.keys()),
                    code="AZ-M30",
                )
            yield element_of(attribute == value)


def _adapt_of(entity: Any, relationship: Any) -> Any:
    return relationship.adapt_to(entity) if hasattr(entity, "adapt") else ColumnAdapter(entity, relationship.target)


class PendingRelationshipAttribute(RelationshipAttribute[ValueT]):
    """A relationship of a class whose mapping is not configured: using it on an instance configures."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        self._configure()
        return getattr(instance, self.key)

    def set(self, instance: Any, value: Any, initiator: object = None) -> None:
        """Configure, then set."""
        self._configure()
        # Once for each class.
        from azoth.orm.runtime.by_name import set_attribute  # noqa: PLC0415

        set_attribute(instance, self.key, value, initiator)

    def delete(self, instance: Any) -> None:
        """Configure, then delete."""
        self._configure()
        delattr(instance, self.key)

    @property
    def impl(self) -> Attribute:
        """What holds the values on instances, once the relationship is configured; configures."""
        self._configure()
        attribute: Attribute = super().impl
        return attribute

    def _configure(self) -> None:
        configure_registry(self.property.parent.registry.unfinished)


class ObjectRelationshipAttribute(RelationshipAttribute[ValueT], ObjectAttribute):
    """A relationship to one object."""

    def __init__(self, class_: type[Any], key: str, parent: Any, property: Any) -> None:
        ObjectAttribute.__init__(self, class_, key)
        RelationshipAttribute.__init__(self, class_, key, parent, property)


class CollectionRelationshipAttribute(RelationshipAttribute[ValueT], CollectionAttribute):
    """A relationship to a collection of objects."""

    def __init__(self, class_: type[Any], key: str, parent: Any, property: Any, collection_class: Any) -> None:
        CollectionAttribute.__init__(self, class_, key, collection_class=collection_class)
        RelationshipAttribute.__init__(self, class_, key, parent, property)


def _refined(entity: object, key: str, of_type: Any, criteria: tuple[Any, ...]) -> RelationshipAttribute[Any]:
    """Give the relationship of a class or alias that was unpickled, with what refines it."""
    plain: RelationshipAttribute[Any] = getattr(entity, key)
    return RelationshipAttribute(plain.class_, key, plain.parent, plain.property, of_type, criteria)


def _bound_to(instance: object, mapper: MapperPort) -> Adapt:
    # For comparisons with objects.
    from azoth.orm.mapping.attributes.bound_instance import bound_to  # noqa: PLC0415

    return bound_to(instance, mapper)
