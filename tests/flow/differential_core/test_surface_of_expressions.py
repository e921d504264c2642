"""What expressions and statements offer besides the common is written, and gives, the same as with SQLAlchemy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")

from tests.flow.differential_core.libraries import same

SCENARIOS: list[Any] = []


def scenario(function: Any) -> Any:
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: each.__name__)
def test_the_same_as_sqlalchemy(each: Any, database: Database) -> None:
    same(each, database)


def table_of(lib: Any) -> Any:
    return lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), lib.Column("y", lib.String(20)))


def filled(lib: Any, connection: Any) -> Any:
    table = table_of(lib)
    table.create(connection)
    rows = [{"x": 1, "y": "b"}, {"x": 2, "y": "a"}, {"x": 3, "y": None}, {"x": 3, "y": "c"}]
    connection.execute(table.insert(), rows)
    return table


def plain(text: Any) -> str:
    return " ".join(str(text).split())


def rows(connection: Any, statement: Any) -> list[Any]:
    return [tuple(row) for row in connection.execute(statement)]


@scenario
def kinds_of_statements(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    select = lib.select(t)
    text = lib.text("SELECT x FROM t")
    statements = [
        select, lib.union(select, select), t.insert(), t.update(), t.delete(), text, text.columns(t.c.x),
        lib.func.now(), lib.DDL("x"), lib.schema.CreateTable(t),
    ]  # fmt: skip
    names = ("is_select", "is_insert", "is_update", "is_delete", "is_dml", "is_text", "is_from_statement")
    return [[bool(getattr(one, name)) for name in names] for one in statements]


@scenario
def options_of_all_that_is_executed(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    seen = []

    def note(connection: Any, cursor: Any, sql: Any, parameters: Any, context: Any, many: Any) -> None:
        seen.append(dict(context.execution_options).get("mark"))

    lib.event.listen(engine, "before_cursor_execute", note)
    with engine.begin() as connection:
        connection.execute(lib.schema.CreateTable(t).execution_options(mark="ddl"))
        connection.execute(t.insert().values(x=1).execution_options(mark="insert"))
        connection.execute(lib.text("SELECT x FROM t").execution_options(mark="text")).all()
        connection.execute(lib.func.abs(-1).execution_options(mark="function")).all()
        connection.execute(lib.text("SELECT 1 AS x").columns(t.c.x).execution_options(mark="textual")).all()
    got = lib.text("x").execution_options(a=1).execution_options(b=2).get_execution_options()
    return seen, dict(got), dict(lib.func.f().get_execution_options())


@scenario
def hints_inside_of_exists(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    inner = lib.exists(lib.select(t.c.x))
    return [
        plain(inner.with_hint(t, "WITH (X)")),
        plain(inner.with_statement_hint("OPTION Q")),
        plain(inner.with_hint(t, "WITH (X)", "mysql")),
    ]


@scenario
def relations_between_selectables(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    other = lib.Table("o", t.metadata, lib.Column("x", lib.Integer))
    alias = t.alias("a")
    select = lib.select(t.c.x.label("z"), t.c.y)
    subquery = select.subquery("s")
    union = lib.union(select, select)
    everything = [t, alias, select, subquery, union, t.join(other, t.c.x == other.c.x)]
    return [
        [one.is_derived_from(t) for one in everything],
        [one.is_derived_from(other) for one in everything],
        [one.is_derived_from(None) for one in everything],
        [one.selectable is one for one in everything],
        [isinstance(one, lib.sql.expression.ReturnsRows) for one in everything],
        [isinstance(one, lib.sql.expression.Selectable) for one in everything],
        str(select.corresponding_column(t.c.y)),
        str(subquery.corresponding_column(t.c.x)),
        t.c.corresponding_column(alias.c.x) is t.c.x,
        subquery.c.corresponding_column(t.c.x) is subquery.c.z,
        subquery.c.corresponding_column(other.c.x),
        alias.c.compare(alias.c), alias.c.compare(t.c), t.c.contains_column(t.c.x), t.c.contains_column(alias.c.x),
    ]  # fmt: skip


@scenario
def selectables_are_replaced(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    alias = t.alias("q")
    select = lib.select(t.c.x).where(t.c.y == "v").select_from(t)
    return plain(select.replace_selectable(t, alias)), plain(lib.union(select, select).replace_selectable(t, alias))


@scenario
def lateral_tables_and_rows_as_arguments(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    return [
        plain(lib.select(t, t.lateral("w"))),
        plain(lib.select(t.alias("a").lateral("w"))),
        plain(lib.select(lib.func.f(t.table_valued()))),
        plain(lib.select(lib.func.f(t.alias("z").table_valued()))),
    ]


@scenario
def labels_by_their_names(lib: Any, engine: Any) -> Any:
    with engine.begin() as connection:
        t = filled(lib, connection)
        label = (t.c.x * -1).label("q")
        statement = lib.select(label, lib.func.count()).group_by(label.as_reference())
        statement = statement.order_by(label.as_reference().desc())
        return plain(statement), rows(connection, statement)


@scenario
def aggregates_of_rows_in_order(lib: Any, engine: Any) -> Any:
    with engine.begin() as connection:
        t = filled(lib, connection)
        joined = lib.func.group_concat(t.c.y, lib.literal_column("'-'")).aggregate_order_by(t.c.y.desc())
        some = lib.sql.expression.aggregate_order_by(lib.func.group_concat(t.c.y), t.c.x, t.c.y)
        texts: list[Any] = [
            plain(joined), plain(some), plain(joined.over(partition_by=t.c.x)), plain(joined.filter(t.c.x > 2)),
            plain(lib.func.array_agg(t.c.x).aggregate_order_by(t.c.x.desc(), t.c.y)),
        ]  # fmt: skip
        if connection.exec_driver_sql("SELECT sqlite_version() >= '3.44'").scalar():
            texts += [rows(connection, lib.select(joined)), rows(connection, lib.select(some))]
        return texts


@scenario
def lists_to_order_by(lib: Any, engine: Any) -> Any:
    with engine.begin() as connection:
        t = filled(lib, connection)
        order = lib.sql.expression.OrderByList([t.c.x.desc(), t.c.y])
        statement = lib.select(t).order_by(order)
        nested = lib.sql.expression.OrderByList([lib.sql.expression.OrderByList([t.c.x, t.c.y])])
        return [
            plain(order), plain(statement), rows(connection, statement), [str(one) for one in order],
            plain(lib.nulls_last(lib.sql.expression.OrderByList([t.c.x, t.c.y]))),
            plain(lib.sql.expression.OrderByList([t.c.x, t.c.y]).desc()),
            plain(lib.select(lib.func.row_number().over(order_by=order))),
            plain(lib.select(t.c.x).order_by(nested)),
        ]  # fmt: skip


@scenario
def frames_of_windows(lib: Any, engine: Any) -> Any:
    frame, kind = lib.sql.expression.FrameClause, lib.sql.expression.FrameClauseType
    with engine.begin() as connection:
        t = filled(lib, connection)
        around = frame(1, 1, kind.PRECEDING, kind.FOLLOWING)
        total = lib.func.sum(t.c.x).over(order_by=[t.c.x, t.c.y], rows=around)
        growing = lib.func.sum(t.c.x).over(order_by=t.c.x, range_=frame(None, None, kind.UNBOUNDED, kind.CURRENT))
        refused = [
            lib.failure(lambda: frame(None, 5, kind.UNBOUNDED, kind.CURRENT)),
            lib.failure(lambda: frame(t.c.x, 5, kind.PRECEDING, kind.FOLLOWING)),
        ]
        return [
            rows(connection, lib.select(t.c.x, total, growing).order_by(t.c.x, t.c.y)), plain(growing), refused,
            plain(lib.func.f().over(groups=frame(2, None, kind.FOLLOWING, kind.UNBOUNDED))),
            [(one.name, one.value) for one in kind],
            plain(lib.func.f(t.c.x).filter(t.c.x > 1).over(None, t.c.x, (None, 0))),
        ]  # fmt: skip


@scenario
def values_of_other_columns(lib: Any, engine: Any) -> Any:
    copy = lib.sql.expression.from_dml_column
    with engine.begin() as connection:
        t = filled(lib, connection)
        connection.execute(t.insert().values(x=lib.func.abs(-30), y=copy(t.c.x) + 5))
        connection.execute(t.insert().values([{"x": 40, "y": copy(t.c.x)}, {"x": 50, "y": copy(t.c.x)}]))
        connection.execute(t.update().values(x=t.c.x + 100, y=copy(t.c.x)).where(t.c.x == 1))
        connection.execute(t.update().values(y=copy(t.c.x)).where(t.c.x == 2))
        texts = [
            plain(lib.insert(t).values(x=lib.func.foo(3), y=copy(t.c.x) + 5)),
            plain(lib.update(t).values(x=t.c.x + 1, y=copy(t.c.x))),
            plain(lib.update(t).values(y=copy(t.c.x))),
            lib.failure(lambda: str(lib.insert(t).values(y=copy(t.c.x)))),
        ]
        return texts, rows(connection, lib.select(t).order_by(t.c.x, t.c.y))


@scenario
def rows_as_operands(lib: Any, engine: Any) -> Any:
    with engine.begin() as connection:
        t = filled(lib, connection)
        listed = lib.values(lib.column("a", lib.Integer), name="v").data([(1,), (3,)])
        scalar = lib.sql.expression.ScalarValues([lib.column("a", lib.Integer)], [[(2,)]], True)
        statement = lib.select(t.c.x).where(t.c.x.in_(listed.scalar_values())).order_by(t.c.x)
        other = lib.select(t.c.x).where(t.c.x == scalar)
        shared = lib.select(listed.add_cte(lib.select(t.c.x).cte("ccc"))).order_by(lib.text("1"))
        return [
            rows(connection, statement), rows(connection, other), plain(other), plain(shared),
            plain(lib.select(listed.scalar_values())), plain(listed.scalar_values() == 5),
        ]  # fmt: skip


@scenario
def collations_and_operators(lib: Any, engine: Any) -> Any:
    x = lib.column("x")
    made = lib.sql.expression.custom_op(
        "~~", precedence=5, is_comparison=True, natural_self_precedent=True, eager_grouping=True
    )
    names = (
        "opstring", "precedence", "is_comparison", "return_type", "natural_self_precedent", "eager_grouping",
        "python_impl", "visit_name",
    )  # fmt: skip
    return [
        plain(x.collate("b", "c")), plain(lib.collate(x, "b", collation_schema="c")), plain(x.collate("b")),
        plain(lib.String(5, "b", collation_schema="c")), plain(lib.Text(collation="b")),
        plain(x.op("~", visit_name="other")(5)),
        [getattr(made, name) for name in names],
        plain(lib.sql.operators.like_op(x, "a", escape="/")),
        plain(lib.sql.operators.between_op(x, 1, 2, symmetric=True)),
        plain(lib.sql.operators.not_contains_op(x, "a", autoescape=True)),
    ]  # fmt: skip


@scenario
def small_members_of_expressions(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    expression = lib.sql.expression
    text = lib.text("SELECT x FROM t").columns(t.c.x)
    over = lib.func.f().over(partition_by=t.c.x, order_by=t.c.y)
    return [
        plain(expression.BooleanClauseList.and_(t.c.x == 1, t.c.y == 2)),
        plain(expression.BooleanClauseList.or_(t.c.x == 1)),
        str(lib.cast(t.c.x, lib.String).wrapped_column_expression),
        str(lib.type_coerce(t.c.x, lib.String).typed_expression),
        plain(expression.Tuple(t.c.x, 5, types=[lib.Integer, lib.Integer])),
        plain(over.partition_by),
        plain(over.order_by),
        plain(lib.select(t).subquery("s").as_scalar()),
        plain(text.set_label_style(lib.LABEL_STYLE_NONE)),
        plain(expression.CompoundSelect(expression.CompoundSelect.UNION_ALL, lib.select(t.c.x), lib.select(t.c.x))),
        [str(one) for one in t.c.x.entity_namespace],
        [str(one) for one in lib.func.f(t.c.x).entity_namespace],
        lib.func.f(monotonic=True).monotonic,
        lib.func.f().monotonic,
        t.c.x.timetuple,
        expression.outparam("o", lib.Integer).isoutparam,
        plain(expression.outparam("o")),
        expression.HasCTE.name_cte_columns,
        expression.Values.name_cte_columns,
        [
            int(one)
            for one in (
                lib.sql.NO_LINTING,
                lib.sql.COLLECT_CARTESIAN_PRODUCTS,
                lib.sql.WARN_LINTING,
                lib.sql.FROM_LINTING,
            )
        ],
        sorted(str(one) for one in (t.c.x == t.c.y).get_children(omit_attrs=("left",))),
        lib.select(t.c.x).compare(lib.select(t.c.x)),
        (t.c.x == 1).compare(t.c.x == 2),
    ]


@scenario
def options_of_dialects_of_changes(lib: Any, engine: Any) -> Any:
    t = table_of(lib)
    if lib.name == "sqlalchemy":
        __import__("sqlalchemy.dialects.mysql")
    limited = t.update().with_dialect_options(mysql_limit=3)
    return [
        dict(limited.kwargs),
        dict(limited.dialect_kwargs),
        limited.dialect_options["mysql"]["limit"],
        dict(t.update().kwargs),
    ]
