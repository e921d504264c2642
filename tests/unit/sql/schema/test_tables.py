"""Tables, columns and the metadata that they belong to."""

from __future__ import annotations

import pickle

import pytest

from azoth import exc
from azoth.schema import (
    BLANK_SCHEMA,
    CheckConstraint,
    Column,
    Computed,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
    quoted_name,
)
from azoth.sql.types import NULLTYPE
from azoth.types import BigInteger, Boolean, Enum, Integer, Numeric, String


def test_a_table_has_its_columns_by_attribute_key_and_position() -> None:
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x y", String, key="xy"))
    assert table.c.id is table.c["id"] is table.c[0]
    assert table.c.xy.name == "x y"
    assert table.c["id", "xy"].keys() == ["id", "xy"]
    assert list(table.primary_key) == [table.c.id]
    assert table.c.id.table is table
    assert str(table.c.id) == "t.id"


def test_the_arguments_of_a_column() -> None:
    column = Column("a", String(5), nullable=False, doc="d", comment="c", info={"k": 1}, unique=True)
    assert column.name == column.key == "a"
    assert not column.nullable
    assert (column.doc, column.comment, column.info, column.unique) == ("d", "c", {"k": 1}, True)
    assert Column("id", Integer, primary_key=True).nullable is False
    assert Column("id", Integer).nullable is True
    assert Column(name="a", type_=Integer).name == "a"
    assert Column(Integer).name is None
    assert Column("a").type is NULLTYPE


def test_what_is_no_part_of_a_column_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="an argument of Column a is 5"):
        Column("a", Integer, 5)
    with pytest.raises(TypeError, match="no argument 'nulable'"):
        Column("a", Integer, nulable=True)


def test_a_column_without_a_name_cannot_join_a_table() -> None:
    with pytest.raises(exc.ArgumentError, match="has no name"):
        Table("t", MetaData(), Column(Integer))


def test_a_column_belongs_to_one_table() -> None:
    column = Column("id", Integer)
    Table("one", MetaData(), column)
    with pytest.raises(exc.ArgumentError, match="already assigned to Table 'one'"):
        Table("two", MetaData(), column)


def test_a_table_of_a_taken_name_is_refused_unless_told_otherwise() -> None:
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer))
    with pytest.raises(exc.InvalidRequestError, match="'t' is already defined") as raised:
        Table("t", metadata, Column("id", Integer))
    assert "extend_existing" in raised.value.fix
    assert Table("t", metadata) is table
    assert Table("t", metadata, Column("x", Integer), keep_existing=True) is table
    assert "x" not in table.c
    assert Table("t", metadata, Column("x", Integer), extend_existing=True) is table
    assert "x" in table.c


def test_a_table_that_could_not_be_made_leaves_nothing_behind() -> None:
    metadata = MetaData()
    with pytest.raises(exc.ConstraintColumnNotFoundError, match="no column named 'nope'"):
        Table("t", metadata, Column("id", Integer), UniqueConstraint("nope"))
    assert "t" not in metadata


def test_what_is_no_part_of_a_table_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="not a MetaData"):
        Table("t", Column("id", Integer))  # type: ignore[arg-type]
    with pytest.raises(exc.ArgumentError, match="an argument of Table 't' is int"):
        Table("t", MetaData(), 5)
    with pytest.raises(TypeError, match="no argument 'sqliteautoincrement'"):
        Table("t", MetaData(), sqliteautoincrement=True)


def test_the_schema_of_a_table() -> None:
    metadata = MetaData(schema="main")
    assert Table("a", metadata).fullname == "main.a"
    assert Table("a", metadata, schema="other").key == "other.a"
    assert Table("a", metadata, schema=BLANK_SCHEMA).fullname == "a"
    assert set(metadata.tables) == {"main.a", "other.a", "a"}
    assert "other.a" in metadata


def test_a_foreign_key_finds_its_column_when_asked() -> None:
    metadata = MetaData()
    child = Table("child", metadata, Column("parent_id", ForeignKey("parent.id")))
    (foreign_key,) = child.foreign_keys
    assert foreign_key.target_fullname == "parent.id"
    parent = Table("parent", metadata, Column("id", Integer, primary_key=True))
    assert foreign_key.column is parent.c.id
    assert foreign_key.references(parent)
    assert child.c.parent_id.references(parent.c.id)
    assert foreign_key.constraint.referred_table is parent
    assert foreign_key.parent is child.c.parent_id


def test_a_column_takes_the_type_of_the_column_it_refers_to_in_any_order() -> None:
    metadata = MetaData()
    c = Table("c", metadata, Column("b_id", ForeignKey("b.a_id")))
    b = Table("b", metadata, Column("a_id", ForeignKey("a.id"), primary_key=True))
    assert c.c.b_id.type is NULLTYPE
    Table("a", metadata, Column("id", BigInteger, primary_key=True))
    assert isinstance(b.c.a_id.type, BigInteger)
    assert isinstance(c.c.b_id.type, BigInteger)
    later = Table("later", metadata, Column("a_id", ForeignKey("a.id")))
    assert isinstance(later.c.a_id.type, BigInteger)


