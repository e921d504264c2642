"""Statements with PostgreSQL's constructs have PostgreSQL's SQL, without a driver or a server."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import exc, func, select
from azoth.dialects import postgresql
from azoth.orm import DeclarativeBase, Mapped, mapped_column

DIALECT = postgresql.dialect()


class Base(DeclarativeBase): ...


class Booking(Base):
    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    room: Mapped[str]
    during: Mapped[Any] = mapped_column(postgresql.TSRANGE)
    facts: Mapped[dict[str, Any]] = mapped_column(postgresql.JSONB)
    tags: Mapped[list[str]] = mapped_column(postgresql.ARRAY(azoth.String))


def sql(statement: Any, **options: Any) -> str:
    return " ".join(str(statement.compile(dialect=DIALECT, **options)).split())


def test_a_statement_with_entities_is_compiled() -> None:
    statement = (
        select(Booking.id)
        .distinct(Booking.room)
        .where(Booking.facts["owner"].astext == "Ada", Booking.tags.contains(["quiet"]))
        .order_by(Booking.room, Booking.id.desc().nulls_last())
        .with_for_update(of=Booking, skip_locked=True)
    )
    assert sql(statement) == (
        "SELECT DISTINCT ON (booking.room) booking.id FROM booking "
        "WHERE (booking.facts ->> %(facts_1)s::TEXT) = %(param_1)s::VARCHAR "
        "AND booking.tags @> %(tags_1)s::VARCHAR[] "
        "ORDER BY booking.room, booking.id DESC NULLS LAST FOR UPDATE OF booking SKIP LOCKED"
    )


def test_the_parameters_keep_their_values() -> None:
    compiled = select(Booking.id).where(Booking.id.in_([1, 2]), Booking.room == "x").compile(dialect=DIALECT)
    assert compiled.params == {"id_1": (1, 2), "room_1": "x"}


def test_an_upsert_updates_what_stands_in_the_way() -> None:
    new = postgresql.insert(Booking).values(room="x")
    statement = new.on_conflict_do_update(
        index_elements=[Booking.room], set_={"facts": new.excluded.facts}, where=Booking.id > 5
    ).returning(Booking.id)
    assert sql(statement) == (
        "INSERT INTO booking (room) VALUES (%(room)s::VARCHAR) ON CONFLICT (room) DO UPDATE "
        "SET facts = excluded.facts WHERE booking.id > %(id_1)s::INTEGER RETURNING booking.id"
    )


def test_a_conflict_may_be_named_first() -> None:
    statement = postgresql.insert(Booking).values(room="x").on_conflict_do_nothing("booking_room_key")
    assert sql(statement).endswith("ON CONFLICT ON CONSTRAINT booking_room_key DO NOTHING")


def test_several_parts_of_columns_are_set() -> None:
    statement = azoth.update(Booking.__table__).values(
        {Booking.__table__.c.tags[1]: "a", Booking.__table__.c.tags[2]: "b", Booking.__table__.c.facts["x"]: 5}
    )
    assert sql(statement) == (
        "UPDATE booking SET tags[%(tags_1)s::INTEGER]=%(param_1)s::VARCHAR, "
        "tags[%(tags_2)s::INTEGER]=%(param_2)s::VARCHAR, facts[%(facts_1)s::TEXT]=%(param_3)s::JSONB"
    )


def test_other_placeholders_are_written_where_they_are_asked_for() -> None:
    statement = select(Booking.id).where(Booking.id == 5)
    numbered = postgresql.dialect(paramstyle="numeric_dollar")
    assert str(statement.compile(dialect=numbered)).endswith("booking.id = $1::INTEGER")


def test_a_base_dialect_leaves_types_to_its_driver() -> None:
    statement = select(Booking.id).where(Booking.id == 5)
    assert str(statement.compile(dialect=postgresql.PGDialect())).endswith("booking.id = %(id_1)s")


def test_not_any_is_not_equal_to_none_of_them() -> None:
    tags = Booking.__table__.c.tags
    assert sql(~tags.any("a")) == "NOT (%(tags_1)s::VARCHAR = ANY (booking.tags))"
    assert str(azoth.not_(azoth.literal("a") == azoth.any_(tags))) == "NOT (:param_1 = ANY (booking.tags))"


def test_values_are_written_into_the_text() -> None:
    statement = select(azoth.literal(postgresql.Range(1, 5)), azoth.literal({"a": "it's"}, postgresql.JSONB))
    assert sql(statement, compile_kwargs={"literal_binds": True}) == (
        "SELECT '[1,5)'::INT4RANGE AS anon_1, '{\"a\": \"it''s\"}' AS anon_2"
    )


@pytest.mark.parametrize(
    "words,found",
    [
        (("a",), "{a}"),
        (("a", 1, "b_c"), "{a, 1, b_c}"),
        (('say "x"', "", "null"), '{"say \\"x\\"", "", "null"}'),
    ],
)
def test_a_path_into_a_document_is_an_array_of_its_steps(words: tuple[str | int, ...], found: str) -> None:
    compiled = select(Booking.facts[words]).compile(dialect=DIALECT)
    (bind,) = compiled.bind_names
    assert bind.type.dialect_impl(DIALECT).bind_processor(DIALECT)(bind.value) == found


@pytest.mark.parametrize(
    "value,text",
    [
        ({}, ""),
        ({"a": "b"}, '"a"=>"b"'),
        ({'a"b': "c\\d", "n": None, "": "x, y=>z"}, '"a\\"b"=>"c\\\\d", "n"=>NULL, ""=>"x, y=>z"'),
        ({"n": "NULL"}, '"n"=>"NULL"'),
    ],
)
def test_maps_are_written_and_read_as_text(value: dict[str, str | None], text: str) -> None:
    hstore = postgresql.HSTORE()
    assert hstore.bind_processor(DIALECT)(value) == text
    assert hstore.result_processor(DIALECT)(text) == value


def test_a_map_of_other_values_is_refused() -> None:
    with pytest.raises(exc.StatementError, match="HSTORE"):
        postgresql.HSTORE().bind_processor(DIALECT)({"a": 1})


@pytest.mark.parametrize(
    "make,match",
    [
        (lambda: sql(azoth.column("e", azoth.Enum("a", "b")).cast(azoth.Enum("a", "b"))), "requires a name"),
        (lambda: Booking.__table__.c.facts.astext, "astext applies to a part"),
        (lambda: sql(select(Booking.id).with_hint(Booking.__table__, "NOLOCK")), "no hint 'NOLOCK'"),
        (lambda: postgresql.aggregate_order_by(Booking.id), "needs something to order by"),
        (lambda: azoth.literal(postgresql.Range("a", "b")), "Range of str"),
        (lambda: postgresql.ENUM("a", name="e", native_enum=False), "always native"),
        (lambda: postgresql.insert(Booking).on_conflict_do_update("x"), "needs the values to set"),
        (lambda: azoth.Index("i", "a", postgresql_wear="x"), "not accepted by dialect 'postgresql'"),
    ],
)
def test_what_is_wrong_is_refused_with_a_reason(make: Any, match: str) -> None:
    with pytest.raises(exc.SQLAlchemyError, match=match):
        make()


def test_the_functions_of_the_text_search_are_known_to_func() -> None:
    statement = select(func.to_tsvector("english", Booking.room).op("@@")(func.to_tsquery("a & b")))
    assert "to_tsvector(%(to_tsvector_1)s::REGCONFIG, booking.room) @@ to_tsquery" in sql(statement)


def test_an_engine_compiles_without_a_connection() -> None:
    engine = azoth.create_engine("postgresql+psycopg://user@host/db", pool_size=2)
    assert (engine.name, engine.driver, str(engine.url)) == (
        "postgresql",
        "psycopg",
        "postgresql+psycopg://user@host/db",
    )
    # Engines send values by position.
    assert str(Booking.room.ilike("a").compile(engine)) == "booking.room ILIKE %s::VARCHAR"
    assert engine.url.get_dialect() is type(engine.dialect)
    engine.dispose()
