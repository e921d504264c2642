"""Statements are written as SQLAlchemy writes them: the same code, run with both, gives the same text."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

import azoth.sql.dml
import azoth.sql.elements
import azoth.sql.functions
import azoth.sql.schema
import azoth.sql.selectable
import azoth.sql.types

sqlalchemy = pytest.importorskip("sqlalchemy")


def _azoth() -> SimpleNamespace:
    names: dict[str, Any] = {}
    for module in (azoth.sql.types, azoth.sql.elements, azoth.sql.schema, azoth.sql.dml, azoth.sql.selectable):
        names.update({name: getattr(module, name) for name in module.__all__})
    return SimpleNamespace(**names, func=azoth.sql.functions.func)


def _with_tables(s: Any) -> SimpleNamespace:
    names = dict(vars(s))
    m = s.MetaData()
    names["a"] = s.Table("a", m, s.Column("id", s.Integer, primary_key=True), s.Column("x", s.Integer))
    names["b"] = s.Table(
        "b",
        m,
        s.Column("id", s.Integer, primary_key=True),
        s.Column("a_id", s.ForeignKey("a.id")),
        s.Column("name", s.String),
    )
    names["c"] = s.Table(
        "c",
        m,
        s.Column("id", s.Integer, primary_key=True),
        s.Column("b_id", s.ForeignKey("b.id")),
        s.Column("x", s.Integer, default=5, onupdate=6),
        s.Column("y", s.Integer, default=lambda: 1, onupdate=lambda: 2),
        s.Column("z", s.Integer, server_default="0"),
    )
    names["far"] = s.Table("far", m, s.Column("id", s.Integer, primary_key=True), schema="remote")
    names["light"] = s.table("light", s.column("p"), s.column("Q"), s.column("select"))
    return SimpleNamespace(**names)


OURS = _with_tables(_azoth())
THEIRS = _with_tables(sqlalchemy)


def _with(part: Any, build: Callable[[Any], Any]) -> Any:
    return build(part)


STATEMENTS: dict[str, Callable[[Any], Any]] = {
    "table": lambda s: s.select(s.a),
    "column": lambda s: s.select(s.a.c.x),
    "two tables": lambda s: s.select(s.a, s.b),
    "schema": lambda s: s.select(s.far).where(s.far.c.id == 1),
    "quoted names": lambda s: s.select(s.light).where(s.light.c.Q == 1),
    "same names": lambda s: s.select(s.a.c.id, s.b.c.id, s.c.c.id),
    "label": lambda s: s.select(s.a.c.x.label("n")),
    "label style": lambda s: s.select(s.a, s.b.c.id).set_label_style(s.LABEL_STYLE_TABLENAME_PLUS_COL),
    "label style none": lambda s: s.select(s.a.c.id, s.b.c.id).set_label_style(s.LABEL_STYLE_NONE),
    "label style alias": lambda s: s.select(s.a.alias()).set_label_style(s.LABEL_STYLE_TABLENAME_PLUS_COL),
    "anonymous": lambda s: s.select(s.a.c.x + 1, s.a.c.x + 2),
    "function": lambda s: s.select(s.func.count(s.a.c.id), s.func.max(s.a.c.x)),
    "count star": lambda s: s.select(s.func.count()).select_from(s.a),
    "literal": lambda s: s.select(s.literal(3), s.a.c.x),
    "literal column": lambda s: s.select(s.literal_column("1 + 1")).select_from(s.a),
    "text": lambda s: s.select(s.text("1")).select_from(s.text("somewhere")),
    "cast": lambda s: s.select(s.cast(s.a.c.x, s.String)),
    "negation": lambda s: s.select(~(s.a.c.x == 1)),
    "where": lambda s: s.select(s.a.c.x).where(s.a.c.id == 1),
    "where twice": lambda s: s.select(s.a.c.x).where(s.a.c.id == 1).where(s.a.c.x > 2),
    "where or": lambda s: s.select(s.a.c.x).where(s.or_(s.a.c.id == 1, s.a.c.x > 2), s.a.c.x < 3),
    "filter_by": lambda s: s.select(s.a).filter_by(x=5, id=1),
    "filter_by joined": lambda s: s.select(s.a).join(s.b).filter_by(name="q"),
    "where elsewhere": lambda s: s.select(s.a.c.x).where(s.b.c.id == 1),
    "select_from": lambda s: s.select(s.a.c.x).select_from(s.b),
    "select_from twice": lambda s: s.select(s.a.c.x).select_from(s.c).where(s.b.c.id == 1),
    "in list": lambda s: s.select(s.a.c.x).where(s.a.c.id.in_(s.select(s.b.c.a_id))),
    "not in": lambda s: s.select(s.a.c.x).where(s.a.c.id.not_in(s.select(s.b.c.a_id))),
    "order": lambda s: s.select(s.a).order_by(s.a.c.x, s.a.c.id.desc()),
    "order by name": lambda s: s.select(s.a).order_by("x"),
    "order by desc name": lambda s: s.select(s.a).order_by(s.desc("x")),
    "order by label": lambda s: s.select(s.a.c.x.label("n")).order_by("n"),
    "order nulls": lambda s: s.select(s.a).order_by(s.a.c.x.desc().nulls_last()),
    "group": lambda s: s.select(s.a.c.x, s.func.count()).group_by(s.a.c.x),
    "group by name": lambda s: s.select(s.a.c.x.label("n"), s.func.count()).group_by("n"),
    "having": lambda s: s.select(s.a.c.x).group_by(s.a.c.x).having(s.func.max(s.a.c.id) == s.a.c.x),
    "distinct": lambda s: s.select(s.a.c.x).distinct(),
    "count distinct": lambda s: s.select(s.func.count(s.a.c.x.distinct())),
    "limit": lambda s: s.select(s.a).limit(5),
    "limit offset": lambda s: s.select(s.a).limit(5).offset(6),
    "offset": lambda s: s.select(s.a).offset(6),
    "fetch": lambda s: s.select(s.a).fetch(3).offset(1),
    "for update": lambda s: s.select(s.a).with_for_update(),
    "prefix": lambda s: s.select(s.a.c.x).prefix_with("FAST"),
    "join": lambda s: s.select(s.a).join(s.b),
    "join two": lambda s: s.select(s.a).join(s.b).join(s.c),
    "join onclause": lambda s: s.select(s.a).join(s.b, s.a.c.x == s.b.c.id),
    "outer join": lambda s: s.select(s.a).outerjoin(s.b),
    "full join": lambda s: s.select(s.a).join(s.b, full=True),
    "join from": lambda s: s.select(s.a.c.x).join_from(s.b, s.c).outerjoin(s.a),
    "join objects": lambda s: s.select(s.a).select_from(s.a.join(s.b).outerjoin(s.c)),
    "join nested": lambda s: s.select(s.a.c.x).select_from(s.a.join(s.b.join(s.c))),
    "join columns": lambda s: s.select(s.a.join(s.b)),
    "join selected": lambda s: s.select(s.a.c.x, s.b.c.name).join(s.b),
    "join alias": lambda s: _with(s.b.alias("q"), lambda q: s.select(s.a).join(q, q.c.a_id == s.a.c.id)),
    "join subquery": lambda s: s.select(s.a).join(s.select(s.b.c.a_id).subquery("q")),
    "alias": lambda s: s.select(s.a.alias("q")),
    "alias anonymous": lambda s: s.select(s.a.alias()),
    "two aliases": lambda s: s.select(s.a.alias().c.x, s.a.alias().c.x),
    "subquery": lambda s: s.select(s.select(s.a).where(s.a.c.x == 1).subquery()),
    "subquery names": lambda s: s.select(s.select(s.a, s.b.c.id).subquery("q")),
    "subquery label": lambda s: s.select(s.select((s.a.c.x + 1).label("n")).subquery("q").c.n),
    "subquery of subquery": lambda s: s.select(s.select(s.select(s.a.c.x).subquery()).subquery()),
    "scalar": lambda s: s.select(s.a.c.x, s.select(s.func.count(s.b.c.id)).scalar_subquery().label("n")),
    "scalar correlated": lambda s: s.select(
        s.a.c.x, s.select(s.b.c.name).where(s.b.c.a_id == s.a.c.id).scalar_subquery().label("n")
    ),
    "scalar compared": lambda s: s.select(s.a.c.x).where(s.a.c.x == s.select(s.func.max(s.b.c.id)).scalar_subquery()),
    "uncorrelated": lambda s: s.select(s.a.c.x).where(
        s.a.c.x == s.select(s.b.c.id).where(s.b.c.a_id == s.a.c.id).correlate(None).scalar_subquery()
    ),
    "correlate except": lambda s: s.select(s.a.c.x).where(
        s.select(s.b.c.id).where(s.b.c.a_id == s.a.c.id).correlate_except(s.b).exists()
    ),
    "exists": lambda s: s.select(s.a.c.x).where(s.exists().where(s.b.c.a_id == s.a.c.id)),
    "exists select": lambda s: s.select(s.a.c.x).where(s.select(s.b.c.id).where(s.b.c.a_id == s.a.c.id).exists()),
    "exists columns": lambda s: s.exists(s.a.c.id).select(),
    "not exists": lambda s: s.select(s.a.c.x).where(~s.exists().where(s.b.c.a_id == s.a.c.id)),
    "exists of one table": lambda s: s.select(s.a.c.x).where(s.select(s.a.c.id).exists()),
    "lateral": lambda s: s.select(s.a.c.x, s.lateral(s.select(s.b).where(s.b.c.a_id == s.a.c.id), "q").c.name),
    "union": lambda s: s.select(s.a.c.x).union(s.select(s.b.c.id)),
    "union all": lambda s: s.union_all(s.select(s.a.c.x), s.select(s.b.c.id)).order_by("x").limit(3),
    "union order": lambda s: s.union(s.select(s.a.c.x), s.select(s.b.c.id)).order_by(s.a.c.x),
    "intersect": lambda s: s.intersect(s.select(s.a.c.x), s.select(s.b.c.id)),
    "except": lambda s: s.except_(s.select(s.a.c.x), s.select(s.b.c.id)),
    "union nested": lambda s: s.select(s.a.c.x).union(s.select(s.b.c.id).union_all(s.select(s.c.c.id))),
    "union limited": lambda s: s.select(s.a.c.x).limit(1).union(s.select(s.b.c.id).order_by(s.b.c.id)),
    "union subquery": lambda s: s.select(s.union(s.select(s.a.c.x), s.select(s.b.c.id)).subquery("q").c.x),
    "cte": lambda s: s.select(s.select(s.a.c.x).where(s.a.c.x > 1).cte("q")),
    "cte twice": lambda s: _with(s.select(s.a.c.x).cte("q"), lambda q: s.select(q.c.x, q.alias("r").c.x)),
    "cte of cte": lambda s: _with(s.select(s.a.c.x).cte("q"), lambda q: s.select(s.select(q.c.x).cte("r"))),
    "cte in subquery": lambda s: s.select(s.a.c.x).where(s.a.c.id.in_(s.select(s.select(s.b.c.id).cte("q").c.id))),
    "cte recursive": lambda s: _with(
        s.select(s.a.c.x).cte("q", recursive=True),
        lambda q: s.select(q.union_all(s.select(q.c.x + 1).where(q.c.x < 9))),
    ),
    "cte in update": lambda s: _with(
        s.select(s.b.c.id).cte("q"), lambda q: s.update(s.a).values(x=q.c.id).where(s.a.c.id == q.c.id)
    ),
    "values": lambda s: s.select(
        s.values(s.column("p", s.Integer), s.column("q", s.String), name="v").data([(1, "x"), (2, "y")])
    ),
    "text columns": lambda s: s.select(s.text("SELECT id FROM a").columns(s.a.c.id).subquery("q")),
    "text cte": lambda s: s.select(s.text("SELECT id FROM a").columns(s.a.c.id).cte("q")),
    "add columns": lambda s: s.select(s.a.c.x).add_columns(s.b.c.name),
    "only columns": lambda s: s.select(s.a.c.x).where(s.a.c.id == 2).with_only_columns(s.a.c.id),
    "join text": lambda s: s.a.join(s.b),
    "whereclause": lambda s: s.select(s.a).where(s.a.c.x == 1, s.a.c.id == 2).whereclause,
    "insert": lambda s: s.insert(s.a),
    "insert values": lambda s: s.insert(s.a).values(x=1),
    "insert rows": lambda s: s.insert(s.a).values([{"x": 1}, {"x": 2}]),
    "insert tuple": lambda s: s.insert(s.a).values((1, 2)),
    "insert defaults": lambda s: s.insert(s.c).values(id=1),
    "insert expression": lambda s: s.insert(s.a).values(x=s.func.max(3)),
    "insert bindparam": lambda s: s.insert(s.a).values(x=s.bindparam("n")),
    "insert select": lambda s: s.insert(s.a).from_select(["x"], s.select(s.b.c.id)),
    "insert select defaults": lambda s: s.insert(s.c).from_select(["id"], s.select(s.b.c.id)),
    "insert returning": lambda s: s.insert(s.a).values(x=1).returning(s.a.c.id, s.a.c.x + 1),
    "insert prefix": lambda s: s.insert(s.a).prefix_with("OR IGNORE").values(x=1),
    "insert schema": lambda s: s.insert(s.far).values(id=1),
    "update": lambda s: s.update(s.a),
    "update values": lambda s: s.update(s.a).values(x=1).where(s.a.c.id == 2),
    "update expression": lambda s: s.update(s.a).values(x=s.a.c.x + 1),
    "update onupdate": lambda s: s.update(s.c).values(id=1),
    "update ordered": lambda s: s.update(s.b).ordered_values((s.b.c.name, "x"), (s.b.c.a_id, 1)),
    "update subquery": lambda s: s.update(s.a).values(
        x=s.select(s.func.max(s.b.c.id)).where(s.b.c.a_id == s.a.c.id).scalar_subquery()
    ),
    "update from": lambda s: s.update(s.a).values(x=s.b.c.id).where(s.a.c.id == s.b.c.a_id),
    "update bindparam": lambda s: s.update(s.a).where(s.a.c.id == s.bindparam("b_id")).values(x=s.bindparam("n")),
    "update returning": lambda s: s.update(s.a).values(x=1).returning(s.a),
    "delete": lambda s: s.delete(s.a),
    "delete where": lambda s: s.delete(s.a).where(s.a.c.id == 1, s.a.c.x == 2),
    "delete exists": lambda s: s.delete(s.a).where(s.exists().where(s.b.c.a_id == s.a.c.id)),
    "delete returning": lambda s: s.delete(s.a).returning(s.a.c.id),
    "table methods": lambda s: s.a.select().where(s.a.c.id == 1),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_text_is_the_same(name: str) -> None:
    build = STATEMENTS[name]
    assert " ".join(str(build(OURS)).split()) == " ".join(str(build(THEIRS)).split())


def test_there_are_enough_statements_to_compare() -> None:
    assert len(STATEMENTS) >= 80


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name.startswith("subquery") or "join" in name])
def test_the_columns_of_the_subquery_have_the_same_keys(name: str) -> None:
    ours, theirs = STATEMENTS[name](OURS), STATEMENTS[name](THEIRS)
    if hasattr(ours, "subquery"):
        assert ours.subquery().c.keys() == theirs.subquery().c.keys()
