"""The ON clauses of a relationship between stand-ins for its tables, and how many rows they bring together."""

from __future__ import annotations

from contextlib import suppress
from operator import eq
from typing import TYPE_CHECKING, Any

from azoth.orm.exc import UnmappedColumnError
from azoth.orm.mapping.attributes.column_adapter import Adapt, ColumnAdapter
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.properties.join_condition import conjuncts
from azoth.sql.elements import BinaryExpression
from azoth.util.warning import warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from azoth.orm.mapping.properties.relationship import RelationshipProperty

ColumnPair = tuple[Any, Any]


def join_clauses(
    relationship: RelationshipProperty, source: Adapt | None, target: Adapt | None, secondary: Any = None
) -> tuple[Any, Any]:
    """Write the join conditions of a relationship for other selectables than its tables.

    Args:
        relationship: the relationship.
        source: adaption of the parent's columns, or None to leave them.
        target: adaption of the related entity's columns, or None to leave them.
        secondary: the alias that stands for the association table, or None.

    Returns:
        the condition between parent and target (or association table), and the one between association table
        and target (None where there is none).
    """
    through = None if secondary is None else ColumnAdapter(secondary, relationship.secondary)
    clauses: tuple[Any, Any] = relationship.join.condition(parent=source, target=target, secondary=through)
    return clauses


@derived
def parent_pairs(relationship: RelationshipProperty) -> list[ColumnPair] | None:
    """List the (parent column, column that repeats its value) pairs of a join that is equalities only.

    The second column belongs to the related table or to the association table. None where the condition says more than
    equality, so that only a join with the parent's table can answer.
    """
    known = [tuple(pair) for pair in relationship.local_remote_pairs]
    pairs: list[ColumnPair] = []
    for clause in conjuncts(relationship.primaryjoin):
        if not isinstance(clause, BinaryExpression) or clause.operator is not eq:
            return None
        if (clause.left, clause.right) in known:
            pairs.append((clause.left, clause.right))
        elif (clause.right, clause.left) in known:
            pairs.append((clause.right, clause.left))
        else:
            return None
    return pairs


@derived
def referencing_columns(relationship: RelationshipProperty) -> list[Any]:
    """List the parent's columns that hold the target's primary key, in the key's order (``use_get`` relationships)."""
    mapper = relationship.mapper
    by_key = {mapper.key_of(remote): local for local, remote in relationship.local_remote_pairs}
    return [by_key[key] for key in mapper.primary_key_keys]


@derived
def required_keys(relationship: RelationshipProperty) -> list[str]:
    """Name the parent's attributes that a join which says more than equality equates with columns of the other side.

    Where one of them is NULL, there is no related row, whatever else the condition says.
    """
    known = [tuple(pair) for pair in relationship.local_remote_pairs]
    keys = []
    for clause in conjuncts(relationship.primaryjoin):
        if isinstance(clause, BinaryExpression) and clause.operator is eq:
            for local, remote in ((clause.left, clause.right), (clause.right, clause.left)):
                if (local, remote) in known:
                    # A column that is not mapped tells nothing.
                    with suppress(UnmappedColumnError):
                        keys.append(relationship.parent.key_of(local))
    return keys


def warn_of_several(relationship: RelationshipProperty, members: Sequence[object]) -> None:
    """Warn where a relationship to one object was given several rows that are not the same."""
    if any(member is not members[0] for member in members):
        warn(
            f"several rows belong to one object along {relationship}, which holds one: the first is taken",
            why="the relationship has uselist=False, and nothing in the database keeps a second row out",
            fix="make the foreign key unique, add an order_by that says which row is meant, or use a collection",
            code="AZ-L656",
        )
