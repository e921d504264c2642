"""Automap makes the same classes and relationships as SQLAlchemy's, where that makes one thing of a schema."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

A = "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))"
A_ONE = "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, x INTEGER REFERENCES a (id))"

SCHEMAS = {
    "one foreign key": (A, A_ONE),
    "a required one": (A, "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, x INTEGER NOT NULL REFERENCES a (id))"),
    "a composite one": (
        "CREATE TABLE a (p INTEGER NOT NULL, q INTEGER NOT NULL, PRIMARY KEY (p, q))",
        (
            "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, x INTEGER NOT NULL, y INTEGER, "
            "FOREIGN KEY (x, y) REFERENCES a (p, q))"
        ),
    ),
    "a table between": (
        A,
        "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE ab (l INTEGER REFERENCES a (id), r INTEGER REFERENCES b (id), PRIMARY KEY (l, r))",
    ),
    "a table between with more": (
        A,
        "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE ab (l INTEGER REFERENCES a (id), r INTEGER REFERENCES b (id), n INTEGER, PRIMARY KEY (l, r))",
    ),
    "a table that refers to itself": (
        "CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY, up INTEGER REFERENCES a (id))",
    ),
    "a table without a key": (A, "CREATE TABLE b (x INTEGER REFERENCES a (id))"),
    "hostile names": (
        "CREATE TABLE metadata (id INTEGER NOT NULL PRIMARY KEY)",
        "CREATE TABLE items (id INTEGER NOT NULL PRIMARY KEY, x INTEGER REFERENCES metadata (id))",
        "CREATE TABLE prepare (id INTEGER NOT NULL PRIMARY KEY, x INTEGER REFERENCES items (id))",
        "CREATE TABLE classes (id INTEGER NOT NULL PRIMARY KEY, x INTEGER REFERENCES prepare (id))",
    ),
    "a column in the way": (A, "CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY, a INTEGER REFERENCES a (id))"),
}


def mapped(database: Database, library: Library, tables: tuple[str, ...], options: dict[str, Any]) -> Any:
    """Tell what automap makes of some tables."""
    engine = database.make_engine(library=library)
    try:
        with engine.begin() as connection:
            for table in tables:
                connection.execute(library.text(table))
        base = import_module(f"{library.name}.ext.automap").automap_base()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                base.prepare(engine, **options)
                base.registry.configure()
            except library.exc.ArgumentError:
                return "ArgumentError"
        return {name: described(library, base.classes[name]) for name in sorted(base.classes.keys())}
    finally:
        engine.dispose()


def described(library: Library, class_: Any) -> Any:
    mapper = library.inspect(class_)
    return mapper.column_attrs.keys(), sorted(
        (
            prop.key,
            prop.mapper.class_.__name__,
            prop.direction.name,
            sorted(str(one) for one in prop.cascade),
            bool(prop.passive_deletes),
            prop.back_populates,
            sorted((str(local), str(remote)) for local, remote in prop.local_remote_pairs),
        )
        for prop in mapper.relationships
    )


@pytest.mark.parametrize("schema", SCHEMAS)
def test_classes_and_relationships_are_the_same(database: Database, schema: str) -> None:
    azoth, sqlalchemy = (mapped(database, library, SCHEMAS[schema], {}) for library in (AZOTH, SQLALCHEMY))
    assert azoth == sqlalchemy
    assert (azoth == "ArgumentError") == (schema == "a column in the way")


@pytest.mark.parametrize(
    "options",
    [
        {"collection_class": set},
        {"reflection_options": {"only": ["a"], "resolve_fks": False}},
        {"classname_for_table": lambda base, name, table: name.upper()},
        {"generate_relationship": lambda *given, **kw: None},
    ],
    ids=lambda options: next(iter(options)),
)
def test_options_do_the_same(database: Database, options: dict[str, Any]) -> None:
    azoth, sqlalchemy = (mapped(database, library, (A, A_ONE), options) for library in (AZOTH, SQLALCHEMY))
    assert azoth == sqlalchemy
    assert azoth