def test_a_foreign_key_to_an_unknown_table_or_column_says_what_there_is() -> None:
    metadata = MetaData()
    table = Table("t", metadata, Column("a", ForeignKey("nope.id")), Column("b", Integer, ForeignKey("t.nope")))
    with pytest.raises(exc.NoReferencedTableError, match="could not find table 'nope'") as no_table:
        next(iter(table.c.a.foreign_keys)).column
    assert no_table.value.table_name == "nope"
    assert "t" in no_table.value.why
    with pytest.raises(exc.NoReferencedColumnError, match="no column named 'nope'") as no_column:
        next(iter(table.c.b.foreign_keys)).column
    assert no_column.value.column_name == "nope"
    with pytest.raises(exc.ArgumentError, match="refers to a column or its name"):
        ForeignKey(5)


def test_foreign_keys_of_several_columns() -> None:
    metadata = MetaData()
    Table("p", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
    child = Table(
        "c",
        metadata,
        Column("pa"),
        Column("pb"),
        ForeignKeyConstraint(["pa", "pb"], ["p.a", "p.b"], name="fk", ondelete="CASCADE"),
    )
    (constraint,) = child.foreign_key_constraints
    assert constraint.column_keys == ["pa", "pb"]
    assert [element.column.name for element in constraint.elements] == ["a", "b"]
    assert isinstance(child.c.pb.type, Integer)
    assert len(child.foreign_keys) == 2
    with pytest.raises(exc.ArgumentError, match="has 1 columns and refers to 2"):
        ForeignKeyConstraint(["a"], ["p.a", "p.b"])


def test_foreign_keys_default_to_the_schema_of_the_metadata() -> None:
    metadata = MetaData(schema="s")
    parent = Table("p", metadata, Column("id", Integer, primary_key=True))
    child = Table("c", metadata, Column("p_id", ForeignKey("p.id")), Column("q_id", ForeignKey("s.p.id")))
    assert {foreign_key.column for foreign_key in child.foreign_keys} == {parent.c.id}


def test_declared_uniques_and_indexes() -> None:
    table = Table(
        "t", MetaData(), Column("a", Integer, unique=True), Column("b", Integer, index=True), Column("c", Integer)
    )
    assert [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)] == [[table.c.a]]
    (index,) = table.indexes
    assert (index.name, index.unique, list(index.columns)) == ("ix_t_b", False, [table.c.b])
    both = Table("u", MetaData(), Column("a", Integer, unique=True, index=True))
    assert [index.unique for index in both.indexes] == [True]
    assert not [one for one in both.constraints if isinstance(one, UniqueConstraint)]


def test_indexes_and_constraints_join_the_table_of_their_columns() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))
    index = Index("ix", table.c.a, table.c.b + 1)
    assert index.table is table
    assert index in table.indexes
    check = CheckConstraint(table.c.a > table.c.b)
    assert check in table.constraints
    early = Column("x", Integer)
    unique = UniqueConstraint(early)
    assert unique in Table("u", MetaData(), early).constraints
    with pytest.raises(exc.ArgumentError, match="belongs to table t already"):
        Table("w", MetaData(), index)


def test_an_explicit_primary_key_marks_its_columns() -> None:
    table = Table(
        "t", MetaData(), Column("a", Integer), Column("b", Integer), PrimaryKeyConstraint("b", "a", name="key")
    )
    assert list(table.primary_key) == [table.c.b, table.c.a]
    assert table.primary_key.name == "key"
    assert table.c.a.primary_key
    assert not table.c.a.nullable
    assert sum(isinstance(one, PrimaryKeyConstraint) for one in table.constraints) == 1


def test_the_column_that_the_database_numbers() -> None:
    def numbered(*columns: Column[object]) -> object:
        column = Table("t", MetaData(), *columns).autoincrement_column
        return None if column is None else column.name

    assert numbered(Column("id", Integer, primary_key=True)) == "id"
    assert numbered(Column("id", BigInteger, primary_key=True)) == "id"
    assert numbered(Column("id", String, primary_key=True)) is None
    assert numbered(Column("id", Integer, primary_key=True, autoincrement=False)) is None
    assert numbered(Column("id", Integer, primary_key=True, default=5)) is None
    assert numbered(Column("id", Integer, ForeignKey("x.id"), primary_key=True)) is None
    assert numbered(Column("id", Integer, ForeignKey("x.id"), primary_key=True, autoincrement="ignore_fk")) == "id"
    assert numbered(Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True)) is None
    assert (
        numbered(Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True, autoincrement=True))
        == "b"
    )
    with pytest.raises(exc.ArgumentError, match="cannot have autoincrement"):
        numbered(Column("id", String, primary_key=True, autoincrement=True))


