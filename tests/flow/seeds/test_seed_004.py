"""Seed 004: the session chapter of a course, typed into an interpreter line by line."""

from __future__ import annotations

import doctest
from typing import Any

import pytest

from azoth import BigInteger, Column, Integer, String
from azoth.orm import declarative_base, sessionmaker
from tests.database import Database
from tests.flow.committed import committed

Base: Any = declarative_base()


class Astronaut(Base):
    __tablename__ = "astronauts"

    id = Column(Integer, primary_key=True)
    firstname = Column(String, nullable=False)
    lastname = Column(String)
    born = Column(BigInteger)


SETUP = """
>>> from azoth import create_engine
>>>
>>>
>>> engine = create_engine(DATABASE)
>>> create_tables(engine)
"""

STYLE_1 = """
>>> from azoth.orm import sessionmaker
>>> Session = sessionmaker(bind=engine)
>>> session = Session()
>>> session.query(Astronaut).all()
[]
>>> session.close()

>>> session = sessionmaker(bind=engine)()
>>> session.query(Astronaut).count()
0
>>> session.close()

>>> session = sessionmaker(bind=engine).__call__()
>>> session.query(Astronaut).first()
>>> session.close()
"""

STYLE_2 = """
>>> from azoth.orm import Session
>>>
>>> with Session(engine) as session:
...     session.add(object1)
...     session.add(object2)
...     session.commit()
>>> names(engine)
['Melissa', 'Rick']
"""

TRANSACTION = """
>>> from azoth.orm import Session
>>> with Session(engine) as session:
...     session.begin()
...     try:
...         session.add(some_object)
...         session.add(some_other_object)
...     except:
...         session.rollback()
...         raise
...     else:
...         session.commit()
<azoth.orm.session.transactions.transaction.SessionTransaction object at ...>
>>> names(engine)
['Alex', 'Chris']

>>> with Session(engine) as session:
...     with session.begin():
...       session.add(object1)
...       session.add(object2)
>>> names(engine)
['Alex', 'Chris', 'Melissa', 'Rick']

>>> with Session(engine) as session, session.begin():
...     session.delete(some_object)
...     session.delete(some_other_object)
>>> names(engine)
['Melissa', 'Rick']
"""

EXAMPLE = """
>>> from azoth.orm import sessionmaker
>>> session = sessionmaker(bind=engine)
>>>
>>> fill(session)
>>> with session.begin() as db:
...     result = db.execute('SELECT * FROM astronauts').all()
...
>>> result
[(1, 'Melissa', 'Lewis', 805766400000),
 (2, 'Rick', 'Martinez', 822182400000),
 (3, 'Alex', 'Vogel', 784857600000),
 (4, 'Chris', 'Beck', 933552000000),
 (5, 'Beth', 'Johanssen', 822182400000),
 (6, 'Mark', 'Watney', 781920000000)]
>>> result[4].firstname, result[4]._mapping['lastname']
('Beth', 'Johanssen')
"""


def names(engine: Any) -> list[str]:
    return committed(engine, "astronauts", "firstname", order_by="firstname")


def fill(session: Any) -> None:
    rows = [
        ("Melissa", "Lewis", 805766400000),
        ("Rick", "Martinez", 822182400000),
        ("Alex", "Vogel", 784857600000),
        ("Chris", "Beck", 933552000000),
        ("Beth", "Johanssen", 822182400000),
        ("Mark", "Watney", 781920000000),
    ]
    with session.begin() as db:
        db.execute(
            "INSERT INTO astronauts (firstname, lastname, born) VALUES (:firstname, :lastname, :born)",
            [dict(zip(("firstname", "lastname", "born"), row, strict=True)) for row in rows],
        )


@pytest.mark.parametrize(
    "transcript", [STYLE_1, STYLE_2, TRANSACTION, EXAMPLE], ids=["1.x style", "2.x style", "transaction", "example"]
)
def test_what_is_typed_gives_what_is_shown(database: Database, transcript: str) -> None:
    known = {
        "DATABASE": database.url(),
        "Astronaut": Astronaut,
        "create_tables": Base.metadata.create_all,
        "names": names,
        "fill": fill,
        "object1": Astronaut(firstname="Melissa"),
        "object2": Astronaut(firstname="Rick"),
        "some_object": Astronaut(firstname="Alex"),
        "some_other_object": Astronaut(firstname="Chris"),
    }
    example = doctest.DocTestParser().get_doctest(SETUP + transcript, known, "seed 004", None, None)
    told: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS).run(
        example, out=told.append, clear_globs=False
    )
    example.globs["engine"].dispose()
    assert outcome.failed == 0, "".join(told)


def test_the_factory_is_to_sessions_what_the_engine_is_to_connections(database: Database) -> None:
    """Committing at the end, rolling back on errors, and closing in any case."""
    engine = database.make_engine("mission")
    Base.metadata.create_all(engine)
    session = sessionmaker(bind=engine)
    with session.begin() as db:
        db.add(Astronaut(firstname="Melissa"))
    with pytest.raises(LookupError):
        with session.begin() as db:
            db.add(Astronaut(firstname="Rick"))
            db.flush()
            raise LookupError
    assert names(engine) == ["Melissa"]
    assert engine.pool.checkedout() == 0
