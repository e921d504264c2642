"""Private names by which libraries reach into mappings: attributes of their own, registries, adapted expressions."""

from __future__ import annotations

import pytest

from tests.flow.alias.aliased import run_aliased

pytestmark = pytest.mark.sqlite_only("names and imports are looked at, and the smallest database will do")


def test_a_library_keeps_the_values_of_an_attribute_itself() -> None:
    """A reference to an object of any class: what it is and its key stand in two columns."""
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy import event
        from sqlalchemy.orm import Session, attributes, class_mapper, declarative_base
        from sqlalchemy.orm.interfaces import MapperProperty, PropComparator
        from sqlalchemy.orm.session import _state_session
        from sqlalchemy.util import set_creation_order

        class Anything(attributes.ScalarAttributeImpl):
            def get(self, state, dict_, passive=attributes.PASSIVE_OFF):
                if self.key in dict_:
                    return dict_[self.key]
                session = _state_session(state)
                name, key = (state.attrs[part].value for part in self.parent_token.parts)
                target = state.class_.registry._class_registry.get(name)
                return None if session is None or target is None else session.get(target, key)

            def set(self, state, dict_, value, initiator, passive=attributes.PASSIVE_OFF, check_old=None, pop=False):
                dict_[self.key] = value
                name, key = self.parent_token.parts
                dict_[name] = None if value is None else type(value).__name__
                dict_[key] = None if value is None else class_mapper(type(value)).primary_key_from_instance(value)[0]

        class Reference(MapperProperty):
            def __init__(self, *parts):
                super().__init__()
                self.parts = parts
                set_creation_order(self)

            class Comparator(PropComparator):
                def __init__(self, prop, parentmapper):
                    self.property = prop
                    self._parententity = parentmapper

                def __eq__(self, other):
                    kind, key = (self._parententity.columns[part] for part in self.property.parts)
                    return (kind == type(other).__name__) & (key == other.id)

            def instrument_class(self, mapper):
                attributes.register_attribute(
                    mapper.class_, self.key, comparator=self.Comparator(self, mapper), parententity=mapper,
                    doc="anything", impl_class=Anything, parent_token=self,
                )

        Base = declarative_base()

        class User(Base):
            __tablename__ = "user_account"
            id = sa.Column(sa.Integer, primary_key=True)

        class Log(Base):
            __tablename__ = "log"
            id = sa.Column(sa.Integer, primary_key=True)
            kind = sa.Column(sa.String)
            key = sa.Column(sa.Integer)
            about = Reference("kind", "key")

        engine = sa.create_engine("sqlite://")
        Base.metadata.create_all(engine)
        heard = []
        event.listen(Log.about, "set", lambda target, value, old, initiator: heard.append(initiator.key))
        with Session(engine) as session:
            user = User(id=7)
            session.add(user)
            session.flush()
            log = Log(about=user)
            session.add(log)
            session.commit()
            print(log.kind, log.key, log.about is user, Log.about.property.parts, heard)
            session.expunge_all()
            found = session.scalars(sa.select(Log).where(Log.about == user)).one()
            print(found.about.id, Log.about.__doc__)
            found.about = None
            print(found.kind, found.about)
        """
    )
    assert printed == ["User 7 True ('kind', 'key') ['about']", "7 anything", "None None"]


def test_an_attribute_without_a_class_of_the_librarys_own_is_refused() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.orm import attributes
        class Plain: pass
        try:
            attributes.register_attribute(Plain, "x", comparator=None, parententity=None)
        except sa.exc.InvalidRequestError as error:
            print(error.summary)
        """
    )
    assert printed == ["Plain.x cannot be registered without impl_class"]


def test_classes_and_registries_are_found() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.orm import declarative_base, mapperlib
        Base = declarative_base()
        class Word(Base):
            __tablename__ = "word"
            id = sa.Column(sa.Integer, primary_key=True)
        known = Base.registry._class_registry
        print("Word" in known, known["Word"] is Word, known.get("None"), Base.registry in mapperlib._all_registries())
        """
    )
    assert printed == ["True True None True"]


def test_expressions_are_moved_to_an_alias() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.sql.util import ClauseAdapter
        word = sa.Table("word", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("root_id", sa.Integer))
        other = sa.table("other", sa.column("id"))
        alias = word.alias("w")
        condition = sa.and_(word.c.id == other.c.id, word.c.root_id > 5)
        print(ClauseAdapter(alias).traverse(condition))
        print(ClauseAdapter(alias, exclude_fn=lambda part: part is word.c.id).traverse(condition))
        print(ClauseAdapter(alias, include_fn=lambda part: part is word.c.id).traverse(condition))
        """
    )
    assert printed == [
        "w.id = other.id AND w.root_id > :root_id_1",
        "word.id = other.id AND w.root_id > :root_id_1",
        "w.id = other.id AND word.root_id > :root_id_1",
    ]


def test_statements_are_compiled_for_a_driver_that_is_not_there() -> None:
    printed = run_aliased(
        """
        import sqlalchemy as sa
        from sqlalchemy.dialects.postgresql import psycopg2
        print(sa.select(sa.column("a", sa.Integer) == 5).compile(dialect=psycopg2.dialect()))
        """
    )
    assert printed == ["SELECT a = %(a_1)s AS anon_1"]
