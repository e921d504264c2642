"""I4 by effect: which modules really send statements, and that none does so by reading an attribute."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import azoth
from azoth import ForeignKey, Integer, String, event, func, insert, select, update
from azoth.orm import Session, declarative_base, joinedload, mapped_column, relationship, selectinload
from tests.architecture.source import Module, modules

SENDS = frozenset(
    {
        "azoth.orm.bulk.executed",
        "azoth.orm.bulk.found_rows",
        "azoth.orm.bulk.insert_rows",
        "azoth.orm.bulk.rows_by_table",
        "azoth.orm.bulk.synchronization",
        "azoth.orm.loading.statement_runner",
        "azoth.orm.persistence.execution.association_executor",
        "azoth.orm.persistence.execution.committed_values_executor",
        "azoth.orm.persistence.execution.delete_executor",
        "azoth.orm.persistence.execution.insert_executor",
        "azoth.orm.persistence.execution.update_executor",
        "azoth.orm.session.statements.door",
    }
)
"""The modules of the ORM that call a connection, as a session is seen to that does all it can."""

STANDS_BETWEEN = "azoth.orm.persistence.execution.heard"
"""What hands on to the connection what others send, where somebody listens, as this test does."""

READS_FOR_THE_PROGRAM = frozenset(
    {
        "azoth.orm.mapping.attributes.relationship_attribute",
        "azoth.orm.mapping.properties.composite",
        "azoth.orm.mapping.properties.synonym",
        "azoth.orm.runtime.collections.keyed_collections",
        "azoth.orm.runtime.state",
        "azoth.orm.runtime.by_name",
    }
)
"""Where an attribute that the program reads stands for others, or is read by its name; and ``loaded_value()``."""

INSTANCES = frozenset(
    {
        "child",
        "child_instance",
        "current",
        "instance",
        "item",
        "merged",
        "parent",
        "parent_instance",
        "source",
        "target",
    }
)
"""How mapped instances are called."""

Base: Any = declarative_base()


class Author(Base):
    """Who writes."""

    __tablename__ = "author"
    id = mapped_column(Integer, primary_key=True)
    name = mapped_column(String(20))
    version = mapped_column(Integer)
    books = relationship("Book", back_populates="author", cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}  # as programs write it


class Book(Base):
    """What is written."""

    __tablename__ = "book"
    id = mapped_column(Integer, primary_key=True)
    title = mapped_column(String(20), unique=True)
    author_id = mapped_column(ForeignKey("author.id"))
    author = relationship("Author", back_populates="books")
    tags = relationship("Tag", secondary=lambda: book_tag)


class Tag(Base):
    """What it is about."""

    __tablename__ = "tag"
    word = mapped_column(String(20), primary_key=True)


book_tag: Any = azoth.Table(
    "book_tag",
    Base.metadata,
    azoth.Column("book_id", ForeignKey("book.id"), primary_key=True),
    azoth.Column("word", ForeignKey("tag.word", onupdate="CASCADE"), primary_key=True),
)


@pytest.fixture
def senders() -> Iterator[tuple[azoth.Engine, set[str]]]:
    """An engine, and the innermost modules of the ORM that had it send a statement."""
    engine = azoth.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    found: set[str] = set()

    def look(*_: Any) -> None:
        frame: Any = sys._getframe()
        while frame is not None:
            name = frame.f_globals.get("__name__", "")
            if name.startswith("azoth.orm.") and name != STANDS_BETWEEN:
                found.add(name)
                return
            frame = frame.f_back

    event.listen(engine, "before_cursor_execute", look)
    yield engine, found
    engine.dispose()


def test_a_session_that_does_all_it_can_sends_from_few_modules(senders: tuple[azoth.Engine, set[str]]) -> None:
    engine, found = senders
    with Session(engine) as session:
        session.add(Author(id=1, name="Ada", books=[Book(title="one", tags=[Tag(word="new")]), Book(title="two")]))
        session.commit()
        author = session.scalars(select(Author).options(selectinload(Author.books))).one()
        author.name = "Eve"
        author.books[0].tags.clear()
        session.commit()
        session.refresh(author)
        session.expire_all()
        assert len(author.books) == 2
        del author.books[0]
        session.flush()
        session.merge(Book(id=2, title="three"))
        session.scalars(select(Book).options(joinedload(Book.author))).all()
        session.execute(select(func.count(Book.id)))
        session.execute(insert(Tag), [{"word": "a"}, {"word": "b"}])
        session.scalars(insert(Tag).returning(Tag), [{"word": "c"}]).all()
        session.execute(update(Book).where(func.lower(Book.title) == "three").values(title="x"))
        session.execute(update(Book), [{"id": 2, "title": "y"}])
        session.bulk_insert_mappings(Tag, [{"word": "d"}], return_defaults=True)
        tag = session.get(Tag, "a")
        session.expire(tag)
        tag.word = "z"
        session.commit()
        first, second = [Book(title="p"), Book(title="q")]
        session.add_all([first, second])
        session.commit()
        first.title, second.title = "q", "p"
        session.commit()
        session.delete(author)
        session.commit()
        session.query(Book).count()
    assert found == SENDS


def test_the_library_reads_no_attribute_that_might_load_without_saying_so() -> None:
    hidden = [
        f"{module.name}:{line}"
        for module in modules()
        if module.is_below("azoth.orm") and module.name not in READS_FOR_THE_PROGRAM
        for line in _reads(module)
    ]
    assert hidden == [], "call runtime.state.loaded_value()"


def _reads(module: Module) -> Iterator[int]:
    """Find ``getattr(instance, key)`` where the key is no text that stands there."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr"):
            continue
        subject, key = node.args[:2]
        if isinstance(subject, ast.Name) and subject.id in INSTANCES and not isinstance(key, ast.Constant):
            yield node.lineno
