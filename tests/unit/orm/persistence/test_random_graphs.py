"""Random tables and rows under enforced foreign keys: a plan carries out the change, or names a cycle without NULLs."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from azoth.exc import CircularDependencyError
from azoth.orm.mapping.properties.relationship import RelationshipProperty as relationship
from azoth.sql.schema import Column, ForeignKey
from azoth.sql.types import Integer
from tests.unit.orm.persistence.unit_of_work import Unit

Rows = dict[tuple[int, int], dict[str, Any]]
"""(table, key) -> values of the other columns."""


@st.composite
def schemas(draw):
    """For each table its foreign keys, as (target, nullable), and whether its code may be NULL."""
    count = draw(st.integers(1, 3))
    fk = st.tuples(st.integers(0, count - 1), st.booleans())
    return [(draw(st.lists(fk, max_size=2)), draw(st.booleans())) for _ in range(count)]


@st.composite
def contents(draw, schema, keys):
    """Rows that satisfy all constraints of a schema."""
    present = {table: sorted(draw(st.sets(keys, max_size=4))) for table in range(len(schema))}
    changed = True
    while changed:
        # A NOT NULL reference needs some row to refer to.
        changed = False
        for table, (fks, _) in enumerate(schema):
            if present[table] and any(not nullable and not present[target] for target, nullable in fks):
                present[table], changed = [], True
    rows: Rows = {}
    for table, (fks, _) in enumerate(schema):
        codes = draw(st.permutations(range(len(present[table]))))
        for key, code in zip(present[table], codes, strict=True):
            values: dict[str, Any] = {"code": code}
            for position, (target, nullable) in enumerate(fks):
                choices = [*present[target], *([None] if nullable else [])]
                values[f"fk{position}"] = draw(st.sampled_from(choices))
            rows[table, key] = values
    return rows


@st.composite
def scenarios(draw):
    schema = draw(schemas())
    return schema, draw(contents(schema, st.integers(1, 5))), draw(contents(schema, st.integers(1, 8)))


def build(unit: Unit, schema: Any) -> list[type[Any]]:
    classes = []
    for table, (fks, nullable_code) in enumerate(schema):
        columns = [
            Column(f"fk{position}", Integer, ForeignKey(f"t{target}.id"), nullable=nullable)
            for position, (target, nullable) in enumerate(fks)
        ]
        code = Column("code", Integer, unique=True, nullable=nullable_code)
        made = unit.table(f"t{table}", Column("id", Integer, primary_key=True), code, *columns)
        targets = [target for target, _ in fks]
        properties = {
            f"to{position}": relationship(
                f"T{target}",
                foreign_keys=[made.c[f"fk{position}"]],
                remote_side=lambda target=target: unit.id_of(target),
            )
            for position, target in enumerate(targets)
        }
        classes.append(unit.map(f"T{table}", made, properties))
    return classes


class RandomUnit(Unit):
    def id_of(self, table: int) -> Any:
        return self.metadata.tables[f"t{table}"].c.id


def contents_of(unit: Unit, schema: Any) -> Rows:
    found: Rows = {}
    for table, (fks, _) in enumerate(schema):
        names = ["code", *[f"fk{position}" for position in range(len(fks))]]
        for key, *values in unit.rows(f"SELECT id, {', '.join(names)} FROM t{table}"):
            found[table, key] = dict(zip(names, values, strict=True))
    return found


def check_cycle(unit: Unit, error: CircularDependencyError) -> None:
    """Check that no column of the reported cycle could have been NULL."""
    names = re.findall(r"(t\d+)\.(\w+)", error.fix)
    assert names
    for table, column in names:
        assert not unit.metadata.tables[table].c[column].nullable, str(error)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scenarios())
def test_rows_with_given_keys(scenario):
    schema, before, after = scenario
    unit = RandomUnit()
    try:
        classes = build(unit, schema)
        unit.open()
        objects = {place: classes[place[0]](id=place[1], **values) for place, values in before.items()}
        unit.add(*objects.values())
        try:
            note(str(unit.plan()))
            unit.flush()
        except CircularDependencyError as error:
            check_cycle(unit, error)
            return
        assert contents_of(unit, schema) == before
        unit.connection.commit()
        for place, values in after.items():
            if place in objects:
                for key, value in values.items():
                    setattr(objects[place], key, value)
            else:
                unit.add(classes[place[0]](id=place[1], **values))
        unit.delete(*[objects[place] for place in before if place not in after])
        try:
            note(str(unit.plan()))
            unit.flush()
        except CircularDependencyError as error:
            check_cycle(unit, error)
            return
        assert contents_of(unit, schema) == after
        assert not unit.plan()
    finally:
        unit.close()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas().flatmap(lambda schema: st.tuples(st.just(schema), contents(schema, st.integers(1, 5)))))
def test_rows_whose_keys_the_database_makes(scenario):
    schema, wanted = scenario
    unit = RandomUnit()
    try:
        classes = build(unit, schema)
        unit.open()
        objects = {place: classes[place[0]](code=values["code"]) for place, values in wanted.items()}
        for place, values in wanted.items():
            for position, (target, _) in enumerate(schema[place[0]][0]):
                key = values[f"fk{position}"]
                if key is not None:
                    setattr(objects[place], f"to{position}", objects[target, key])
        unit.add(*objects.values())
        try:
            note(str(unit.plan()))
            unit.flush()
        except CircularDependencyError as error:
            check_cycle(unit, error)
            assert all("id" not in item.__dict__ for item in objects.values())
            return
        found = contents_of(unit, schema)
        for place, values in wanted.items():
            row = found.pop((place[0], objects[place].id))
            for position, (target, _) in enumerate(schema[place[0]][0]):
                key = values[f"fk{position}"]
                assert row[f"fk{position}"] == (None if key is None else objects[target, key].id)
        assert not found
        unit.delete(*objects.values())
        try:
            unit.flush()
        except CircularDependencyError as error:
            check_cycle(unit, error)
            return
        assert contents_of(unit, schema) == {}
    finally:
        unit.close()
