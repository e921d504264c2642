"""Objects of classes that share one table are written as with SQLAlchemy, each with the columns of its own class."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import Library, Scenario
from tests.flow.hierarchies.flushed import assert_alike
from tests.flow.hierarchies.flushed_companies import SingleTable

SCENARIOS: list[Scenario] = []


def scenario(function: Scenario) -> Scenario:
    """Register a scenario."""
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("run", SCENARIOS, ids=lambda run: run.__name__)
def test_does_the_same_as_sqlalchemy(database: Database, run: Scenario) -> None:
    assert_alike(database, SingleTable, run)


def one_of_each(m: Any) -> list[Any]:
    return [
        m.Document(title="d"),
        m.Letter(title="l", sender="s"),
        m.Invoice(title="i", amount=5, number="1"),
        m.Reminder(title="r", number="2", fee=1),
        m.Letter(title="m", stamp=80),
        m.Document(title="e"),
    ]


def own_keys(one: Any) -> list[str]:
    """The attributes in memory of one object, but for those that only one of the libraries sets to None."""
    return sorted(key for key, value in one.__dict__.items() if not key.startswith("_") and value is not None)


@scenario
def insert(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    s.add_all(documents)
    s.flush()
    return [(type(one).__name__, one.id, one.kind) for one in documents]


@scenario
def objects_get_nothing_of_other_classes(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    s.add_all(documents)
    s.flush()
    for one in documents:
        if not isinstance(one, m.Invoice):
            one.title += "!"
    s.flush()
    letters = [documents[1], documents[4]]
    stamps = [one.stamp for one in letters]
    allowed = {column.key for column in lib.inspect(m.Document).column_attrs}
    return [stamps, set(own_keys(documents[0])) <= allowed, [own_keys(one) for one in (*letters, documents[3])]]


@scenario
def insert_with_keys(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    for place, one in enumerate(documents):
        one.id = 50 - place
    s.add_all(documents)
    s.commit()
    return [(type(one).__name__, one.id) for one in s.query(m.Document).order_by(m.Document.id)]


@scenario
def onupdate_of_one_class_only(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    s.add_all(documents)
    s.commit()
    s.query(m.Document).all()
    documents[2].amount = 6
    documents[3].fee = 2
    s.commit()
    return [documents[2].seen, documents[3].seen]


@scenario
def parents_and_parts(lib: Library, m: Any, s: Any) -> Any:
    one = m.Letter(title="a", parts=[m.Invoice(title="b"), m.Document(title="c", parts=[m.Reminder(title="d")])])
    s.add(one)
    s.commit()
    found = [(type(part).__name__, part.id, part.parent_id) for part in s.query(m.Document).order_by(m.Document.id)]
    one.parts.pop()
    s.commit()
    s.delete(one)
    s.commit()
    return [found, [(part.id, part.parent_id) for part in s.query(m.Document).order_by(m.Document.id)]]


@scenario
def letters_that_answer_each_other(lib: Library, m: Any, s: Any) -> Any:
    one, other = m.Letter(title="a"), m.Letter(title="b")
    one.reply, other.reply = other, one
    s.add_all([m.Document(title="x"), one, m.Invoice(title="y"), other])
    s.commit()
    found = [(letter.id, letter.reply_id) for letter in s.query(m.Letter).order_by(m.Letter.id)]
    one.reply = other.reply = None
    s.commit()
    s.delete(other)
    s.commit()
    return [found, s.query(m.Letter).count()]


@scenario
def a_unique_number_of_one_class(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    s.add_all(documents)
    s.commit()
    for one in documents:
        s.delete(one)
    s.flush()
    s.add(m.Reminder(number="1"))
    s.commit()
    return [one.number for one in s.query(m.Invoice)]


@scenario
def objects_of_other_classes_and_expired_ones(lib: Library, m: Any, s: Any) -> Any:
    documents = one_of_each(m)
    s.add_all(documents)
    s.commit()
    s.delete(documents[0])
    s.delete(documents[2])
    s.add(m.Invoice(number="9"))
    documents[1].parent_id = documents[5].id
    s.flush()
    return s.query(m.Document).count()


@scenario
def merge(lib: Library, m: Any, s: Any) -> Any:
    s.add_all([m.Letter(id=1, title="a"), m.Reminder(id=2, fee=1)])
    s.commit()
    s.expunge_all()
    one = s.merge(m.Letter(id=1, sender="s"))
    other = s.merge(m.Reminder(id=2, amount=4))
    new = s.merge(m.Invoice(id=3, number="4"))
    s.commit()
    return [one.title, one.sender, other.fee, other.amount, new.number, new.seen]
