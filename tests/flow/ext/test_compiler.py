"""@compiles: own elements, and other spellings of those that there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from azoth import (
    Boolean,
    Column,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    case,
    column,
    event,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from azoth.dialects import sqlite
from azoth.exc import ArgumentError, AzothWarning, CompileError, UnsupportedCompilationError
from azoth.ext.compiler import compiles, deregister
from azoth.orm import Session, aliased, declarative_base, relationship, selectinload
from azoth.schema import AddConstraint, CheckConstraint, CreateColumn, CreateTable, DDLElement, ForeignKey
from azoth.sql.expression import (
    BinaryExpression,
    BindParameter,
    ClauseElement,
    ColumnClause,
    ColumnElement,
    Delete,
    Executable,
    FunctionElement,
    Insert,
    Select,
    Update,
)
from azoth.sql.visitors import InternalTraversal
from azoth.types import VARCHAR, TypeEngine, UserDefinedType

SQLITE = sqlite.dialect()


def written(element: Any, dialect: Any = None) -> str:
    return " ".join(str(element.compile(dialect=dialect)).split())


@pytest.fixture
def spelled() -> Iterator[Any]:
    """Give classes functions for the length of a test."""
    classes: list[type[Any]] = []

    def decorate(class_: type[Any], *specs: str) -> Any:
        classes.append(class_)
        return compiles(class_, *specs)

    yield decorate
    for class_ in classes:
        deregister(class_)


@pytest.fixture
def numbers(engine: Engine) -> Table:
    table = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"id": 1, "n": 10}, {"id": 2, "n": 20}, {"id": 3, "n": 30}])
    return table


class Bracketed(ColumnClause):
    inherit_cache = True


@compiles(Bracketed)
def write_bracketed(element: Any, compiler: Any, **kw: Any) -> str:
    return f"[{element.name}]"


class greatest(FunctionElement):
    type = Numeric()
    name = "greatest"
    inherit_cache = True


@compiles(greatest)
def write_greatest(element: Any, compiler: Any, **kw: Any) -> str:
    return compiler.visit_function(element, **kw)


@compiles(greatest, "sqlite")
@compiles(greatest, "mssql")
def write_greatest_by_case(element: Any, compiler: Any, **kw: Any) -> str:
    first, second = list(element.clauses)
    return compiler.process(case((first > second, first), else_=second), **kw)


# --- own elements -----------------------------------------------------------------------------------------------------


def test_a_column_of_ones_own() -> None:
    statement = select(Bracketed("x"), Bracketed("y")).where(Bracketed("z") == 5)
    assert written(statement) == "SELECT [x], [y] WHERE [z] = :z_1"


def test_a_function_is_written_as_its_dialect_wants() -> None:
    x, y = column("x"), column("y")
    assert written(greatest(x, y)) == "greatest(x, y)"
    assert written(greatest(x, y), SQLITE) == "CASE WHEN x > y THEN x ELSE y END"


def test_a_function_has_values_that_are_bound(engine: Engine) -> None:
    with engine.connect() as connection:
        compiled = engine.statement_cache.compilations
        assert [connection.scalar(select(greatest(n, 5))) for n in (3, 9, 7)] == [5, 9, 7]
        assert engine.statement_cache.compilations == compiled + 1


def test_a_function_without_a_name_is_written_with_its_arguments() -> None:
    class nameless(FunctionElement):
        inherit_cache = True

    @compiles(nameless)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return f"nameless{compiler.process(element.clause_expr, **kw)} of {len(element.clauses)}"

    assert written(nameless()) == "nameless() of 0"
    assert written(nameless(column("x"), column("y"))) == "nameless(x, y) of 2"
    assert written(select(nameless(column("x")))) == "SELECT nameless(x) of 1 AS anon_1"


def test_elements_stand_in_conditions_and_orders_of_mapped_classes(engine: Engine) -> None:
    base: Any = declarative_base()

    class Account(base):
        __tablename__ = "account"
        id = Column(Integer, primary_key=True)
        checking = Column(Integer)
        savings = Column(Integer)

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Account(id=1, checking=5, savings=9), Account(id=2, checking=20, savings=1)])
        session.commit()
        richer = greatest(Account.checking, Account.savings)
        assert [one.id for one in session.query(Account).filter(richer > 10)] == [2]
        assert [one.id for one in session.scalars(select(Account).order_by(richer.desc()))] == [2, 1]
        other = aliased(Account)
        statement = select(other.id).where(greatest(other.checking, other.savings) < 10)
        assert session.scalars(statement).all() == [1]
        assert "account_1.checking > account_1.savings" in written(statement, SQLITE)


def test_an_alias_reaches_into_what_an_own_element_consists_of(engine: Engine) -> None:
    base: Any = declarative_base()

    class Doubled(ColumnElement):
        _traverse_internals = [("inner", InternalTraversal.dp_clauseelement)]
        type = Integer()

        def __init__(self, inner: Any) -> None:
            self.inner = inner

    @compiles(Doubled)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return f"(2 * {compiler.process(element.inner, **kw)})"

    class Thing(base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        n = Column(Integer)

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Thing(id=1, n=3), Thing(id=2, n=4)])
        session.flush()
        inner = select(Thing).where(Thing.id > 1).subquery()
        other = aliased(Thing, inner)
        statement = select(other).where(Doubled(other.n) == 8)
        assert [one.id for one in session.scalars(statement)] == [2]
        assert written(select(Doubled(Thing.__table__.c.n))) == "SELECT (2 * thing.n) AS anon_1 FROM thing"


def test_a_statement_of_ones_own(engine: Engine, numbers: Table) -> None:
    class InsertFromSelect(Executable, ClauseElement):
        inherit_cache = False

        def __init__(self, table: Any, select: Any) -> None:
            self.table = table
            self.select = select

    @compiles(InsertFromSelect)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        into = compiler.process(element.table, asfrom=True, **kw)
        return f"INSERT INTO {into} {compiler.process(element.select, **kw)}"

    with engine.begin() as connection:
        for least, count in ((15, 2), (120, 0), (25, 2)):
            source = select(numbers.c.id + 1000 * least, numbers.c.n).where(numbers.c.n > least)
            result = connection.execute(InsertFromSelect(numbers, source))
            assert (result.rowcount, result.returns_rows) == (count, False)
    with Session(engine) as session:
        session.execute(InsertFromSelect(numbers, select(numbers.c.id + 500_000, numbers.c.n).where(numbers.c.id == 1)))
        assert session.scalar(select(func.max(numbers.c.id))) == 500_001
    assert (
        written(InsertFromSelect(numbers, select(numbers.c.n))) == "INSERT INTO numbers SELECT numbers.n FROM numbers"
    )


def test_a_statement_of_ones_own_gives_rows(engine: Engine, numbers: Table) -> None:
    class Everything(Executable, ClauseElement):
        inherit_cache = True

    @compiles(Everything)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return "SELECT id, n FROM numbers ORDER BY id"

    with engine.connect() as connection:
        assert connection.execute(Everything()).first() == (1, 10)
        assert [row.n for row in connection.execute(Everything())] == [10, 20, 30]
    with Session(engine) as session:
        assert session.execute(Everything()).all() == [(1, 10), (2, 20), (3, 30)]


def test_ddl_of_ones_own(engine: Engine, numbers: Table) -> None:
    class Rename(DDLElement):
        def __init__(self, table: Table, name: str) -> None:
            self.table = table
            self.name = name

    @compiles(Rename)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        table = compiler.preparer.format_table(element.table)
        return f"ALTER TABLE {table} RENAME TO {compiler.preparer.quote(element.name)}"

    @compiles(Rename, "oracle")
    def write_for_oracle(element: Any, compiler: Any, **kw: Any) -> str:
        return "RENAME ..."

    with engine.begin() as connection:
        connection.execute(Rename(numbers, "Digits"))
        assert connection.execute(text('SELECT count(*) FROM "Digits"')).scalar() == 3


def test_ddl_of_ones_own_listens_to_tables(engine: Engine) -> None:
    class Fill(DDLElement):
        pass

    @compiles(Fill)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return f"INSERT INTO {element.target.name} VALUES (7)"

    table = Table("filled", MetaData(), Column("id", Integer, primary_key=True))
    event.listen(table, "after_create", Fill())
    event.listen(table, "after_create", Fill().execute_if(dialect="postgresql"))
    table.create(engine)
    with engine.connect() as connection:
        assert connection.scalars(select(table.c.id)).all() == [7]


def test_expressions_within_ddl_have_their_values_in_the_text() -> None:
    class AtLeast(CheckConstraint):
        pass

    @compiles(AtLeast)
    def write(constraint: Any, ddlcompiler: Any, **kw: Any) -> str:
        kw["literal_binds"] = True
        return f"CONSTRAINT {constraint.name} CHECK ({ddlcompiler.sql_compiler.process(constraint.sqltext, **kw)})"

    n = Column("n", Integer)
    table = Table("t", MetaData(), n)
    table.append_constraint(AtLeast(n >= 5, name="enough"))
    assert written(CreateTable(table)) == "CREATE TABLE t ( n INTEGER, CONSTRAINT enough CHECK (t.n >= 5) )"
    added = AddConstraint(next(one for one in table.constraints if one.name == "enough"))
    assert written(added) == "ALTER TABLE t ADD CONSTRAINT enough CHECK (t.n >= 5)"


def test_a_default_of_the_database_may_be_an_own_function() -> None:
    class utcnow(FunctionElement):
        inherit_cache = True

    @compiles(utcnow, "sqlite")
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return "strftime('%Y')"

    table = Table("t", MetaData(), Column("at", String, server_default=utcnow()))
    assert "DEFAULT (strftime('%Y'))" in written(CreateTable(table), SQLITE)


# --- types ------------------------------------------------------------------------------------------------------------


def test_types_of_ones_own() -> None:
    class Money(TypeEngine):
        pass

    @compiles(Money, "sqlite")
    def write(type_: Any, compiler: Any, **kw: Any) -> str:
        return "SQLITE_MONEY"

    class Point(UserDefinedType):
        cache_ok = True

        def get_col_spec(self, **kw: Any) -> str:
            return "POINT"

    @compiles(Point, "sqlite")
    def write_point(type_: Any, compiler: Any, **kw: Any) -> str:
        return f"SQLITE_{compiler.visit_user_defined(type_, **kw)}"

    assert Money().compile(dialect=SQLITE) == "SQLITE_MONEY"
    with pytest.raises(UnsupportedCompilationError, match="Money construct has no default compilation handler"):
        str(Money())
    assert (str(Point()), Point().compile(dialect=SQLITE)) == ("POINT", "SQLITE_POINT")
    table = Table("t", MetaData(), Column("m", Money), Column("p", Point))
    assert written(CreateTable(table), SQLITE) == "CREATE TABLE t ( m SQLITE_MONEY, p SQLITE_POINT )"


def test_types_that_there_are_are_spelled_otherwise(spelled: Any) -> None:
    @spelled(String, "sqlite")
    @spelled(VARCHAR, "sqlite")
    def write(type_: Any, compiler: Any, **kw: Any) -> str:
        return "VARCHAR('max')" if type_.length == "max" else compiler.visit_VARCHAR(type_, **kw)

    table = Table("t", MetaData(), Column("a", VARCHAR("max")), Column("b", String("max")), Column("c", String(5)))
    assert written(CreateTable(table), SQLITE) == "CREATE TABLE t ( a VARCHAR('max'), b VARCHAR('max'), c VARCHAR(5) )"
    with pytest.raises(CompileError, match="length 'max'"):
        str(CreateTable(table))


# --- elements that there are ------------------------------------------------------------------------------------------


def test_every_insert_gets_a_prefix(engine: Engine, numbers: Table, spelled: Any) -> None:
    @spelled(Insert)
    def prefixed(statement: Any, compiler: Any, **kw: Any) -> str:
        return compiler.visit_insert(statement.prefix_with("OR IGNORE"), **kw)

    with engine.begin() as connection:
        assert connection.execute(numbers.insert().values(id=1, n=99)).rowcount == 0
        result = connection.execute(insert(numbers), {"n": 40})
        assert (result.inserted_primary_key, result.is_insert) == ((4,), True)
        made = connection.execute(insert(numbers).values(n=50).returning(numbers.c.id, numbers.c.n)).all()
        assert made == [(5, 50)]
        connection.execute(insert(numbers), [{"id": 5, "n": 1}, {"id": 6, "n": 60}])
        assert connection.scalars(select(numbers.c.n).where(numbers.c.id > 4)).all() == [50, 60]


def test_flushes_write_as_the_functions_say(engine: Engine, statements: list[str], spelled: Any) -> None:
    base: Any = declarative_base()

    class Thing(base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        n = Column(Integer)

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Thing(n=1))
        session.commit()
        statements.clear()

        @spelled(Insert)
        def insert_(element: Any, compiler: Any, **kw: Any) -> str:
            return compiler.visit_insert(element.prefix_with("OR FAIL"), **kw)

        @spelled(Update)
        def update_(element: Any, compiler: Any, **kw: Any) -> str:
            return compiler.visit_update(element.prefix_with("OR FAIL"), **kw)

        @spelled(Delete)
        def delete_(element: Any, compiler: Any, **kw: Any) -> str:
            return f"{compiler.visit_delete(element, **kw)} /* gone */"

        one = session.scalars(select(Thing)).one()
        one.n = 2
        session.add(Thing(n=3))
        session.flush()
        session.delete(one)
        session.commit()
    changes = [one for one in statements if not one.startswith("SELECT")]
    assert len(changes) == 3
    assert sorted(one[:14] for one in changes) == ["DELETE FROM th", "INSERT OR FAIL", "UPDATE OR FAIL"]
    assert any(one.endswith("/* gone */") for one in changes)


def test_selects_of_one_dialect_are_written_otherwise(engine: Engine, numbers: Table, spelled: Any) -> None:
    before = written(select(numbers.c.n), SQLITE)

    @spelled(Select, "sqlite")
    def commented(statement: Any, compiler: Any, **kw: Any) -> str:
        return f"{compiler.visit_select(statement, **kw)} /* {len(statement.selected_columns)} */"

    with engine.connect() as connection:
        # The names and types of the columns are known as ever.
        row = connection.execute(select(numbers.c.n, greatest(numbers.c.n, 15).label("most"))).first()
        assert row is not None
        assert (row.n, row.most, row._mapping[numbers.c.n]) == (10, 15, 10)
        inner = select(func.max(numbers.c.id)).scalar_subquery()
        assert connection.scalars(select(numbers.c.n).where(numbers.c.id == inner)).all() == [30]
    assert written(select(numbers.c.n), SQLITE) == "SELECT numbers.n FROM numbers /* 1 */"
    assert written(select(numbers.c.n)) == before
    deregister(Select)
    assert written(select(numbers.c.n), SQLITE) == before


def test_bound_values_are_wrapped(spelled: Any) -> None:
    t = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))

    @spelled(BindParameter)
    def wrapped(element: Any, compiler: Any, **kw: Any) -> str:
        return f"BIND({compiler.visit_bindparam(element, **kw)})"

    assert written(select(t.c.a).where(t.c.b == 5)) == "SELECT t.a FROM t WHERE t.b = BIND(:b_1)"
    assert written(t.insert()) == "INSERT INTO t (a, b) VALUES (BIND(:a), BIND(:b))"
    assert written(update(t).values(a=1)) == "UPDATE t SET a=BIND(:a)"


def test_a_column_may_be_left_out_of_create_table(spelled: Any) -> None:
    @spelled(CreateColumn)
    def without_xmin(element: Any, compiler: Any, **kw: Any) -> str | None:
        return None if element.element.name == "xmin" else compiler.visit_create_column(element, **kw)

    table = Table("t", MetaData(), Column("a", Integer), Column("xmin", Integer), Column("c", Integer))
    assert written(CreateTable(table)) == "CREATE TABLE t ( a INTEGER, c INTEGER )"


def test_a_long_chain_of_operations_is_written_by_a_function_of_its_class(spelled: Any) -> None:
    @spelled(BinaryExpression)
    def noted(element: Any, compiler: Any, **kw: Any) -> str:
        return f"<{compiler.visit_binary(element, **kw)}>"

    expression: Any = column("a", Integer)
    for _ in range(3):
        expression = expression + column("b", Integer)
    assert written(expression) == "<<<a + b> + b> + b>"


# --- which function ---------------------------------------------------------------------------------------------------


def test_derived_classes_are_written_as_their_base() -> None:
    class Base(FunctionElement):
        inherit_cache = True
        name = "base"

    class Early(Base):
        inherit_cache = True
        name = "early"

    @compiles(Base)
    def write_base(element: Any, compiler: Any, **kw: Any) -> str:
        return element.name

    class Late(Base):
        inherit_cache = True
        name = "late"

    class Grandchild(Early):
        inherit_cache = True
        name = "grandchild"

    assert written(select(Early(), Late(), Grandchild())) == (
        "SELECT early AS early_1, late AS late_1, grandchild AS grandchild_1"
    )

    @compiles(Early)
    def write_early(element: Any, compiler: Any, **kw: Any) -> str:
        return "E " + element.name

    assert written(select(Early(), Late(), Grandchild())) == (
        "SELECT E early AS early_1, late AS late_1, E grandchild AS grandchild_1"
    )
    deregister(Early)
    assert written(Grandchild()) == "grandchild"


def test_a_dialect_without_a_function_gets_what_is_written_without_any() -> None:
    class Named(ColumnClause):
        inherit_cache = True

    @compiles(Named, "postgresql")
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return "other"

    assert (str(Named("x")), written(Named("x"), SQLITE)) == ("x", "x")

    class Bare(ClauseElement):
        inherit_cache = False

    @compiles(Bare, "postgresql")
    def write_bare(element: Any, compiler: Any, **kw: Any) -> str:
        return "other"

    with pytest.raises(UnsupportedCompilationError, match="has no default compilation handler"):
        str(Bare())
    with pytest.raises(UnsupportedCompilationError, match="cannot compile Unknown"):
        str(type("Unknown", (ColumnElement,), {"inherit_cache": True})())


def test_a_visit_name_of_the_class_is_a_way_to_write_it_too() -> None:
    class Add(DDLElement):
        __visit_name__ = "add_thing"

    @compiles(Add, "sqlite")
    def write_for_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
        return "ADD SPECIAL"

    @compiles(Add)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return "ADD"

    assert (written(Add()), written(Add(), SQLITE)) == ("ADD", "ADD SPECIAL")


def test_a_function_may_keep_notes_on_the_compiler() -> None:
    class Counted(ColumnClause):
        inherit_cache = False

    @compiles(Counted)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        compiler.seen = getattr(compiler, "seen", 0) + 1
        assert compiler.dialect.name == "default"
        assert compiler.statement is statement
        return str(compiler.seen)

    statement = select(Counted("a"), Counted("b")).where(Counted("c") == 5).order_by(Counted("d").desc())
    assert written(statement) == "SELECT 1, 2 WHERE 3 = :c_1 ORDER BY 4 DESC"


def test_what_becomes_no_sql_has_no_functions() -> None:
    with pytest.raises(ArgumentError, match="not about Engine"):
        compiles(Engine)
    with pytest.raises(ArgumentError, match="not about an object of function"):
        compiles(insert)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="not about int"):
        deregister(int)
    with pytest.raises(ArgumentError, match="takes names of dialects"):
        compiles(Insert, SQLITE)  # type: ignore[arg-type]
    deregister(Table)  # has none: nothing happens


# --- statements that are compiled once --------------------------------------------------------------------------------


class Unsaid(ColumnElement):
    inherit_cache = False
    type = Integer()

    def __init__(self, n: int) -> None:
        self.n = n


@compiles(Unsaid)
def write_unsaid(element: Any, compiler: Any, **kw: Any) -> str:
    return compiler.process(literal(element.n), **kw)


def test_an_element_that_nothing_is_said_about_is_right_each_time(engine: Engine, numbers: Table) -> None:
    with engine.connect() as connection:
        for n in (15, 25, 5):
            found = connection.execute(select(numbers.c.id, Unsaid(n)).where(numbers.c.n > Unsaid(n))).all()
            assert found == [(id_, n) for id_ in (1, 2, 3) if id_ * 10 > n]
            inner = select(numbers.c.id).where(numbers.c.n < Unsaid(n)).subquery()
            assert connection.scalar(select(func.count()).select_from(inner)) == 3 - len(found)
            alias = numbers.alias()
            assert connection.scalars(select(alias.c.id).where(alias.c.n > Unsaid(n))).all() == [i for i, _ in found]
            connection.execute(numbers.update().values(n=Unsaid(n)).where(numbers.c.id == 1))
            assert connection.scalar(select(numbers.c.n).where(numbers.c.id == 1)) == n
            connection.execute(numbers.update().values(n=10).where(numbers.c.id == 1))


def test_an_element_that_nothing_is_said_about_is_right_in_loads(engine: Engine) -> None:
    base: Any = declarative_base()

    class Node(base):
        __tablename__ = "node"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("node.id"))
        children = relationship("Node", order_by="Node.id")

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Node(id=1, children=[Node(id=2), Node(id=3), Node(id=4)]))
        session.commit()
        for n in (1, 3, 2):
            few = selectinload(Node.children.and_(Node.id > Unsaid(n)))
            root = session.scalars(select(Node).where(Node.id == 1).options(few)).one()
            assert [child.id for child in root.children] == [id_ for id_ in (2, 3, 4) if id_ > n]
            assert [one.id for one in session.query(Node).filter(Node.id < Unsaid(n)).order_by(Node.id)] == list(
                range(1, n)
            )
            root.children[0].parent_id = Unsaid(1)
            session.flush()
            session.expire_all()


def test_an_element_of_which_nobody_has_said_anything_is_warned_of_once(engine: Engine) -> None:
    class Silent(ColumnElement):
        type = Boolean()

    @compiles(Silent)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return "1"

    with engine.connect() as connection:
        with pytest.warns(AzothWarning, match="statements with Silent are compiled anew each time"):
            assert connection.scalar(select(Silent())) in (1, True)
        before = engine.statement_cache.compilations
        connection.scalar(select(Silent()))
        connection.scalar(select(Silent()))
        assert engine.statement_cache.compilations == before + 2


def test_two_classes_with_equal_parts_are_two_statements(engine: Engine) -> None:
    class One(ColumnClause):
        inherit_cache = True

    class Two(ColumnClause):
        inherit_cache = True

    compiles(One)(lambda element, compiler, **kw: "1")
    compiles(Two)(lambda element, compiler, **kw: "2")
    with engine.connect() as connection:
        assert [connection.scalar(select(made("x"))) for made in (One, Two, One)] == [1, 2, 1]


def test_parts_that_are_named_tell_elements_apart(engine: Engine, numbers: Table) -> None:
    class Between(ColumnElement):
        type = Boolean()
        _traverse_internals = [
            ("parts", InternalTraversal.dp_clauseelement_list),
            ("word", InternalTraversal.dp_string),
            ("note", InternalTraversal.dp_ignore),
        ]

        def __init__(self, parts: list[Any], word: str, note: object = None) -> None:
            self.parts = parts
            self.word = word
            self.note = note

    @compiles(Between)
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        value, low, high = [compiler.process(part, **kw) for part in element.parts]
        return f"{value} {element.word} {low} AND {high}"

    with engine.connect() as connection:
        before = engine.statement_cache.compilations
        for low, high in ((5, 15), (15, 25), (5, 25)):
            parts = [numbers.c.n, literal(low), literal(high)]
            found = connection.scalars(select(numbers.c.id).where(Between(parts, "BETWEEN", object()))).all()
            assert found == [id_ for id_ in (1, 2, 3) if low < id_ * 10 < high]
            others = connection.scalars(select(numbers.c.id).where(Between(parts, "NOT BETWEEN"))).all()
            assert sorted([*found, *others]) == [1, 2, 3]
        assert engine.statement_cache.compilations == before + 2


def test_functions_that_come_later_are_heeded_by_statements_that_were_compiled(engine: Engine, spelled: Any) -> None:
    class Word(ColumnClause):
        inherit_cache = True

    with engine.connect() as connection:
        spelled(Word)(lambda element, compiler, **kw: "1")
        assert connection.scalar(select(Word("w"))) == 1
        spelled(Word, "sqlite")(lambda element, compiler, **kw: "2")
        assert connection.scalar(select(Word("w"))) == 2
        deregister(Word)
        spelled(Word)(lambda element, compiler, **kw: "3")
        assert connection.scalar(select(Word("w"))) == 3
