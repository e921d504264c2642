"""SELECT and its relatives come to the same rows as SQLAlchemy."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests.database import Database

pytest.importorskip("sqlalchemy")

from tests.flow.differential_core.libraries import same

SCENARIOS: list[Any] = []
DAY = datetime.date(2024, 2, 29)


def scenario(function: Any) -> Any:
    SCENARIOS.append(function)
    return function


@pytest.mark.parametrize("each", SCENARIOS, ids=lambda each: each.__name__)
def test_the_same_as_sqlalchemy(each: Any, database: Database) -> None:
    same(each, database)


class Shop:
    """Customers, orders and a tree of parts."""

    def __init__(self, lib: Any, engine: Any) -> None:
        metadata = lib.MetaData()
        self.customer = lib.Table(
            "customer",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("name", lib.String(30), nullable=False),
            lib.Column("city", lib.String(30)),
            lib.Column("since", lib.Date),
        )
        self.order = lib.Table(
            "order",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("customer_id", lib.ForeignKey("customer.id")),
            lib.Column("total", lib.Numeric(10, 2)),
            lib.Column("doc", lib.JSON),
        )
        self.part = lib.Table(
            "part",
            metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("parent_id", lib.ForeignKey("part.id")),
            lib.Column("name", lib.String),
        )
        metadata.create_all(engine)
        self.metadata = metadata
        with engine.begin() as connection:
            connection.execute(
                lib.insert(self.customer),
                [
                    {"id": 1, "name": "Ann", "city": "Rome", "since": DAY},
                    {"id": 2, "name": "Bob", "city": "Oslo", "since": None},
                    {"id": 3, "name": "Cem", "city": None, "since": DAY - datetime.timedelta(400)},
                    {"id": 4, "name": "100%_x", "city": "Oslo", "since": DAY},
                ],
            )
            connection.execute(
                self.order.insert(),
                [
                    {"id": 1, "customer_id": 1, "total": 10, "doc": {"lines": [1, 2], "paid": True}},
                    {"id": 2, "customer_id": 1, "total": "20.5", "doc": {"lines": [], "paid": False}},
                    {"id": 3, "customer_id": 2, "total": 7, "doc": None},
                    {"id": 4, "customer_id": None, "total": None, "doc": {"who": {"name": "Zoë", "age": 5.5}}},
                ],
            )
            connection.execute(
                self.part.insert(),
                [
                    {"id": 1, "parent_id": None, "name": "car"},
                    {"id": 2, "parent_id": 1, "name": "engine"},
                    {"id": 3, "parent_id": 2, "name": "piston"},
                    {"id": 4, "parent_id": 1, "name": "door"},
                ],
            )


def rows(engine: Any, *statements: Any) -> list[Any]:
    with engine.connect() as connection:
        results = [connection.execute(statement) for statement in statements]
        return [(list(result.keys()), result.all()) for result in results]


@scenario
def recursive_cte(lib: Any, engine: Any) -> Any:
    part = Shop(lib, engine).part
    tree = lib.select(part.c.id, part.c.name, lib.literal(0).label("depth")).where(part.c.parent_id.is_(None))
    tree = tree.cte("tree", recursive=True)
    child = part.alias("child")
    tree = tree.union_all(lib.select(child.c.id, child.c.name, tree.c.depth + 1).where(child.c.parent_id == tree.c.id))
    return rows(engine, lib.select(tree).order_by(tree.c.depth, tree.c.name), lib.select(lib.func.max(tree.c.depth)))


@scenario
def several_ctes_and_one_used_twice(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    totals = (
        lib.select(shop.order.c.customer_id, lib.func.sum(shop.order.c.total).label("total"))
        .group_by(shop.order.c.customer_id)
        .cte("totals")
    )
    best = lib.select(lib.func.max(totals.c.total).label("best")).cte("best")
    other = totals.alias("other")
    return rows(
        engine,
        lib.select(shop.customer.c.name, totals.c.total)
        .join(totals, totals.c.customer_id == shop.customer.c.id)
        .where(totals.c.total == lib.select(best.c.best).scalar_subquery()),
        lib.select(totals.c.customer_id, other.c.customer_id).where(totals.c.total > other.c.total),
    )


@scenario
def cte_in_insert_update_delete(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    rich = lib.select(shop.order.c.customer_id).where(shop.order.c.total > 15).cte("rich")
    with engine.begin() as connection:
        connection.execute(
            lib.update(shop.customer).where(shop.customer.c.id.in_(lib.select(rich.c.customer_id))).values(city="Paris")
        )
        connection.execute(
            lib.insert(shop.part).from_select(
                ["parent_id", "name"], lib.select(shop.part.c.id, shop.part.c.name + "!").where(shop.part.c.id > 2)
            )
        )
        connection.execute(lib.delete(shop.order).where(shop.order.c.customer_id.in_(lib.select(rich.c.customer_id))))
    return rows(
        engine,
        lib.select(shop.customer).order_by("id"),
        lib.select(shop.part).order_by("id"),
        lib.select(shop.order.c.id).order_by("id"),
    )


@scenario
def windows(lib: Any, engine: Any) -> Any:
    order = Shop(lib, engine).order
    c = order.c
    return rows(
        engine,
        lib.select(
            c.id,
            lib.func.row_number().over(order_by=c.total.desc()).label("place"),
            lib.func.sum(c.total).over(partition_by=c.customer_id, order_by=c.id, rows=(None, 0)).label("running"),
            lib.func.lag(c.id, 1, 0).over(order_by=[c.customer_id, c.id]),
            lib.func.count().over(partition_by=[c.customer_id]),
            lib.func.avg(c.id).over(order_by=c.id, range_=(-1, 1)),
            lib.func.first_value(c.id).over(order_by=c.id.desc(), rows=(0, None)),
        ).order_by(c.id),
    )


@scenario
def correlated_subqueries(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    count = (
        lib.select(lib.func.count(shop.order.c.id))
        .where(shop.order.c.customer_id == shop.customer.c.id)
        .scalar_subquery()
    )
    has = lib.exists().where(shop.order.c.customer_id == shop.customer.c.id)
    return rows(
        engine,
        lib.select(shop.customer.c.name, count.label("orders")).order_by(count.desc(), shop.customer.c.name),
        lib.select(shop.customer.c.name).where(has).order_by("name"),
        lib.select(shop.customer.c.name).where(~has).order_by("name"),
        lib.select(shop.customer.c.name).where(
            lib.select(shop.order.c.id)
            .where(shop.order.c.customer_id == shop.customer.c.id, shop.order.c.total > 8)
            .exists()
        ),
        lib.select(lib.exists(lib.select(shop.order.c.id).where(shop.order.c.id == 99))),
    )


@scenario
def unions_and_their_relatives(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    low = lib.select(shop.customer.c.id, shop.customer.c.name.label("who")).where(shop.customer.c.id < 3)
    high = lib.select(shop.customer.c.id, shop.customer.c.name).where(shop.customer.c.id > 1)
    both = lib.union(low, high)
    subquery = both.subquery("u")
    return rows(
        engine,
        both.order_by("who"),
        lib.union_all(low, high).order_by(lib.desc("id"), "who").limit(3).offset(1),
        lib.intersect(low, high),
        lib.except_(low, high),
        low.union(high).order_by(low.selected_columns.id),
        lib.select(lib.func.count(), lib.func.max(subquery.c.who)).select_from(subquery),
        lib.union(low.order_by(shop.customer.c.id.desc()).limit(1).subquery().select(), high),
    )


@scenario
def lists_of_any_length(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    many = list(range(2, 50_002))
    ids = lib.bindparam("ids", expanding=True)
    with engine.connect() as connection:
        found = [
            connection.execute(lib.select(c.id).where(condition).order_by(c.id)).scalars().all()
            for condition in (
                c.id.in_(many), c.id.not_in(many), c.id.in_([]), c.id.not_in([]), c.name.in_(["Bob", "Ann"]),
                lib.tuple_(c.id, c.name).in_([(1, "Ann"), (2, "x")]), c.since.in_([DAY]),
                c.id.in_(lib.select(c.id).where(c.city == "Oslo")),
            )
        ] if lib.name == "azoth" else [
            connection.execute(lib.select(c.id).where(condition).order_by(c.id)).scalars().all()
            for condition in (
                c.id >= 2, c.id < 2, c.id.in_([]), c.id.not_in([]), c.name.in_(["Bob", "Ann"]),
                lib.tuple_(c.id, c.name).in_([(1, "Ann"), (2, "x")]), c.since.in_([DAY]),
                c.id.in_(lib.select(c.id).where(c.city == "Oslo")),
            )
        ]  # fmt: skip
        statement = lib.select(c.id).where(c.id.in_(ids)).order_by(c.id)
        found += [connection.execute(statement, {"ids": given}).scalars().all() for given in ([1], [4, 2], [], [9])]
    return found


@scenario
def patterns_with_escapes(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    conditions = [
        c.name.like("100/%/_x", escape="/"), c.name.contains("%_", autoescape=True),
        c.name.startswith("100%", autoescape=True), c.name.endswith("_x", autoescape="/"), c.name.ilike("ann"),
        c.name.not_ilike("%N%"), c.name.icontains("B"), c.name.like("%n%"), ~c.name.like("%n%"),
        c.name.contains("%", autoescape=True, escape="#"), c.name.endswith(lib.literal("b")),
        c.name.between("A", "B"), lib.between(c.id, 2, 3), ~lib.between(c.id, 2, 3),
    ]  # fmt: skip
    return rows(engine, *[lib.select(c.id).where(condition).order_by(c.id) for condition in conditions])


@scenario
def cases_and_casts(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    return rows(
        engine,
        lib.select(
            lib.case((c.id == 1, "one"), (c.id == 2, "two"), else_="many").label("word"),
            lib.case({"Oslo": 1, "Rome": 2}, value=c.city, else_=0),
            lib.case((c.city.is_(None), lib.null()), else_=c.city),
            lib.cast(c.id, lib.String) + "!",
            lib.cast(c.id, lib.Numeric(10, 2)),
            lib.cast("3", lib.Integer) + 1,
            lib.cast(c.since, lib.String),
            lib.type_coerce(c.since, lib.String).label("text"),
            lib.func.coalesce(c.city, "nowhere"),
            lib.func.nullif(c.city, "Oslo"),
        ).order_by(c.id),
    )


@scenario
def json_paths(lib: Any, engine: Any) -> Any:
    order = Shop(lib, engine).order
    doc = order.c.doc
    return rows(
        engine,
        lib.select(doc["paid"], doc["lines"], doc["lines"][0], doc[("who", "name")]).order_by(order.c.id),
        lib.select(doc["paid"].as_boolean(), doc["lines"][1].as_integer()).order_by(order.c.id),
        lib.select(order.c.id).where(doc["paid"].as_boolean() == lib.true()),
        lib.select(order.c.id).where(doc[("who", "name")].as_string() == "Zoë"),
        lib.select(order.c.id).where(doc["who"]["age"].as_float() > 5),
        lib.select(order.c.id).where(doc["lines"][0].as_integer() == 1),
        lib.select(doc).where(doc.is_(None)),
        lib.select(order.c.id).where(doc["nothing"].as_string().is_(None)).order_by(order.c.id),
    )


@scenario
def groups_and_their_conditions(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    c = shop.customer.c
    return rows(
        engine,
        lib.select(c.city, lib.func.count().label("n")).group_by(c.city).order_by("n", c.city),
        lib.select(c.city, lib.func.count()).group_by(c.city).having(lib.func.count() > 1),
        lib.select(c.city).distinct().order_by(c.city),
        lib.select(lib.func.count(c.city.distinct())),
        lib.select(lib.func.count(lib.distinct(c.city)), lib.func.min(c.since), lib.func.max(c.since)),
        lib.select(lib.func.strftime("%Y", c.since).label("year"), lib.func.count()).group_by("year").order_by("year"),
        lib.select(lib.func.sum(shop.order.c.total), lib.func.avg(shop.order.c.total)),
        lib.select(lib.func.sum(shop.order.c.total)).where(shop.order.c.id > 100),
    )


@scenario
def joins(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    customer, order, part = shop.customer, shop.order, shop.part
    parent = part.alias("parent")
    return rows(
        engine,
        lib.select(customer.c.name, order.c.id).join(order).order_by(order.c.id),
        lib.select(customer.c.name, order.c.id).join_from(customer, order, isouter=True).order_by("name", order.c.id),
        lib.select(customer.c.name, order.c.id)
        .outerjoin(order, order.c.customer_id == customer.c.id)
        .order_by(customer.c.id, order.c.id),
        lib.select(customer.c.name).select_from(customer.join(order)).where(order.c.total > 8).order_by(order.c.id),
        lib.select(part.c.name, parent.c.name).join(parent, part.c.parent_id == parent.c.id).order_by(part.c.id),
        lib.select(customer, order).join(order).order_by(order.c.id),
        lib.select(lib.func.count()).select_from(lib.outerjoin(customer, order)),
        lib.select(customer.c.id, order.c.id).join(order, lib.true()).where(order.c.id == 1).order_by(customer.c.id),
        lib.select(customer.c.name, order.c.total).join(order, full=True).order_by(order.c.id, customer.c.id),
    )


@scenario
def label_styles_and_repeated_names(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    both = lib.select(shop.customer, shop.order).join(shop.order)
    return rows(
        engine,
        both.order_by(shop.order.c.id),
        both.set_label_style(lib.LABEL_STYLE_TABLENAME_PLUS_COL).order_by(shop.order.c.id),
        lib.select(both.subquery()).order_by("id"),
        lib.select(shop.customer.c.id, shop.customer.c.id, shop.customer.c.id.label("id2")).order_by("id2"),
        lib.select(shop.customer.c.id.label("name"), shop.customer.c.name).order_by(shop.customer.c.id),
    )


@scenario
def limits(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    base = lib.select(c.id).order_by(c.id)
    return rows(
        engine, base.limit(2), base.offset(2), base.limit(1).offset(1), base.limit(0), base.slice(1, 3),
        base.limit(lib.literal(1) + 1), base.limit(2).limit(None), base.limit(2).order_by(None),
    )  # fmt: skip


@scenario
def parameters_by_name(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    statement = lib.select(c.name).where(c.city == lib.bindparam("city"), c.id > lib.bindparam("low", 0))
    statement = statement.order_by(c.id)
    with engine.connect() as connection:
        return [
            connection.execute(statement, {"city": "Oslo"}).all(),
            connection.execute(statement, {"city": "Oslo", "low": 2}).all(),
            connection.execute(statement.params(city="Rome")).all(),
            lib.failure(lambda: connection.execute(statement)),
            lib.failure(lambda: connection.execute(lib.text("select ':x', :x"), {"x": 1})),
            connection.execute(lib.text(r"select '\:no', :yes").bindparams(yes=5)).all(),
            connection.execute(lib.text("select :a + :a + :b"), {"a": 1, "b": 3}).scalar(),
            lib.failure(lambda: connection.execute(lib.text("select :a"))),
            connection.execute(
                lib.text("select id from customer where id in :ids order by 1").bindparams(
                    lib.bindparam("ids", expanding=True)
                ),
                {"ids": [1, 3]},
            )
            .scalars()
            .all(),
        ]


@scenario
def functions_that_give_rows(lib: Any, engine: Any) -> Any:
    Shop(lib, engine)
    each = lib.func.json_each('["a", "b"]').table_valued("key", "value")
    return rows(engine, lib.select(each.c.key, each.c.value).order_by(each.c.key), lib.select(each.c.value))


@scenario
def arithmetic(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    statement = lib.select(
        c.id + 1, 1 + c.id, c.id - 1, 10 - c.id, c.id * 2, c.id // 2, 7 // c.id, c.id % 2, -c.id,
        (c.id + 1) * 2, c.id + 1 * 2, c.id - (c.id - 1), c.id / 2.0, c.id * 1.5, +1 + c.id,
        lib.func.abs(-c.id), lib.func.round(c.id / 3.0, 2), lib.literal(7) % 4, c.id * c.id - c.id,
    ).order_by(c.id)  # fmt: skip
    divisions = lib.select(c.id / 2, 7 / c.id, lib.literal(7) / 2).order_by(c.id)
    with engine.connect() as connection:
        exact = connection.execute(statement).all()
        return [exact, [tuple(round(float(part), 9) for part in row) for row in connection.execute(divisions)]]


@scenario
def truth(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    conditions = [
        lib.and_(c.id > 1, lib.or_(c.city == "Oslo", c.city.is_(None))), lib.not_(lib.and_(c.id > 1, c.id < 4)),
        lib.true(), lib.false(), lib.and_(lib.true(), c.id == 1), lib.or_(lib.false(), c.id == 1),
        ~(c.id == 1), (c.id == 1) | (c.id == 2) & (c.city == "Rome"), c.city.is_distinct_from("Oslo"),
        c.city != "Oslo", c.city.is_not(None), c.city == None, lib.not_(c.city == None), c.id.in_([1, 2]) == lib.true(),  # noqa: E711
        lib.literal(True), lib.null().is_(None),
    ]  # fmt: skip
    return rows(engine, *[lib.select(c.id).where(condition).order_by(c.id) for condition in conditions])


@scenario
def ordering(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    label = lib.func.lower(c.name).label("low")
    orders = [
        [c.city, c.id], [c.city.desc(), c.id], [c.city.nulls_last(), c.id], [c.city.desc().nulls_first(), c.id.desc()],
        [lib.desc(c.id)], [lib.asc(c.name)], [lib.case((c.id == 3, 0), else_=1), c.id], [lib.text("id desc")],
        [lib.func.length(c.name), c.id], [c.name.collate("NOCASE")],
    ]  # fmt: skip
    return rows(
        engine,
        *[lib.select(c.id).order_by(*order) for order in orders],
        lib.select(c.id, label).order_by(label.desc()),
        lib.select(c.id, label).order_by(lib.desc("low")),
        lib.select(c.id, label).order_by("low", c.id),
    )


@scenario
def scalar_subquery_as_a_column_and_value(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    highest = lib.select(lib.func.max(shop.order.c.total)).scalar_subquery()
    with engine.begin() as connection:
        connection.execute(lib.insert(shop.order).values(id=50, customer_id=2, total=highest + 1))
        connection.execute(lib.update(shop.order).where(shop.order.c.id == 3).values(total=highest, doc={"x": 1}))
    return rows(
        engine,
        lib.select(highest, highest.label("top"), lib.literal(1)),
        lib.select(shop.order.c.id, shop.order.c.total, shop.order.c.doc).order_by("id"),
        lib.select(shop.order.c.id).where(shop.order.c.total == highest),
    )


@scenario
def literal_columns_texts_and_bare_names(lib: Any, engine: Any) -> Any:
    Shop(lib, engine)
    bare = lib.table("customer", lib.column("id"), lib.column("name", lib.String))
    return rows(
        engine,
        lib.select(lib.literal_column("1 + 1").label("two"), lib.text("'x' AS t")),
        lib.select(lib.text("name")).select_from(lib.text("customer")).where(lib.text("id = 2")),
        lib.select(bare.c.name + "?").where(bare.c.id == 1),
        lib.select(lib.column("name")).select_from(bare).order_by(lib.column("id").desc()).limit(1),
        lib.select(lib.func.count("*")).select_from(bare),
        lib.select(lib.literal("a").label("q"), lib.literal(None), lib.literal(DAY), lib.null().label("n")),
    )


@scenario
def aliases_of_subqueries(lib: Any, engine: Any) -> Any:
    shop = Shop(lib, engine)
    inner = lib.select(shop.customer.c.id, shop.customer.c.city.label("town")).where(shop.customer.c.id < 4).subquery()
    outer = lib.select(inner.c.town, lib.func.count().label("n")).group_by(inner.c.town).alias("outer")
    return rows(
        engine,
        lib.select(outer.c.n, outer.c.town).order_by(outer.c.n, outer.c.town),
        lib.select(shop.customer.c.name, inner.c.town).join(inner, inner.c.id == shop.customer.c.id).order_by("name"),
        inner.select().order_by(inner.c.id),
    )


@scenario
def select_of_more_and_of_less(lib: Any, engine: Any) -> Any:
    c = Shop(lib, engine).customer.c
    base = lib.select(c.id).where(c.id < 3).order_by(c.id)
    return rows(
        engine,
        base.add_columns(c.name),
        base.with_only_columns(c.name, c.city),
        base.with_only_columns(lib.func.count()).order_by(None),
        base.where(c.name == "Ann"),
        base.filter(c.name == "Ann"),
        base.filter_by(name="Bob"),
        base.prefix_with("DISTINCT"),
        lib.select(lib.func.count()).select_from(base.subquery()),
    )
