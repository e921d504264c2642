"""What is in the database is read as it was made."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    exc,
    inspect,
    select,
    text,
)
from azoth.engine.reflection import Inspector, ObjectKind
from azoth.testing.suite.ground import Ground
from azoth.types import Boolean, Date, DateTime, Double, LargeBinary, Text, Time

__all__ = ["TestReflection"]

needs = pytest.mark.azoth_needs


def family(ground: Ground) -> Inspector:
    """Create tables with keys, foreign keys and indexes, and give who reads them."""
    place = ground.table(
        "azoth_place",
        Column("country", String(2)),
        Column("number", Integer),
        Column("name", String(40), nullable=False),
        PrimaryKeyConstraint("number", "country", name="azoth_place_pk"),
        UniqueConstraint("name", "country", name="azoth_place_uq"),
        key=False,
    )
    ondelete = "CASCADE" if ground.requirements.foreign_key_options else None
    person = ground.table(
        "azoth_person",
        Column("number", Integer),
        Column("country", String(2)),
        Column("boss", ForeignKey("azoth_person.id", name="azoth_person_boss")),
        Column("name", String(40), server_default="nobody's"),
        Column("salary", Numeric(10, 2), nullable=False),
        ForeignKeyConstraint(
            ["number", "country"], [place.c.number, place.c.country], name="azoth_person_place", ondelete=ondelete
        ),
        CheckConstraint("salary >= 0", name="azoth_person_ck"),
    )
    Index("azoth_person_ix", person.c.name, person.c.salary).create(ground.engine)
    Index("azoth_person_ux", person.c.salary, person.c.name, unique=True).create(ground.engine)
    inspector: Inspector = inspect(ground.engine)
    return inspector


def by_name(found: list[Any]) -> dict[str, Any]:
    """Sort what was found by its names."""
    return {entry["name"]: entry for entry in found}


class TestReflection:
    """The inspector tells what is there."""

    def test_tables(self, ground: Ground) -> None:
        inspector = family(ground)
        assert sorted(inspector.get_table_names()) == ["azoth_person", "azoth_place"]
        assert inspector.has_table("azoth_place")
        assert not inspector.has_table("azoth_nowhere")
        assert inspector.default_schema_name is None or inspector.default_schema_name in inspector.get_schema_names()

    def test_columns(self, ground: Ground) -> None:
        columns = by_name(family(ground).get_columns("azoth_person"))
        assert list(columns) == ["id", "number", "country", "boss", "name", "salary"]
        assert [column["nullable"] for column in columns.values()] == [False, True, True, True, True, False]
        assert "nobody" in columns["name"]["default"]
        assert columns["salary"]["default"] is None
        assert isinstance(columns["name"]["type"], String)
        assert columns["name"]["type"].length == 40
        assert (columns["salary"]["type"].precision, columns["salary"]["type"].scale) == (10, 2)

    def test_types(self, ground: Ground) -> None:
        types: list[Any] = [Integer, String(5), Text, Boolean, Date, DateTime, Time, Double, LargeBinary, Numeric(8, 3)]
        ground.table("azoth_typed", *(Column(f"c{n}", type_) for n, type_ in enumerate(types)))
        first = inspect(ground.engine).get_columns("azoth_typed")
        read = Table("azoth_typed", MetaData(), autoload_with=ground.engine)
        ground.metadata.drop_all(ground.engine)
        read.create(ground.engine)
        again = inspect(ground.engine).get_columns("azoth_typed")
        assert repr([column["type"] for column in again]) == repr([column["type"] for column in first])

    def test_primary_keys(self, ground: Ground) -> None:
        inspector = family(ground)
        assert inspector.get_pk_constraint("azoth_place")["constrained_columns"] == ["number", "country"]
        assert inspector.get_pk_constraint("azoth_person")["constrained_columns"] == ["id"]

    def test_foreign_keys(self, ground: Ground) -> None:
        keys = by_name(family(ground).get_foreign_keys("azoth_person"))
        assert set(keys) == {"azoth_person_boss", "azoth_person_place"}
        place = keys["azoth_person_place"]
        assert (place["constrained_columns"], place["referred_columns"]) == (["number", "country"],) * 2
        assert (place["referred_table"], place["referred_schema"]) == ("azoth_place", None)
        expected = "CASCADE" if ground.requirements.foreign_key_options else None
        assert place["options"].get("ondelete") == expected
        assert keys["azoth_person_boss"]["referred_table"] == "azoth_person"
        assert "ondelete" not in keys["azoth_person_boss"]["options"]

    def test_indexes(self, ground: Ground) -> None:
        indexes = by_name(family(ground).get_indexes("azoth_person"))
        assert indexes["azoth_person_ix"]["column_names"] == ["name", "salary"]
        assert not indexes["azoth_person_ix"]["unique"]
        assert indexes["azoth_person_ux"]["column_names"] == ["salary", "name"]
        assert indexes["azoth_person_ux"]["unique"]

    def test_unique_constraints(self, ground: Ground) -> None:
        (found,) = family(ground).get_unique_constraints("azoth_place")
        assert (found["name"], found["column_names"]) == ("azoth_place_uq", ["name", "country"])

    @needs("check_constraints")
    def test_check_constraints(self, ground: Ground) -> None:
        (found,) = family(ground).get_check_constraints("azoth_person")
        assert found["name"] == "azoth_person_ck"
        assert "salary" in found["sqltext"]

    @needs("comments")
    def test_comments(self, ground: Ground) -> None:
        ground.table("azoth_told", Column("x", Integer, comment="of x"), comment="of the table")
        ground.table("azoth_silent", Column("x", Integer))
        inspector = inspect(ground.engine)
        assert inspector.get_table_comment("azoth_told") == {"text": "of the table"}
        assert inspector.get_table_comment("azoth_silent") == {"text": None}
        assert [column.get("comment") for column in inspector.get_columns("azoth_told")] == [None, "of x"]

    @needs("views")
    def test_views(self, ground: Ground) -> None:
        table = ground.table("azoth_seen", Column("x", Integer))
        ground.insert(table, {"x": 5})
        with ground.engine.begin() as connection:
            connection.exec_driver_sql("CREATE VIEW azoth_view AS SELECT x, x + 1 AS y FROM azoth_seen")
        try:
            inspector = inspect(ground.engine)
            assert inspector.get_view_names() == ["azoth_view"]
            assert inspector.get_table_names() == ["azoth_seen"]
            assert [column["name"] for column in inspector.get_columns("azoth_view")] == ["x", "y"]
            definition = inspector.get_view_definition("azoth_view")
            assert "azoth_seen" in (definition or "")
            assert inspector.has_table("azoth_view")
            read = Table("azoth_view", MetaData(), autoload_with=ground.engine)
            with ground.engine.connect() as connection:
                assert connection.execute(select(read)).one() == (5, 6)
        finally:
            with ground.engine.begin() as connection:
                connection.exec_driver_sql("DROP VIEW azoth_view")

    def test_what_is_not_there(self, ground: Ground) -> None:
        inspector = inspect(ground.engine)
        for question in ("columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints"):
            with pytest.raises(exc.NoSuchTableError):
                getattr(inspector, f"get_{question}")("azoth_nowhere")
        with pytest.raises(exc.NoSuchTableError):
            Table("azoth_nowhere", MetaData(), autoload_with=ground.engine)

    def test_questions_about_many_tables_have_the_answers_of_each(self, ground: Ground) -> None:
        inspector = family(ground)
        ground.table("azoth_bare", Column("x", Integer), key=False)
        inspector.clear_cache()
        questions = ["columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints"]
        questions += ["check_constraints"] if ground.requirements.check_constraints else []
        questions += ["table_comment"] if ground.requirements.comments else []
        names = ["azoth_bare", "azoth_person", "azoth_place"]
        for question in questions:
            many = getattr(inspector, f"get_multi_{question}")()
            one = getattr(inspect(ground.engine), f"get_{question}")
            assert sorted(name for _, name in many) == names, question
            for name in names:
                assert repr(many[None, name]) == repr(one(name)), (question, name)
            some = getattr(inspector, f"get_multi_{question}")(filter_names=["azoth_place", "azoth_nowhere"])
            assert list(some) == [(None, "azoth_place")], question
            nothing = getattr(inspector, f"get_multi_{question}")(kind=ObjectKind.ANY_VIEW)
            assert dict(nothing) == {}, question

    def test_a_table_that_was_read_is_made_again(self, ground: Ground) -> None:
        inspector = family(ground)
        before = {name: _told(inspector, name) for name in ("azoth_place", "azoth_person")}
        metadata = MetaData()
        metadata.reflect(ground.engine)
        assert set(metadata.tables) == {"azoth_place", "azoth_person"}
        ground.metadata.drop_all(ground.engine)
        metadata.create_all(ground.engine)
        inspector = inspect(ground.engine)
        assert {name: _told(inspector, name) for name in before} == before

    def test_expressions_in_indexes(self, ground: Ground) -> None:
        table = ground.table("azoth_sorted", Column("x", Integer), Column("y", Integer))
        Index("azoth_descending", table.c.x.desc(), table.c.y).create(ground.engine)
        (index,) = (
            entry for entry in inspect(ground.engine).get_indexes("azoth_sorted") if entry["name"] == "azoth_descending"
        )
        assert index["column_names"] in (["x", "y"], [None, "y"])

    def test_changes_are_seen_by_who_looks_anew(self, ground: Ground) -> None:
        ground.table("azoth_grown", Column("x", Integer))
        inspector = inspect(ground.engine)
        assert len(inspector.get_columns("azoth_grown")) == 2
        with ground.engine.begin() as connection:
            connection.execute(text("ALTER TABLE azoth_grown ADD COLUMN y INTEGER"))
        assert len(inspector.get_columns("azoth_grown")) == 2
        inspector.clear_cache()
        assert [column["name"] for column in inspector.get_columns("azoth_grown")] == ["id", "x", "y"]


def _told(inspector: Inspector, table: str) -> dict[str, object]:
    """Tell the parts of a table, in an order of their own."""
    return {
        "columns": [(c["name"], repr(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)],
        "pk": inspector.get_pk_constraint(table)["constrained_columns"],
        **{
            question: sorted(repr(entry) for entry in getattr(inspector, f"get_{question}")(table))
            for question in ("foreign_keys", "indexes", "unique_constraints", "check_constraints")
        },
    }
