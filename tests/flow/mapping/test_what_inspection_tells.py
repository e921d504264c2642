"""What ``inspect()`` tells of classes, aliases and objects, as SQLAlchemy does."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library


def told(lib: Library) -> list[Any]:
    class Base(lib.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class User(Base):
        __tablename__ = "user"
        id = lib.mapped_column(lib.Integer, primary_key=True)
        name = lib.mapped_column(lib.String(9))
        title = lib.synonym("name")

    user = User(name="ed")
    state, mapper, alias = lib.inspect(user), lib.inspect(User), lib.inspect(lib.aliased(User))
    attrs = state.attrs
    found = [sorted(attrs.keys()), "title" in attrs, attrs.title.key, attrs.title.value]
    found += [attrs.name.loaded_value, attrs.name.history, mapper.with_polymorphic_mappers]
    found += [[one.is_instance, one.is_mapper, one.is_aliased_class] for one in (state, mapper, alias)]
    found += [inspect.getfullargspec(User.__init__).annotations]
    Base.registry.dispose()
    return found


def test_the_kinds_of_what_is_inspected_and_synonyms_of_an_object() -> None:
    assert told(AZOTH) == told(SQLALCHEMY)


def test_a_synonym_tells_the_history_of_its_attribute() -> None:
    class Base(AZOTH.DeclarativeBase):  # type: ignore[misc, name-defined]
        pass

    class User(Base):
        __tablename__ = "user"
        id = AZOTH.mapped_column(AZOTH.Integer, primary_key=True)
        name = AZOTH.mapped_column(AZOTH.String(9))
        title = AZOTH.synonym("name")

    user = User(title="dr")
    attrs = AZOTH.inspect(user).attrs
    assert attrs["title"].loaded_value == "dr"
    assert attrs.title.history == (["dr"], (), ())
    assert attrs.get("title").key == "title"
    assert (attrs.get("nobody"), attrs.get("nobody", 5)) == (None, 5)
    assert (attrs.has_key("name"), attrs.has_key("nobody")) == (True, False)
    with pytest.raises(AttributeError, match="no mapped attribute 'nobody'"):
        _ = attrs.nobody
    Base.registry.dispose()
