"""INSERT, UPDATE and DELETE of entities: defaults, objects in memory, statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import Column, Integer, String, delete, func, insert, select, text, update
from azoth.exc import InvalidRequestError
from azoth.orm import Session, declarative_base
from azoth.orm.exc import StaleDataError

Base: Any = declarative_base()
counter = iter(range(1000))


class Part(Base):
    __tablename__ = "parts"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    size = Column(Integer, default=7)
    serial = Column(Integer, default=lambda: next(counter))
    changed = Column(Integer, default=0, onupdate=text("changed + 1"))
    origin = Column(String, server_default="here")


class Versioned(Base):
    __tablename__ = "versioned"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


@pytest.fixture
def session(engine: Any) -> Iterator[Any]:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Part(id=1, name="bolt"), Part(id=2, name="nut"), Part(id=3, name="screw")])
        session.commit()
        yield session


def test_insert_of_many_fills_defaults_of_each_row(session: Any) -> None:
    session.execute(insert(Part), [{"name": "a"}, {"name": "b"}])
    a, b = session.query(Part).filter(Part.name.in_(["a", "b"])).order_by(Part.id)
    assert (a.size, a.origin, a.changed) == (7, "here", 0)
    assert b.serial == a.serial + 1


def test_insert_of_many_goes_to_the_driver_at_once(session: Any, statements: Any) -> None:
    statements.clear()
    session.execute(insert(Part), [{"name": str(number)} for number in range(50)])
    assert len(statements.starting_with("INSERT")) == 1


def test_inserted_objects_come_back_in_the_order_of_the_dictionaries(session: Any) -> None:
    rows = [{"name": "a"}, {"name": "b", "size": 1}, {"name": "c"}]
    parts = session.scalars(insert(Part).returning(Part), rows).all()
    assert [(part.name, part.size) for part in parts] == [("a", 7), ("b", 1), ("c", 7)]
    assert all(part in session for part in parts)


def test_insert_begins_the_version(session: Any) -> None:
    session.execute(insert(Versioned), [{"name": "a"}])
    one = session.scalars(select(Versioned)).one()
    assert one.version == 1
    one.name = "b"
    session.commit()
    assert one.version == 2


def test_update_expires_what_the_database_made(session: Any) -> None:
    bolt = session.get(Part, 1)
    assert bolt.changed == 0
    session.execute(update(Part).where(Part.name == "bolt").values(size=8))
    assert bolt.__dict__["size"] == 8
    assert "changed" not in bolt.__dict__
    assert bolt.changed == 1


def test_update_by_key_expires_what_the_database_made(session: Any) -> None:
    bolt = session.get(Part, 1)
    session.execute(update(Part), [{"id": 1, "size": 9}])
    assert bolt.__dict__["size"] == 9
    assert bolt.changed == 1


def test_updated_objects_are_not_dirty(session: Any, statements: Any) -> None:
    bolt = session.get(Part, 1)
    session.execute(update(Part).values(size=Part.size + 1))
    assert bolt.size == 8
    assert bolt not in session.dirty
    statements.clear()
    session.flush()
    assert statements.starting_with("UPDATE") == []


def test_expired_objects_are_loaded_when_they_are_read(session: Any, statements: Any) -> None:
    bolt = session.get(Part, 1)
    session.expire(bolt)
    statements.clear()
    session.execute(update(Part).where(Part.name == "bolt").values(name="BOLT"))
    assert len(statements) == 1
    assert bolt.name == "BOLT"


def test_partly_loaded_objects_follow_too(session: Any) -> None:
    bolt = session.get(Part, 1)
    session.expire(bolt, ["name"])
    assert bolt.__dict__["size"] == 7
    session.execute(update(Part).where(Part.name == "bolt").values(size=1))
    assert bolt.size == 1


def test_deleted_object_that_could_not_be_told_is_found_out_later(session: Any) -> None:
    bolt = session.get(Part, 1)
    session.expire(bolt, ["name"])
    session.execute(delete(Part).where(Part.name == "bolt"))
    with pytest.raises(InvalidRequestError, match="row is gone"):
        bolt.name


def test_no_statement_beside_the_update_where_python_can_tell(session: Any, statements: Any) -> None:
    parts = session.query(Part).all()
    statements.clear()
    session.query(Part).filter(Part.size > 5, Part.name.like("%t")).update({"size": 0})
    assert sorted(part.size for part in parts) == [0, 0, 7]
    assert len(statements) == 1


def test_fetch_selects_keys_first(session: Any, statements: Any) -> None:
    parts = session.query(Part).order_by(Part.id).all()
    statements.clear()
    session.query(Part).filter(func.length(Part.name) == 4).update({"size": 0})
    assert [part.size for part in parts] == [0, 7, 7]
    assert len(statements.starting_with("SELECT")) == 1


def test_false_leaves_objects_alone(session: Any) -> None:
    bolt = session.get(Part, 1)
    session.query(Part).update({"size": 0}, synchronize_session=False)
    assert bolt.size == 7
    session.refresh(bolt)
    assert bolt.size == 0


def test_savepoint_brings_deleted_objects_back(session: Any) -> None:
    bolt = session.get(Part, 1)
    nested = session.begin_nested()
    session.query(Part).filter_by(name="bolt").delete()
    assert bolt not in session
    nested.rollback()
    assert bolt in session
    assert bolt.name == "bolt"
    session.commit()
    assert session.query(Part).count() == 3


def test_deleted_objects_are_detached_after_commit(session: Any) -> None:
    bolt = session.get(Part, 1)
    session.query(Part).filter_by(id=1).delete()
    session.commit()
    assert Session.object_session(bolt) is None
    assert session.get(Part, 1) is None


def test_update_with_parameters_of_the_execution(session: Any) -> None:
    bolt = session.get(Part, 1)
    assert session.execute(update(Part).where(Part.id == 1), {"name": "x", "size": 2}).rowcount == 1
    assert (bolt.name, bolt.size) == ("x", 2)


def test_many_keys_of_an_update_in_one_call(session: Any, statements: Any) -> None:
    statements.clear()
    session.execute(update(Part), [{"id": key, "size": key} for key in (1, 2, 3)])
    assert len(statements) == 1
    assert [row.size for row in session.query(Part.size).order_by(Part.id)] == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        lambda session, rows: session.execute(update(Part), rows),
        lambda session, rows: session.bulk_update_mappings(Part, rows),
    ],
)
def test_update_by_key_of_rows_that_are_not_there_says_so(session: Any, change: Any) -> None:
    for rows in ([{"id": 9, "size": 1}], [{"id": 1, "size": 1}, {"id": 9, "size": 1}]):
        with pytest.raises(StaleDataError, match=rf"expected to update {len(rows)} row\(s\); {len(rows) - 1} were"):
            change(session, rows)
        session.rollback()
    assert session.scalars(select(Part.size)).all() == [7, 7, 7]


def test_unknown_names_in_dictionaries(session: Any) -> None:
    with pytest.raises(InvalidRequestError) as raised:
        session.execute(insert(Part), [{"nane": "x"}])
    assert "'name'" in raised.value.fix
    with pytest.raises(InvalidRequestError, match="no attribute 'sise' to set"):
        session.execute(update(Part), [{"id": 1, "sise": 3}])


def test_bulk_methods_want_a_class(session: Any) -> None:
    with pytest.raises(InvalidRequestError, match="mapped class"):
        session.bulk_insert_mappings(Part(), [{}])


def test_bulk_save_of_unchanged_objects_sends_nothing(session: Any, statements: Any) -> None:
    parts = session.query(Part).all()
    statements.clear()
    session.bulk_save_objects(parts)
    assert statements == []


def test_bulk_save_without_an_order_groups_classes(session: Any, statements: Any) -> None:
    statements.clear()
    mixed = [Part(name="a"), Versioned(name="b", version=1), Part(name="c"), Versioned(name="d", version=1)]
    session.bulk_save_objects(mixed, preserve_order=False)
    assert len(statements.starting_with("INSERT")) == 2
