"""Facts about mappers and relationships are worked out once, forgotten with changes, and go with their subject."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from azoth import Column, ForeignKey, Integer, String, create_engine
from azoth.orm import Session, declarative_base, foreign, relationship
from azoth.orm.loading.instance_loader import columns_only
from azoth.orm.loading.relationship_join import parent_pairs, referencing_columns
from azoth.orm.mapping.derived import derived
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.persistence.profile.write_profile import write_profile


def mapped() -> Any:
    base: Any = declarative_base()

    class Thing(base):
        __tablename__ = "things"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    return Thing


def test_a_fact_is_worked_out_once_even_where_it_is_none() -> None:
    calls: list[Any] = []

    @derived
    def nothing(mapper: Any) -> None:
        """Find nothing."""
        calls.append(mapper)

    first, second = mapper_of(mapped()), mapper_of(mapped())
    for _ in range(2):
        assert nothing(first) is None
        assert nothing(second) is None
    assert calls == [first, second]
    assert first.derived == {nothing: None}
    assert nothing.__doc__ == "Find nothing."


def test_two_facts_of_one_mapper_are_apart() -> None:
    mapper = mapper_of(mapped())
    one, two = derived(lambda mapper: [1]), derived(lambda mapper: [2])
    assert (one(mapper), two(mapper)) == ([1], [2])
    assert one(mapper) is one(mapper)


def test_a_mapper_forgets_its_facts_when_it_gets_another_attribute() -> None:
    Thing = mapped()
    mapper = mapper_of(Thing)
    profile = write_profile(mapper)
    assert list(profile.columns) == ["id", "name"]
    assert write_profile(mapper) is profile
    Thing.more = Column(Integer)
    assert list(write_profile(mapper).columns) == ["id", "name", "more"]


def test_a_fact_of_a_mapping_that_changes_meanwhile_is_not_kept() -> None:
    Thing = mapped()
    mapper = mapper_of(Thing)

    @derived
    def keys(mapper: Any) -> list[str]:
        found = list(mapper.column_keys)
        if "more" not in found:
            Thing.more = Column(Integer)
        return found

    assert keys(mapper) == ["id", "name"]
    assert keys(mapper) == ["id", "name", "more"]


def test_queries_of_a_class_begin_with_the_attributes_that_it_has_now() -> None:
    Thing = mapped()
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        assert "things.more" not in str(session.query(Thing))
        Thing.more = Column(Integer)
        assert "things.more" in str(session.query(Thing))


def test_the_options_that_load_some_columns_are_made_once() -> None:
    mapper = mapper_of(mapped())
    keys = frozenset(["name"])
    assert columns_only(mapper, keys) is columns_only(mapper, frozenset(["name"]))
    assert columns_only(mapper, keys) is not columns_only(mapper, frozenset(["id"]))
    assert columns_only(mapper, keys) is not columns_only(mapper_of(mapped()), keys)


def test_a_fact_that_refers_to_its_mapper_goes_with_it() -> None:
    class Mark:
        def __init__(self, mapper: Any) -> None:
            self.mapper = mapper

    mark = derived(Mark)
    watched = weakref.ref(mark(mapper_of(mapped())))
    gc.collect()
    assert watched() is None


def test_the_pairs_of_a_join_are_found_once() -> None:
    base: Any = declarative_base()

    class Node(base):
        __tablename__ = "nodes"
        id = Column(Integer, primary_key=True)
        up_id = Column(ForeignKey("nodes.id"))
        up = relationship("Node", remote_side=[id])
        odd = relationship("Node", primaryjoin=lambda: Node.id > foreign(Node.up_id), viewonly=True)

    mapper_of(Node)._check_configure()
    table = Node.__table__
    up, odd = Node.up.property, Node.odd.property
    assert parent_pairs(up) == [(table.c.up_id, table.c.id)]
    assert parent_pairs(up) is parent_pairs(up)
    assert parent_pairs(odd) is None
    assert referencing_columns(up) == [table.c.up_id]
    assert referencing_columns(up) is referencing_columns(up)
