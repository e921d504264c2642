"""What inspectors and tables say of a PostgreSQL database."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import exc
from azoth.dialects.postgresql import ARRAY, DOMAIN, ENUM, INTERVAL, TIMESTAMP
from azoth.dialects.postgresql.base import ischema_names
from azoth.dialects.postgresql.reflection.inspector import PGInspector
from azoth.engine.reflection import Inspector, ObjectKind
from azoth.schema import CreateIndex, CreateTable
from azoth.types import NullType, UserDefinedType


@pytest.fixture
def inspector(rich_engine: azoth.Engine) -> PGInspector:
    made = azoth.inspect(rich_engine)
    assert isinstance(made, PGInspector)
    return made


def column(inspector: PGInspector, table: str, name: str) -> Any:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Did not recognize type")
        return next(one for one in inspector.get_columns(table) if one["name"] == name)


def test_engines_and_connections_have_an_inspector_that_knows_more(rich_engine: azoth.Engine) -> None:
    with rich_engine.connect() as connection:
        assert type(azoth.inspect(connection)) is PGInspector
    assert type(Inspector.from_engine(rich_engine)) is PGInspector


def test_the_number_of_a_table_is_told(inspector: PGInspector, rich_engine: azoth.Engine) -> None:
    with rich_engine.connect() as connection:
        oid = connection.exec_driver_sql("SELECT 'parent'::regclass::oid::bigint").scalar_one()
    assert inspector.get_table_oid("parent") == oid
    assert inspector.get_table_oid("parent", "public") == oid
    with pytest.raises(exc.NoSuchTableError):
        inspector.get_table_oid("parent", "other")


def test_enums_have_their_words_in_order(inspector: PGInspector) -> None:
    assert inspector.get_enums("other") == [
        {"name": "color", "schema": "other", "visible": False, "labels": ["red", "green"]}
    ]
    assert {enum["name"] for enum in inspector.get_enums("*")} == {"mood", "nothing", "color", "Odd Type"}


def test_domains_tell_what_they_are_made_from(inspector: PGInspector) -> None:
    assert inspector.get_domains("other") == [
        {
            "name": "code",
            "schema": "other",
            "visible": False,
            "type": "character varying(10)",
            "nullable": False,
            "default": "'x'::character varying",
            "constraints": [
                {"name": "a_short", "check": "length(VALUE::text) < 8"},
                {"name": "b_long", "check": "length(VALUE::text) > 1"},
            ],
            "collation": "C",
            "collation_schema": None,
        }
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints"),
        *("get_check_constraints", "get_table_comment", "get_table_options", "get_table_oid", "get_view_definition"),
    ],
)
@pytest.mark.parametrize("schema", [None, "public", "nowhere"])
def test_what_is_not_there_is_told_by_its_name(inspector: PGInspector, name: str, schema: str | None) -> None:
    with pytest.raises(exc.NoSuchTableError) as caught:
        getattr(inspector, name)("not there", schema)
    assert caught.value.args[0].splitlines()[0].startswith(f"{schema}.not there" if schema else "not there")


def test_a_table_is_no_view(inspector: PGInspector) -> None:
    with pytest.raises(exc.NoSuchTableError):
        inspector.get_view_definition("parent")


def test_several_tables_are_looked_for_at_once(inspector: PGInspector) -> None:
    assert inspector.has_multi_table(["parent", "seen", "kept", "counter", "nowhere", "foreign_table"]) == {
        (None, "parent"): True,
        (None, "seen"): True,
        (None, "kept"): True,
        (None, "counter"): False,
        (None, "nowhere"): False,
        (None, "foreign_table"): True,
    }
    assert inspector.has_multi_table([]) == {}


def test_domains_of_columns_know_what_they_ask_of_values(inspector: PGInspector) -> None:
    code = column(inspector, "all_types", "a_code")["type"]
    assert isinstance(code, DOMAIN)
    assert (code.name, code.schema, code.not_null, code.collation) == ("code", "other", True, "C")
    assert repr(code.data_type) == "VARCHAR(length=10, collation='C')"
    assert str(code.check) == "(length(VALUE::text) < 8) AND (length(VALUE::text) > 1)"
    assert str(code.default) == "'x'::character varying"
    amounts = column(inspector, "all_types", "a_amounts")["type"]
    assert isinstance(amounts.data_type, ARRAY)
    assert repr(amounts.data_type.item_type) == "NUMERIC(precision=10, scale=2)"
    nested = column(inspector, "all_types", "a_nested")["type"]
    assert nested.data_type.name == "positive"


def test_times_have_zones_and_digits(inspector: PGInspector) -> None:
    moment = column(inspector, "all_types", "a_precise_zoned")["type"]
    assert isinstance(moment, TIMESTAMP)
    assert (moment.timezone, moment.precision) == (True, 0)
    span = column(inspector, "all_types", "a_second")["type"]
    assert isinstance(span, INTERVAL)
    assert (span.fields, span.precision) == ("day to second", 2)


def test_enums_in_arrays_are_those_of_their_schema(inspector: PGInspector) -> None:
    colors = column(inspector, "all_types", "a_colors")["type"].item_type
    assert isinstance(colors, ENUM)
    assert (colors.enums, colors.schema) == (["red", "green"], "other")


def test_an_unknown_type_is_told_of(inspector: PGInspector) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = inspector.get_columns("all_types")
    assert "Did not recognize type 'point' of column 'a_point' [AZ-D102]" in str(caught[0].message)
    assert {type(one["type"]) for one in found if one["name"] in ("a_point", "a_points", "a_pair")} == {NullType}
    assert all(issubclass(one.category, exc.AzothWarning) for one in caught)
    assert {one.filename for one in caught} == {__file__}


class LTree(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "LTREE"


class Point(UserDefinedType):
    cache_ok = True

    def __init__(self, *digits: Any) -> None:
        self.digits = digits

    def get_col_spec(self, **kw: Any) -> str:
        return "POINT"


def test_types_of_a_program_are_found_by_their_names(inspector: PGInspector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ischema_names, "ltree", LTree)
    monkeypatch.setitem(ischema_names, "point", Point)
    monkeypatch.setitem(ischema_names, "numeric", Point)
    assert isinstance(column(inspector, "all_types", "a_ltree")["type"], LTree)
    assert isinstance(column(inspector, "all_types", "a_points")["type"].item_type, Point)
    inspector.clear_cache()
    assert column(inspector, "all_types", "a_price")["type"].digits == (10, 2)


def test_a_class_that_takes_no_arguments_gets_none(inspector: PGInspector, monkeypatch: pytest.MonkeyPatch) -> None:
    class OwnNumber(UserDefinedType):
        cache_ok = True

    monkeypatch.setitem(ischema_names, "numeric", OwnNumber)
    assert isinstance(column(inspector, "all_types", "a_price")["type"], OwnNumber)


def test_identities_tell_how_they_count(inspector: PGInspector) -> None:
    assert column(inspector, "identities", "id")["identity"] == {
        "always": True,
        "start": 10,
        "increment": 5,
        "minvalue": 2,
        "maxvalue": 1000,
        "cache": 3,
        "cycle": True,
    }
    assert column(inspector, "identities", "id")["autoincrement"] is True
    assert column(inspector, "defaults", "id")["autoincrement"] is True
    assert column(inspector, "defaults", "computed")["computed"] == {"sqltext": "(number * 2)", "persisted": True}


def test_defaults_name_the_schema_of_a_sequence_of_theirs_only(inspector: PGInspector) -> None:
    defaults = {one["name"]: one["default"] for one in inspector.get_columns("defaults", "public")}
    assert defaults["id"] == "nextval('\"public\".defaults_id_seq'::regclass)"
    assert defaults["counted_elsewhere"] == "nextval('other.counter_elsewhere'::regclass)"


def test_constraints_that_are_checked_late_say_so(inspector: PGInspector) -> None:
    assert inspector.get_pk_constraint("deferred_key")["options"] == {"deferrable": True, "initially": "DEFERRED"}
    (unique,) = inspector.get_unique_constraints("deferred_key")
    assert unique["options"] == {"deferrable": True}


def test_views_and_foreign_tables_are_read_like_tables(inspector: PGInspector) -> None:
    views = inspector.get_multi_columns(kind=ObjectKind.ANY_VIEW)
    assert {name: [one["name"] for one in columns] for (_, name), columns in views.items()} == {
        "seen": ["id", "a", "small"],
        "kept": ["id", "b"],
    }
    assert [one["name"] for one in inspector.get_columns("foreign_table")] == ["a", "b"]
    assert inspector.get_foreign_table_names() == ["foreign_table"]


def test_indexes_keep_their_order_and_classes_in_tables(rich_engine: azoth.Engine) -> None:
    table = azoth.Table("indexed", azoth.MetaData(), autoload_with=rich_engine)
    written = {index.name: str(CreateIndex(index).compile(rich_engine)) for index in table.indexes}
    assert "once" not in written, "the constraint makes it"
    assert written["ordered"].endswith("(a DESC, b NULLS FIRST, c DESC NULLS LAST, id)")
    assert written["ordered_expression"].endswith("(lower(b) DESC NULLS LAST, a DESC)")
    assert written["expression_class"].endswith("(lower(b) text_pattern_ops, a)")
    assert written["partial"].endswith("WHERE ((a > 5) AND (b <> ':x'::text))")
    assert written["collated"].endswith('(b COLLATE "C" text_pattern_ops DESC, a)')
    assert written["nulls_once"].endswith("(c) NULLS NOT DISTINCT")
    assert written["with_brin"].endswith("USING brin (a, id) WITH (pages_per_range = 16)")


def test_an_operator_class_stands_before_the_order(rich_engine: azoth.Engine) -> None:
    table = azoth.Table("t", azoth.MetaData(), azoth.Column("b", azoth.Text))
    index = azoth.Index("i", table.c.b.desc().nulls_last(), postgresql_ops={"b": "text_pattern_ops"})
    assert str(CreateIndex(index).compile(rich_engine)) == ("CREATE INDEX i ON t (b text_pattern_ops DESC NULLS LAST)")


def test_constraints_keep_their_options_in_tables(rich_engine: azoth.Engine) -> None:
    metadata = azoth.MetaData()
    parent, child, checked, deferred = (
        azoth.Table(name, metadata, autoload_with=rich_engine)
        for name in ("parent", "child", "checked", "deferred_key")
    )
    written = str(CreateTable(parent).compile(rich_engine))
    assert "UNIQUE NULLS NOT DISTINCT (d, c)" in written
    assert "CONSTRAINT unique_including UNIQUE (d) INCLUDE (a)" in written
    assert parent.primary_key.comment == "a key"
    written = str(CreateTable(child).compile(rich_engine))
    assert "ON DELETE SET NULL (parent_a)" in written
    assert "REFERENCES parent (c) NOT VALID" in written
    assert "MATCH FULL ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED" in written
    assert "CONSTRAINT later CHECK (a <> 4) NOT VALID" in str(CreateTable(checked).compile(rich_engine))
    assert "PRIMARY KEY (a) DEFERRABLE INITIALLY DEFERRED" in str(CreateTable(deferred).compile(rich_engine))


def test_exclusions_are_read_as_constraints(rich_engine: azoth.Engine, inspector: PGInspector) -> None:
    table = azoth.Table("booked", azoth.MetaData(), autoload_with=rich_engine)
    written = str(CreateTable(table).compile(rich_engine))
    assert "CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&) WHERE ((NOT cancelled))" in written
    assert (
        "CONSTRAINT on_text EXCLUDE USING btree (lower(word) text_pattern_ops WITH =, room WITH =) "
        "DEFERRABLE INITIALLY DEFERRED"
    ) in written
    assert table.indexes == set()
    found = {index["name"]: index for index in inspector.get_indexes("booked")}
    assert found["no_overlap"]["operators"] == ["=", "&&"]


def test_checks_that_heirs_do_without_say_so(rich_engine: azoth.Engine) -> None:
    table = azoth.Table("checked", azoth.MetaData(), autoload_with=rich_engine)
    written = str(CreateTable(table).compile(rich_engine))
    assert "CONSTRAINT alone CHECK (a <> 3) NO INHERIT" in written
    assert "CONSTRAINT later_alone CHECK (a <> 5) NO INHERIT NOT VALID" in written


@pytest.mark.parametrize("action", ["SET NULL (a, b)", 'set default("x ""y""")', "CASCADE"])
def test_an_action_may_be_about_some_columns(rich_engine: azoth.Engine, action: str) -> None:
    table = azoth.Table(
        "t", azoth.MetaData(), azoth.Column("a", azoth.Integer, azoth.ForeignKey("t.b", ondelete=action))
    )
    table.append_column(azoth.Column("b", azoth.Integer))
    assert f"ON DELETE {action}" in str(CreateTable(table).compile(rich_engine))


