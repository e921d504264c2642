"""What tests of examples and extensions take from ``sqlalchemy.testing``, and constructs from ``sql.coercions``."""

from __future__ import annotations

import pytest

from tests.flow.alias.aliased import run_aliased

pytestmark = pytest.mark.sqlite_only("names and imports are looked at, and the smallest database will do")


def test_assertions_hold_or_raise() -> None:
    printed = run_aliased(
        """
        from sqlalchemy import Column, Integer, MetaData, Table, select
        from sqlalchemy.testing import AssertsCompiledSQL, assert_raises, assert_raises_message, eq_, fixtures, in_
        from sqlalchemy.testing import eq_ignore_whitespace, is_, is_not, ne_

        class Compiles(AssertsCompiledSQL):
            pass

        class OfMySQL(AssertsCompiledSQL):
            __dialect__ = "mysql"

        t = Table("t", MetaData(), Column("select", Integer))

        def is_refused(function, *arguments, **named):
            try:
                function(*arguments, **named)
            except AssertionError:
                return True
            return False

        column = t.c.select
        Compiles().assert_compile(select(t), 'SELECT t."select" FROM t')
        Compiles().assert_compile(select(t).where(column == 5), 'SELECT t."select" FROM t WHERE t."select" = :select_1',
                                  checkparams={"select_1": 5})
        Compiles().assert_compile(column == 5, 't."select" = 5', literal_binds=True)
        OfMySQL().assert_compile(select(t), "SELECT t.`select` FROM t")
        print([
            is_refused(Compiles().assert_compile, select(t), "SELECT"),
            is_refused(Compiles().assert_compile, column == 5, 't."select" = :select_1', checkparams={"select_1": 6}),
            is_refused(eq_, 1, 2), is_refused(eq_, 1, 1), is_refused(ne_, 1, 1), is_refused(is_, [], []),
            is_refused(is_not, [], []), is_refused(in_, 1, [2]), is_refused(eq_ignore_whitespace, "a  b", "a b"),
            is_refused(assert_raises, ValueError, int, "1"), is_refused(assert_raises, ValueError, int, "x"),
            is_refused(assert_raises_message, ValueError, "no such text", int, "x"),
        ])
        print(type(assert_raises_message(ValueError, "invalid literal", int, "x")).__name__)
        """
    )
    assert printed == [
        "[True, True, True, False, True, True, False, True, False, True, False, True]",
        "ValueError",
    ]


def test_statements_are_compared_by_their_keys() -> None:
    printed = run_aliased(
        """
        from random import random
        from sqlalchemy import column, select, table
        from sqlalchemy.testing import fixtures

        t = table("t", column("a"), column("b"))

        class Suite(fixtures.CacheKeySuite):
            @fixtures.CacheKeySuite.run_suite_tests
            def test_well(self):
                return lambda: [select(t.c.a), select(t.c.b), select(t).where(t.c.a == random())]

            @fixtures.CacheKeySuite.run_suite_tests
            def test_one_key(self):
                return lambda: [select(t.c.a), select(t.c.a)]

        Suite().test_well()
        try:
            Suite().test_one_key()
        except AssertionError as error:
            print(error)
        """
    )
    assert printed == ["statements of different structures have one key"]


def test_objects_are_compared_by_what_a_new_one_was_given() -> None:
    printed = run_aliased(
        """
        from sqlalchemy import create_engine, select
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        from sqlalchemy.testing.entities import ComparableEntity

        class Base(DeclarativeBase): pass
        class Word(ComparableEntity, Base):
            __tablename__ = "word"
            id: Mapped[int] = mapped_column(primary_key=True)
            text: Mapped[str]

        engine = create_engine("sqlite://")
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            session.add_all([Word(text="a"), Word(text="b")])
            session.commit()
            words = session.scalars(select(Word).order_by(Word.id)).all()
            print(words == [Word(text="a"), Word(id=2)], [Word(text="a"), Word(text="a")] == words, words[0] == 1)
        """
    )
    assert printed == ["True False False"]


def test_constructs_coerce_their_parts_and_pass_on_whom_they_are_about() -> None:
    printed = run_aliased(
        """
        from sqlalchemy import column, select, table
        from sqlalchemy.exc import ArgumentError
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        from sqlalchemy.sql import coercions, roles

        t = table("t", column("a"))
        print(coercions.expect(roles.WhereHavingRole, t.c.a == 1, apply_propagate_attrs=t.c.a))
        print(coercions.expect(roles.ExpressionElementRole, 5).value)
        try:
            coercions.expect(roles.WhereHavingRole, "a = 1")
        except ArgumentError as error:
            print("refused")

        class Base(DeclarativeBase): pass
        class Word(Base):
            __tablename__ = "word"
            id: Mapped[int] = mapped_column(primary_key=True)

        told = select(Word)._propagate_attrs
        print(told["compile_state_plugin"], told["plugin_subject"] is Word.__mapper__, select(t)._propagate_attrs)
        label = t.c.a.label("x")
        label._propagate_attrs = {"a": 1}
        print((label.as_reference() == 1)._propagate_attrs, select(label)._propagate_attrs)
        """
    )
    assert printed == ["t.a = :a_1", "5", "refused", "orm True {}", "{'a': 1} {'a': 1}"]
