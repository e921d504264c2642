"""Statements about the members of one instance's collection."""

from __future__ import annotations

from typing import Any

from azoth.orm.query.parent_criterion import with_parent
from azoth.sql.selectable import Select


def select_members(relationship: Any, instance: Any) -> Any:
    """Write the SELECT of the objects that a relationship of an instance leads to, in the relationship's order."""
    statement: Any = Select(relationship.entity).where(with_parent(instance, relationship))
    return statement.order_by(*relationship.order_by) if relationship.order_by else statement
