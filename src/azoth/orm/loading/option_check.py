"""Refuse loader options that do not fit the statement they are given to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.loading.load_step import LoadStep, Path
from azoth.orm.loading.loader_options import (
    LOAD_ONLY,
    RELATIONSHIP_STRATEGIES,
)
from azoth.orm.loading.option_attributes import WILDCARD
from azoth.orm.loading.option_roots import begins_at
from azoth.orm.mapping.lookup import entity_of

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.relationship import RelationshipProperty


def check_options(columns: Sequence[Any], options: Iterable[Any]) -> None:
    """Check the options of a statement; this happens once for each statement shape.

    Args:
        columns: what the statement selects.
        options: its options; those that are no loader options are passed over.

    Raises:
        ArgumentError: an option begins at an entity that is not selected, or names an attribute of the wrong kind.
        InvalidRequestError: ``recursion_depth`` stands where it has no meaning.
    """
    entities = [entity for raw in columns if (entity := entity_of(raw)) is not None]
    for option in options:
        for path in getattr(option, "paths", ()):
            parent = path[0].parent
            if parent is not None and not any(begins_at(path[0], entity) for entity in entities):
                raise _not_selected(parent, path[0].key, entities)
            if entities:
                _check_path((parent or entities[0]).mapper, path)


def _check_path(mapper: Mapper, path: Path) -> None:
    for place, step in enumerate(path):
        if step.parent is not None and step.parent.mapper.isa(mapper):
            mapper = step.parent.mapper
        if step.action not in RELATIONSHIP_STRATEGIES:
            for key in _columns_named(step):
                if key not in mapper.attrs or key in mapper.relationships:
                    raise _wrong_kind(mapper, key, "column")
            if step.action == "with_expression" and step.key not in mapper.expression_keys:
                raise _takes_no_expression(mapper, step.key)
        elif step.key != WILDCARD:
            relationship = mapper.relationships.get(step.key)
            if relationship is None:
                raise _wrong_kind(mapper, step.key, "relationship")
            if step.recursion_depth is not None:
                _check_recursion(relationship, step, path[place + 1 : place + 2])
            mapper = relationship.mapper


def _check_recursion(relationship: RelationshipProperty, step: LoadStep, further: Path) -> None:
    depth = step.recursion_depth
    name = f"{relationship.parent.class_.__name__}.{step.key}"
    if not relationship.join.is_self_referential:
        raise InvalidRequestError(
            f"recursion_depth: relationship {name} is not self-referential",
            why="the option is repeated for what it loads, which has no such relationship.",
            fix=f"leave recursion_depth out, and write each step: selectinload({name}).selectinload(...).",
            code="AZ-L290",
        )
    if not isinstance(depth, int) or depth < -1:
        raise InvalidRequestError(
            f"recursion_depth of {name} is {depth!r}",
            why="it is a number of levels beyond the first.",
            fix="give 0 or more, or -1 for all levels that there are.",
            code="AZ-L291",
        )
    if depth and any(one.key == step.key and one.action in RELATIONSHIP_STRATEGIES for one in further):
        raise InvalidRequestError(
            f"recursion_depth of {name} and a further step along {name} contradict each other",
            why="recursion_depth says already how the next level is loaded.",
            fix="give a recursion_depth, or write each step without it.",
            code="AZ-L292",
        )


def _takes_no_expression(mapper: Mapper, key: str) -> ArgumentError:
    name = f"{mapper.class_.__name__}.{key}"
    return ArgumentError(
        f"with_expression() for {name}, which is a column",
        why="only an attribute that no table stores takes its value from a query.",
        fix=f"map it by query_expression(), or give {name} another value after loading",
        code="AZ-L302",
    )


def _columns_named(step: LoadStep) -> Sequence[str]:
    if step.action in LOAD_ONLY:
        return step.arguments
    return () if step.action in {"undefer_group", "selectin_polymorphic"} or step.key == WILDCARD else (step.key,)


def _not_selected(parent: Any, key: str, entities: Sequence[Any]) -> ArgumentError:
    return ArgumentError(
        f"loader option for {parent.mapper.class_.__name__}.{key}: the statement does not select {_name_of(parent)}",
        why=f"it selects {', '.join(_name_of(entity) for entity in entities) or 'no entity'}",
        fix="begin the option at an entity of the statement, as in selectinload(User.orders).joinedload(Order.items)",
        code="AZ-L03",
    )


def _wrong_kind(mapper: Mapper, key: str, wanted: str) -> ArgumentError:
    name = f"{mapper.class_.__name__}.{key}"
    known = mapper.relationships if wanted == "relationship" else mapper.column_attrs
    return ArgumentError(
        f"loader option for {name}: it is no {wanted}"
        if key in mapper.attrs
        else f"loader option: no attribute {name}",
        why=f"this option loads {'related objects' if wanted == 'relationship' else 'columns'}",
        fix=f"name one of {', '.join(known.keys()) or 'another class'}",
        code="AZ-L04",
    )


def _name_of(entity: Any) -> str:
    name: str = entity.mapper.class_.__name__
    return name if entity.is_mapper else f"an alias of {name}"
