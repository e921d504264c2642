"""The order of tables by their foreign keys."""

from __future__ import annotations

from itertools import permutations

import pytest

from azoth import exc
from azoth.schema import Column, ForeignKey, MetaData, Table, sort_tables, sort_tables_and_constraints
from azoth.sql.schema import order_by_needs
from azoth.types import Integer


def tables(**references: list[str]) -> MetaData:
    metadata = MetaData()
    for name, targets in references.items():
        columns = [Column(f"{target}_id", ForeignKey(f"{target}.id", name=f"{name}_{target}")) for target in targets]
        Table(name, metadata, Column("id", Integer, primary_key=True), *columns)
    return metadata


def names(metadata: MetaData) -> list[str]:
    return [table.name for table in metadata.sorted_tables]


def test_what_is_referred_to_comes_first_however_the_tables_were_declared() -> None:
    references: dict[str, list[str]] = {"a": ["b"], "b": ["c"], "c": [], "d": ["a", "c"]}
    for order in permutations(references):
        assert names(tables(**{name: references[name] for name in order})) == ["c", "b", "a", "d"]


def test_a_table_may_refer_to_itself() -> None:
    assert names(tables(a=["a"], b=["a"])) == ["a", "b"]


def test_a_cycle_is_ordered_without_its_own_constraints() -> None:
    metadata = tables(a=["b"], b=["a", "c"], c=[], d=["a"])
    order = names(metadata)
    assert order.index("c") < order.index("b")
    assert order.index("a") < order.index("d")
    *with_tables, (last, later) = sort_tables_and_constraints(metadata.tables.values())
    assert last is None
    assert {constraint.name for constraint in later} == {"a_b", "b_a"}
    kept = {constraint.name for _, constraints in with_tables for constraint in constraints}
    assert kept == {"b_c", "d_a"}


def test_a_table_between_two_cycles_keeps_its_place() -> None:
    metadata = tables(a=["b", "m"], b=["a"], m=["c"], c=["d"], d=["c"])
    order = names(metadata)
    assert order.index("m") < order.index("a")
    assert order.index("c") < order.index("m")


def test_constraints_may_be_left_out_and_dependencies_added() -> None:
    metadata = tables(a=["b"], b=[])
    a, b = metadata.tables["a"], metadata.tables["b"]
    assert sort_tables([a, b], skip_fn=lambda constraint: True) == [a, b]
    b.add_is_dependent_on(a)
    assert sort_tables([a, b], skip_fn=lambda constraint: True) == [a, b]
    assert sort_tables([b], extra_dependencies=[(b, a)]) == [b]
    assert sort_tables([b], extra_dependencies=[(a, b)]) == [b]
    assert order_by_needs(["x", "y"], {"x": ["y"]}) == ["y", "x"]


def test_a_cycle_that_must_not_be_is_an_error_that_names_it() -> None:
    with pytest.raises(exc.CircularDependencyError, match="x, y depend on each other") as raised:
        order_by_needs(["x", "y", "z"], {"x": ["y"], "y": ["x"]})
    assert raised.value.cycles == ["x", "y"]


def test_a_long_chain_of_tables_is_ordered() -> None:
    metadata = tables(**{f"t{number}": [f"t{number + 1}"] if number < 1500 else [] for number in range(1501)})
    assert names(metadata) == [f"t{number}" for number in range(1500, -1, -1)]


def test_nodes_that_wait_for_nothing_more_keep_the_given_order() -> None:
    needs = {"d": ["a"], "c": ["a"], "b": ["c"], "e": ["a"]}
    assert order_by_needs(["e", "d", "c", "b", "a"], needs) == ["a", "e", "d", "c", "b"]