@pytest.mark.parametrize("action", ["SET NULL (a) ; DROP", "SET NULL ('x')", "CASCADE (a_b)"])
def test_an_action_that_is_none_is_refused(rich_engine: azoth.Engine, action: str) -> None:
    table = azoth.Table(
        "t", azoth.MetaData(), azoth.Column("a", azoth.Integer, azoth.ForeignKey("t.b", ondelete=action))
    )
    table.append_column(azoth.Column("b", azoth.Integer))
    with pytest.raises(exc.CompileError):
        CreateTable(table).compile(rich_engine)


def test_a_table_of_another_schema_brings_those_that_it_refers_to(
    rich: str, make_engine: Callable[..., azoth.Engine]
) -> None:
    engine = make_engine(rich)
    metadata = azoth.MetaData()
    azoth.Table("target", metadata, schema="other", autoload_with=engine)
    assert set(metadata.tables) == {"other.target", "parent"}
    again = azoth.MetaData()
    azoth.Table("target", again, schema="other", autoload_with=engine, postgresql_ignore_search_path=True)
    assert set(again.tables) == {"other.target", "parent"}


def test_the_search_path_may_be_left_out_of_account(rich: str, make_engine: Callable[..., azoth.Engine]) -> None:
    engine = make_engine(rich, connect_args={"options": "-csearch_path=other,public"})
    for ignore, tables in [(False, {"target", "parent"}), (True, {"target", "public.parent"})]:
        metadata = azoth.MetaData()
        azoth.Table("target", metadata, autoload_with=engine, postgresql_ignore_search_path=ignore)
        assert set(metadata.tables) == tables