def test_defaults() -> None:
    def with_context(context: object) -> object:
        return ("context", context)

    column = Column("a", Integer, default=5, onupdate=lambda: 6, server_default="7", server_onupdate=FetchedValue())
    assert (column.default.is_scalar, column.default.arg) == (True, 5)
    assert column.onupdate.is_callable
    assert column.onupdate.arg(None) == 6
    assert column.onupdate.function() == 6
    assert column.server_default.arg == "7"
    assert column.server_onupdate.for_update
    context = Column("b", default=with_context).default
    assert context.function is None
    assert context.arg(1) == ("context", 1)
    assert Column("c", default=dict).default.arg(None) == {}
    assert Column("d", insert_default=3).default.arg == 3
    assert Column("e", Integer, default=None).default is None
    assert Column("f", default=Column("a", Integer) + 1).default.is_clause_element
    with pytest.raises(exc.ArgumentError, match="takes 2 arguments"):
        Column("a", default=lambda a, b: 1)
    with pytest.raises(exc.ArgumentError, match="text or a SQL expression"):
        Column("a", server_default=5)


def test_computed_and_identity_are_made_by_the_database() -> None:
    column = Column("a", Integer, Computed("b + 1", persisted=True))
    assert column.server_default is column.server_onupdate is column.computed
    identity = Column("id", Integer, Identity(start=5), primary_key=True)
    assert identity.server_default is identity.identity
    with pytest.raises(exc.ArgumentError, match="server default as well"):
        Column("a", Integer, Computed("b"), server_default="1")


def test_a_sequence_belongs_to_the_metadata_of_its_table() -> None:
    metadata = MetaData()
    sequence = Sequence("ids", start=5)
    column = Column("id", Integer, sequence, primary_key=True)
    Table("t", metadata, column)
    assert column.default is sequence
    assert metadata._sequences == {"ids": sequence}
    assert Sequence("other", schema="s").fullname == "s.other"


def test_types_bring_their_check_constraints() -> None:
    table = Table(
        "t",
        MetaData(),
        Column("flag", Boolean(create_constraint=True, name="is_bool")),
        Column("word", Enum("a", "b", create_constraint=True)),
        Column("free", Enum("a", "b")),
    )
    checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
    assert {check.name for check in checks} == {"is_bool", None}
    assert len(checks) == 2


def test_a_copy_for_another_metadata() -> None:
    metadata = MetaData()
    parent = Table("p", metadata, Column("id", Integer, primary_key=True), schema="one")
    table = Table(
        "t",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("p_id", ForeignKey("one.p.id", ondelete="CASCADE"), index=True),
        Column("n", Numeric(5, 1), default=3, server_default="1", unique=True, info={"k": 1}),
        Column("flag", Boolean(create_constraint=True)),
        UniqueConstraint("p_id", "n", name="both"),
        CheckConstraint("n > 0", name="positive"),
        Index("on_n", "n"),
        schema="one",
        comment="about",
        sqlite_autoincrement=True,
    )
    other = MetaData()
    copied = table.to_metadata(other, schema="two")
    assert copied.fullname == "two.t"
    assert copied is not table
    assert copied.c.n.default.arg == 3
    assert copied.c.n.info == {"k": 1}
    assert copied.comment == "about"
    assert copied.dialect_options["sqlite"]["autoincrement"] is True
    assert {fk.target_fullname for fk in copied.foreign_keys} == {"two.p.id"}
    assert {index.name for index in copied.indexes} == {"ix_two_t_p_id", "on_n"}
    assert len(copied.constraints) == len(table.constraints)
    assert table.to_metadata(other, schema="two") is copied
    assert {fk.target_fullname for fk in table.to_metadata(MetaData()).foreign_keys} == {"one.p.id"}
    assert parent.to_metadata(other, schema=None).fullname == "p"


def test_metadata_survives_pickling() -> None:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    Table("t", metadata, Column("p_id", ForeignKey("p.id"), index=True))
    copied = pickle.loads(pickle.dumps(metadata))
    table = copied.tables["t"]
    assert table.metadata is copied
    assert next(iter(table.foreign_keys)).column is copied.tables["p"].c.id
    assert table._shape != metadata.tables["t"]._shape
    assert table.c.p_id._shape != metadata.tables["t"].c.p_id._shape


def test_unbound_metadata_cannot_create() -> None:
    with pytest.raises(exc.UnboundExecutionError, match="not bound to an engine"):
        MetaData().create_all()
    with pytest.raises(exc.UnboundExecutionError):
        Table("t", MetaData()).create()


def test_names_carry_their_quoting() -> None:
    name = quoted_name("Users", True)
    assert name == "Users"
    assert name.quote is True
    assert Table("Users", MetaData(), quote=True).name.quote is True  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(name)).quote is True


def test_columns_and_tables_show_how_they_were_made() -> None:
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", String(5), default=3))
    assert repr(table.c.id) == "Column('id', Integer(), table=<t>, primary_key=True, nullable=False)"
    assert repr(table.c.x) == "Column('x', String(length=5), table=<t>, default=ColumnDefault(3))"
    assert repr(table).startswith("Table('t', MetaData(), Column('id'")


def test_each_table_and_column_has_a_shape_of_its_own() -> None:
    one = Table("t", MetaData(), Column("id", Integer))
    two = Table("t", MetaData(), Column("id", Integer))
    assert one._shape != two._shape
    assert one.c.id._shape != two.c.id._shape
    assert one.c.id._binds == ()
