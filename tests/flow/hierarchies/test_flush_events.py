"""Listeners hear of each object of a hierarchy once, in the order of SQLAlchemy, whatever its tables are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library
from tests.flow.hierarchies.flushed_companies import Companies, Natural, SingleTable

OF_ROWS = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")
Work = Callable[[Library, Any, Any, list[Any]], None]


def log_of(database: Database, library: Library, listen: Work, work: Work) -> list[Any]:
    """What listeners heard while some work was done."""
    model = Companies(library)
    engine = database.make_engine(library=library, foreign_keys=True)
    model.metadata.create_all(engine)
    log: list[Any] = []
    with library.Session(engine) as session:
        listen(library, model, session, log)
        work(library, model, session, log)
    return log


def on_base(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    """Listen to the base class, for all derived ones."""
    for name in OF_ROWS:

        def heard(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            log.append((name, mapper.class_.__name__, target.name))

        lib.event.listen(m.Person, name, heard, propagate=True)


def on_one_class(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    """Listen to one derived class, without those derived from it."""
    for name in OF_ROWS:

        def heard(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            log.append((name, mapper.class_.__name__, target.name))

        lib.event.listen(m.Manager, name, heard)


def on_several(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    """Listen to base and derived classes."""
    on_base(lib, m, s, log)
    on_one_class(lib, m, s, log)


def changing(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    """Change what is written while it is."""

    def before(mapper: Any, connection: Any, target: Any) -> None:
        target.number = (target.number or 0) + 100
        if isinstance(target, m.Engineer):
            target.language = "set"

    for name in ("before_insert", "before_update"):
        lib.event.listen(m.Person, name, before, propagate=True)


def all_classes(m: Any) -> list[Any]:
    return [class_(name=class_.__name__, number=place) for place, class_ in enumerate(m.classes)]


def inserts(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    s.add_all(all_classes(m)[::-1])
    s.commit()


def updates(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    people = all_classes(m)
    s.add_all(people)
    s.commit()
    for one in people:
        one.name += "!"
    people[4].bonus = 3
    people[1].language = "c"
    s.commit()
    # Only the tables of derived classes change now.
    people[2].grade = 5
    people[4].level = 7
    s.commit()


def deletes(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    people = all_classes(m)
    s.add_all(people)
    s.commit()
    s.query(m.Person).all()
    for one in people:
        s.delete(one)
    s.commit()


def test_same_order_of_inserts_as_sqlalchemy(database: Database) -> None:
    for listen in (on_base, on_one_class, on_several):
        expected = log_of(database, SQLALCHEMY, listen, inserts)
        assert expected
        assert log_of(database, AZOTH, listen, inserts) == expected


@pytest.mark.parametrize("listen", [on_base, on_one_class, on_several])
@pytest.mark.parametrize("work", [updates, deletes])
def test_same_events_as_sqlalchemy(database: Database, listen: Work, work: Work) -> None:
    # The classes refer to each other, so that SQLAlchemy writes them one by one.
    expected = log_of(database, SQLALCHEMY, listen, work)
    assert expected
    found = log_of(database, AZOTH, listen, work)
    assert sorted(found) == sorted(expected)
    for before, after in (("before_update", "after_update"), ("before_delete", "after_delete")):
        for event, *target in found:
            if event == after:
                assert found.index((before, *target)) < found.index((after, *target))


def places(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
    """Insert, update and delete places of all classes."""
    for name in OF_ROWS:

        def heard(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            log.append((name, mapper.class_.__name__, target.code))

        lib.event.listen(m.Place, name, heard, propagate=True)
    classes = (m.Capital, m.Place, m.Town, m.Capital, m.Town)
    found = [class_(country="a", code=place) for place, class_ in enumerate(classes)]
    s.add_all(found)
    s.flush()
    for one in found:
        one.name = "n"
    found[0].since, found[2].people = 1, 2
    s.flush()
    found[0].since, found[4].people = 3, 4
    s.flush()
    for one in found:
        s.delete(one)
    s.flush()


def test_same_order_as_sqlalchemy(database: Database) -> None:
    logs = []
    for library in (SQLALCHEMY, AZOTH):
        model = Natural(library)
        engine = database.make_engine(library=library, foreign_keys=True)
        model.metadata.create_all(engine)
        log: list[Any] = []
        with library.Session(engine) as session:
            places(library, model, session, log)
        logs.append(log)
    assert logs[0] == logs[1]
    assert len(logs[0]) == 2 * (5 + 5 + 2 + 5)


def written(database: Database, library: Library) -> list[Any]:
    found: list[Any] = []

    def work(lib: Library, m: Any, s: Any, log: list[Any]) -> None:
        people = all_classes(m)
        s.add_all(people)
        s.commit()
        for one in people:
            one.name += "!"
        s.commit()
        found.extend((type(one).__name__, one.name, one.number, getattr(one, "language", None)) for one in people)

    log_of(database, library, changing, work)
    return found


def test_what_listeners_change_is_written(database: Database) -> None:
    expected = written(database, SQLALCHEMY)
    assert written(database, AZOTH) == expected
    assert ("Senior", "Senior!", 202, "set") in expected


def documents(database: Database, library: Library) -> list[Any]:
    """The rows of documents whose listeners change attributes of their own classes."""
    model = SingleTable(library)
    engine = database.make_engine(library=library, foreign_keys=True)
    model.metadata.create_all(engine)

    def before(mapper: Any, connection: Any, target: Any) -> None:
        if isinstance(target, model.Invoice):
            target.amount = 9
        elif isinstance(target, model.Letter):
            target.sender = "heard"

    library.event.listen(model.Document, "before_update", before, propagate=True)
    with library.Session(engine) as session:
        found = [model.Document(title="d"), model.Letter(title="l"), model.Reminder(title="r", fee=1)]
        session.add_all(found)
        session.flush()
        for one in found:
            one.title += "!"
        found[2].fee = 2
        session.flush()
        found[2].fee = 3
        session.flush()
        columns = model.Document.__table__.c
        wanted = [columns[name] for name in ("kind", "title", "sender", "amount", "fee")]
        rows = session.connection().execute(library.select(*wanted).order_by(columns.id))
        return [tuple(row) for row in rows]


def test_listeners_change_attributes_of_one_class_of_a_table(database: Database) -> None:
    expected = documents(database, SQLALCHEMY)
    assert documents(database, AZOTH) == expected
    assert expected[2] == ("reminder", "r!", None, 9, 3)
