"""A plan says of which classes the rows of its steps are, and the statements that it shows are those that are sent."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import event
from azoth.orm import Session
from tests.database import Database
from tests.flow.differential.library import AZOTH
from tests.flow.hierarchies.flushed_companies import Companies, SingleTable


def session_of(database: Database, model: Any) -> Session:
    engine = database.make_engine(foreign_keys=True)
    model.metadata.create_all(engine)
    return Session(engine)


def test_rows_of_several_classes(database: Database) -> None:
    model = Companies(AZOTH)
    with session_of(database, model) as session:
        session.add_all([model.Engineer(), model.Clerk(), model.Director(), model.Engineer(), model.Senior()])
        plan = session.plan()
        lines = str(plan).splitlines()
        assert any("rows of Engineer: 2, Clerk: 1, Director: 1, Senior: 1" in line for line in lines)
        steps = {step["table"]: step["classes"] for step in plan.as_dict()["steps"]}
        assert steps == {
            "person": {"Engineer": 2, "Clerk": 1, "Director": 1, "Senior": 1},
            "engineer": {"Engineer": 2, "Senior": 1},
            "manager": {"Director": 1},
            "director": {"Director": 1},
        }


def test_rows_of_one_class(database: Database) -> None:
    model = Companies(AZOTH)
    with session_of(database, model) as session:
        session.add(model.Manager())
        plan = session.plan()
        assert "rows of" not in str(plan)
        assert {step["class"] for step in plan.as_dict()["steps"]} == {"Manager"}


def test_what_is_shown_is_what_is_sent(database: Database) -> None:
    for model in (Companies(AZOTH), SingleTable(AZOTH)):
        sent: list[str] = []

        def note(connection: Any, cursor: Any, sql: str, *rest: Any, sent: list[str] = sent) -> None:
            sent.append(sql)

        with session_of(database, model) as session:
            event.listen(session.get_bind(), "before_cursor_execute", note)
            classes = [mapper.class_ for mapper in AZOTH.inspect(_top(model)).self_and_descendants]
            objects = [class_() for class_ in (*classes, *reversed(classes))]
            session.add_all(objects)
            check(session, sent)
            for place, one in enumerate(objects):
                name = "title" if hasattr(one, "title") else "name"
                setattr(one, name, str(place))
            check(session, sent)
            for one in objects:
                session.delete(one)
            check(session, sent)


def test_many_rows_of_one_class_are_shown_as_they_are_sent(database: Database) -> None:
    model = Companies(AZOTH)
    sent: list[str] = []
    with session_of(database, model) as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *told: sent.append(told[2]))
        people = [class_(name=f"{class_.__name__} {n}") for class_ in (model.Clerk, model.Engineer) for n in range(15)]
        session.add_all(people)
        check(session, sent)
        for one in people:
            one.name += "!"
            one.mentor = people[0]
        check(session, sent)
        people[0].mentor = None
        check(session, sent)
        for one in people[1:]:
            session.delete(one)
        check(session, sent)


def check(session: Session, sent: list[str]) -> None:
    plan = session.plan()
    planned = [one.sql for step in plan.statements for one in step for _ in range(one.times)]
    sent.clear()
    session.flush()
    assert [sql for sql in sent if not sql.startswith("SELECT")] == planned


def _top(model: Any) -> Any:
    return model.Person if isinstance(model, Companies) else model.Document


def test_errors_name_the_classes(database: Database) -> None:
    model = Companies(AZOTH)
    with session_of(database, model) as session:
        session.add_all([model.Clerk(number=1), model.Engineer(number=1)])
        with pytest.raises(AZOTH.exc.IntegrityError) as caught:
            session.flush()
        assert caught.value.summary.startswith("Clerk, Engineer: INSERT into person failed")
