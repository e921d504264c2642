"""Whether what an object holds in memory is what the database has."""

from __future__ import annotations

from typing import Any

from tests.fuzz.models import End, Entity, Model

Facts = dict[tuple[str, ...], Any]
Row = dict[str, Any]


def row_of(model: Model, facts: Facts, name: str) -> Row | None:
    """Give the row of an object, None if there is none."""
    entity, identity = facts.get(("class", name)), facts.get(("identity", name))
    if entity is None or identity is None:
        return None
    described = model.entity(entity)
    found: Row = {}
    for table in model.tables(entity):
        row = next((row for row in facts["rows", table] if _key(described, row) == identity), None)
        if row is None:
            return None
        found |= row
    kinds = {model.identity(name) for name in model.family(entity)}
    return found if "kind" not in found or found["kind"] in kinds else None


def is_unchanged(model: Model, facts: Facts, name: str) -> bool:
    """Tell whether all that is in memory of an object is as it is stored."""
    row = row_of(model, facts, name)
    if row is None:
        return False
    values = {what[2]: value for what, value in facts.items() if what[:2] == ("value", name)}
    if any(values[key] != row[key] for key in values.keys() & row.keys()):
        return False
    ends = model.ends(facts["class", name])
    return all(is_stored(model, facts, name, end) for end in ends if end.name in values)


def is_stored(model: Model, facts: Facts, name: str, end: End) -> bool:
    """Tell whether what a relationship of an object holds is what the rows say."""
    held = {facts.get(("identity", other)) for other in names(facts["value", name, end.name])}
    return held == related(model, facts, name, end)


def related(model: Model, facts: Facts, name: str, end: End) -> set[tuple[Any, ...]] | None:
    """Give the keys of those that a relationship of an object leads to, as the rows say; None without a row."""
    row, relation, target = row_of(model, facts, name), end.relation, model.entity(end.target)
    if row is None:
        return None
    own = _key(model.entity(end.entity), row)
    if relation.kind == "many-to-many":
        mine, others = ("owner", "member") if end.name == relation.many else ("member", "owner")
        pairs = facts["rows", f"between{relation.name}"]
        return {_key(target, r, f"{others}_") for r in pairs if _key(model.entity(end.entity), r, f"{mine}_") == own}
    flow = [key for key, _, _ in model.foreign_key(relation)]
    if end.name == relation.one:
        referred = tuple(row[key] for key in flow)
        return set() if None in referred else {referred}
    return {_key(target, r) for r in facts["rows", target.table] if tuple(r[key] for key in flow) == own}


def names(value: Any) -> list[Any]:
    """List the objects that a relationship holds."""
    return [name for name in (value if isinstance(value, list) else [value]) if name not in ("set", None)]


def _key(entity: Entity, row: Row, prefix: str = "") -> tuple[Any, ...]:
    return tuple(row[f"{prefix}{key}"] for key, _ in entity.key_columns)
