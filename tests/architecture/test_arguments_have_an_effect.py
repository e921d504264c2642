"""An argument has an effect or is refused: nothing is accepted in silence, misspelt keywords least of all."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import pytest

from azoth import exc
from tests.architecture.source import modules
from tests.unit.api.wrong_calls import ground

FRONTS = [
    "azoth",
    "azoth.orm",
    "azoth.schema",
    "azoth.types",
    "azoth.engine",
    "azoth.pool",
    "azoth.event",
    "azoth.dialects.sqlite",
]

INTERFACES = re.compile(
    r"\.(CreateEnginePlugin|\w*Dialect\w*|\w*Reflection|TypeCompiler|TypeEngine|TypeDecorator|UserDefinedType|DeclarativeMeta|"
    r"PropComparator|Events|\w+Events|AttributeExtension|MapperExtension|SessionExtension|NullType)\.|"
    r"\.(bind_processor|result_processor|literal_processor|process_bind_param|process_result_value|"
    r"neighbours|Attribute\.initialize|Attribute\.load|CascadeOptions\.__init__|coerce_compared_value|self_group|operate|reverse_operate|adapt|create_row_processor|do_ping|compare_values|"
    r"MapperProperty\.merge|MapperProperty\.set_parent)$"
)
"""What is called by azoth and implemented by many: each implementation reads what it needs."""

TRACKING = "statements are found by their shape, so nothing needs tracking"

WITHOUT_EFFECT = {
    "engine.mock.MockConnection.execute": {"execution_options": "a mock executes nothing"},
    "engine.url.URL.translate_connect_args": {"names": "documented as unused since SQLAlchemy 1.4"},
    "orm.loading.loader_criteria.LoaderCriteriaOption.__init__": {
        "track_closure_variables": "as for with_loader_criteria()"
    },
    "sql.functions.element.FunctionElement.within_group_type": {"within_group": "for functions that look at it"},
    "sql.selectable.from_clause.FromClause.with_cols": {"type_": "for type checkers"},
    "sql.selectable.lambdas.StatementLambdaElement.add_criteria": dict.fromkeys(
        ("enable_tracking", "track_on", "track_closure_variables", "track_bound_values"), TRACKING
    ),
    "sql.selectable.lambdas.lambda_stmt": dict.fromkeys(
        (
            "enable_tracking",
            "track_closure_variables",
            "track_on",
            "global_track_bound_values",
            "track_bound_values",
            "lambda_cache",
        ),
        TRACKING,
    ),
    "sql.selectable.select_base.SelectBase.set_label_style": {"style": "text has no labels; a SELECT has its own"},
    "sql.ddl.elements.CreateTable.to_metadata": {"metadata": "called by Table.to_metadata(); the table says it"},
    "sql.ddl.elements.DropTable.to_metadata": {"metadata": "as above"},
    "sql.ddl.from_select.DropView.to_metadata": {"metadata": "as above"},
    "orm.loading.loader_criteria.with_loader_criteria": {
        "track_closure_variables": "functions are called for each statement, so nothing needs tracking"
    },
    "orm.mapping.attributes.instrumented_attribute.InstrumentedAttribute.any": {
        "criterion": "refuses: the attribute is no relationship",
        "values": "refuses",
    },
    "orm.mapping.attributes.instrumented_attribute.InstrumentedAttribute.has": {
        "criterion": "refuses: the attribute is no relationship",
        "values": "refuses",
    },
    "orm.mapping.attributes.instrumented_attribute.InstrumentedAttribute.of_type": {"entity": "refuses"},
    "orm.mapping.attributes.instrumented_attribute.InstrumentedAttribute.and_": {"criteria": "refuses"},
    "orm.mapping.properties.composite.CompositeProperty.get_history": {"dict_": "the state knows its dictionary"},
    "orm.mapping.properties.property.MapperProperty.cascade_iterator": dict.fromkeys(
        ("type_", "state", "dict_", "visited_states", "halt_on"), "only relationships lead to other objects"
    ),
    "orm.mapping.properties.relationship.RelationshipProperty.cascade_iterator": {
        "dict_": "the state knows its dictionary"
    },
    "orm.mapping.properties.composite.CompositeProperty.history_of": {"instance": "as for all attributes"},
    "orm.mapping.properties.relationship.RelationshipProperty.__init__": {
        "bake_queries": "legacy in SQLAlchemy too; nothing is baked"
    },
    "orm.query.fetching.Fetching.instances": {"context": "classic, always None in programs"},
    "orm.session.session.Session.__init__": {"enable_baked_queries": "legacy in SQLAlchemy too; nothing is baked"},
    "orm.session.session.Session.get_bind": {"arguments": "for get_bind() of the program's own, which are given them"},
    "sql.ddl.elements.AddConstraint.__init__": {"isolate_from_table": "constraints stay in their table's listing"},
    "sql.ddl.elements.DropConstraint.__init__": {"isolate_from_table": "constraints stay in their table's listing"},
    "sql.dml.update_statement.Update.__init__": {"inline": "an UPDATE fetches nothing unless it is asked to"},
    "sql.elements.bind_parameter.BindParameter.__init__": {"quote": "names of parameters are quoted where needed"},
    "sql.schema.column.Column.__init__": {"sort_order": "read by mapped_column(), which hands it on"},
    "sql.selectable.alias.TableValuedAlias.alias": {"flat": "is about joins"},
    "sql.selectable.alias.alias": {"flat": "is about joins, which are aliased part by part in any case"},
    "sql.selectable.common_table.CTE.alias": {"flat": "is about joins"},
    "sql.selectable.select_base.SelectBase.alias": {"flat": "is about joins"},
    "sql.selectable.value_rows.Values.alias": {"flat": "is about joins"},
}
"""Parameters that are documented as having nothing to do, and why."""

STORED_ONLY = {
    "payload": "what an option of the program's own carries, for its own listeners",
    "distinct_target_key": "relationship: related objects are loaded by IN lists, which need no DISTINCT",
    "omit_join": "relationship: selectinload leaves the join out wherever it can",
    "required": "bindparam: a missing value is an error in any case",
    "create_type": "SchemaType: for create_all() on databases that have types with names",
    "eager_grouping": "op: parentheses stand wherever the order of operators needs them",
    "on_null": "Identity: only Oracle has it",
    "inherit_schema": "Enum: for types that live in a schema, which SQLite has not",
    "joins_implicitly": "table_valued: what a function in FROM depends on is seen",
    "timezone": "DateTime, Time: for databases that keep time zones",
    "native": "Interval: for databases that have intervals",
    "second_precision": "Interval: for databases that have intervals",
    "day_precision": "Interval: for databases that have intervals",
    "entity_name": "mapper: read by name where classic mappings are told apart",
    "reflected": "DefaultClause: for programs to read",
}
"""What constructors keep for other databases, or for programs to read."""

OPEN = re.compile(
    r"\.(execution_options|update_execution_options|options_meanwhile|filter_by|params|unique_params|values|bindparams|"
    r"columns|any|has|operate|reverse_operate|get_bind|adapt|to_instance|process|visit_\w+|get_col_spec|"
    r"should_execute|cursor|InstrumentedDict\.update|KeyFuncDict\.\w+|connect|translate_connect_args|"
    r"DeclarativeMeta\.__init__|SessionFactory\.__init__|TypeDecorator\.__init__)$|Reflection\.|MockConnection\.|\.Table\.__init__$|"
    r"\.ColumnCollectionConstraint\.__init__$|\.Constraint\.(copy|__init__)$|\.sql\.dml\.\w+\.\w+\.__init__$"
)
"""Keywords that are names of the program's own (columns, parameters, options), or go on to what the table has."""

MISSPELT = r"""
    azoth.create_engine("sqlite://", nothing_such=5)
    azoth.orm.run(e, print, nothing_such=5)
    azoth.create_pool_from_url("sqlite://", nothing_such=5)
    azoth.engine_from_config({"sqlalchemy.url": "sqlite://"}, nothing_such=5)
    azoth.create_mock_engine("sqlite://", print, nothing_such=5)
    make_url("sqlite://").set(nothing_such=5)
    event.listen(e, "connect", print, nothing_such=5)
    azoth.CreateTableAs(azoth.select(azoth.literal(1)), "x", nothing_such=5)
    azoth.CreateView(azoth.select(azoth.literal(1)), "x", nothing_such=5)
    azoth.Identity(nothing_such=5)
    azoth.Sequence("x", nothing_such=5)
    azoth.select(azoth.literal(1)).fetch(5, nothing_such=5)
    azoth.table("x").update().with_dialect_options(nothing_such=5)
    azoth.UniqueConstraint("x").copy(nothing_such=5)
    azoth.column("x").get_children(nothing_such=5)
    event.listens_for(e, "connect", nothing_such=5)(print)
    orm.mapper(plain_class(), t, nothing_such=5)
    orm.Mapper(plain_class(), t, registry=orm.registry(), nothing_such=5)
    orm.as_declarative(nothing_such=5)(plain_class())
    orm.registry().as_declarative_base(nothing_such=5)
    orm.registry().map_imperatively(plain_class(), t, nothing_such=5)
    orm.registry().mapped_as_dataclass(plain_class(), nothing_such=5)
    orm.mapped_column(azoth.Integer, nothing_such=5)
    orm.mapped_column(azoth.Integer, nothing=5)
    orm.column_property(t.c.x, nothing_such=5)
    orm.deferred(t.c.x, nothing_such=5)
    orm.query_expression(nothing_such=5)
    orm.composite(object, t.c.x, nothing_such=5)
    orm.backref("x", nothing_such=5)
    orm.dynamic_loader("X", nothing_such=5)
    orm.relation("X", nothing_such=5)
    orm.relationship("X", nothing_such=5)
    orm.relationship("X", extension=5)
    orm.synonym("x", nothing_such=5)
    s.query(P).join(P.cs, nothing_such=5)
    s.query(P).outerjoin(P.cs, nothing_such=5)
    s.query(P).with_entities(P.id, nothing_such=5)
    s.query(P, nothing_such=5)
    s.get_one(P, 1, nothing_such=5)
    orm.Session.identity_key(P, 1, nothing_such=5)
    orm.create_session(e, nothing_such=5)
    orm.sessionmaker(e, nothing_such=5)
    orm.scoped_session(orm.sessionmaker(e)).configure(nothing_such=5)
    pool.QueuePool(print, nothing_such=5)
    pool.AssertionPool(print, nothing_such=5)
    pool.SingletonThreadPool(print, nothing_such=5)
    pool.StaticPool(print, nothing_such=5)
    sqlite.dialect(nothing_such=5)
    azoth.delete(t, nothing_such=5)
    azoth.insert(t, nothing_such=5)
    azoth.update(t, nothing_such=5)
    t.delete(nothing_such=5)
    t.insert(nothing_such=5)
    t.update(nothing_such=5)
    t.select(nothing_such=5)
    azoth.select([t], nothing_such=5)
    azoth.select(t).compile(nothing_such=5)
    t.c.x.match("a", nothing_such=5)
    azoth.Column("x", azoth.Integer, nothing_such=5)
    azoth.Column("x", azoth.Integer, primary_kee=True)
    azoth.Column("x", azoth.Integer, sqlite_on_conflict_unike="IGNORE")
    azoth.Column("x", azoth.Integer).copy(nothing_such=5)
    azoth.CheckConstraint("x > 1", nothing_such=5)
    azoth.UniqueConstraint("x", sqlite_on_conflikt="IGNORE")
    azoth.PrimaryKeyConstraint("x", nothing_such=5)
    azoth.ForeignKey("a.b", nothing_such=5)
    azoth.ForeignKeyConstraint(["a"], ["a.b"], nothing_such=5)
    azoth.ForeignKey("a.b").copy(nothing_such=5)
    azoth.Index("x", "y", nothing_such=5)
    azoth.Index("x", "y", sqlite_were="x")
    azoth.Table("x", azoth.MetaData(), nothing_such=5)
    azoth.Table("x", azoth.MetaData(), sqlite_autoincremetn=True)
    t.metadata.reflect(e, extend_existing=True, nothing_such=5)
    azoth.Integer().copy(nothing_such=5)
    azoth.inspect(e).get_columns("t", nothing_such=5)
    azoth.inspect(e).get_multi_columns(nothing_such=5)
"""


@cache
def public_functions() -> dict[str, FunctionType]:
    """Find all public functions, constructors and methods of public classes, by their full names."""
    found: dict[str, FunctionType] = {}
    for front in map(importlib.import_module, FRONTS):
        for name in front.__all__:
            for function in _functions_of(getattr(front, name)):
                function = inspect.unwrap(function)
                if function.__module__.startswith("azoth."):
                    found[f"{function.__module__.removeprefix('azoth.')}.{function.__qualname__}"] = function
    return found


def _functions_of(subject: Any) -> Iterator[Callable[..., Any]]:
    if isinstance(subject, FunctionType):
        yield subject
    elif isinstance(subject, type) and not issubclass(subject, BaseException):
        for base in subject.__mro__:
            for name, member in vars(base).items() if base.__module__.startswith("azoth") else ():
                function = getattr(member, "__func__", member)
                if isinstance(function, FunctionType) and (not name.startswith("_") or name in {"__init__", "_new"}):
                    yield function


@cache
def _definitions() -> dict[tuple[str, str], ast.FunctionDef]:
    return {(module.name, qualified): node for module in modules() for qualified, node in _defined(module.tree, "")}


def _defined(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _defined(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            yield f"{prefix}{child.name}", child
        elif isinstance(child, ast.If):
            yield from _defined(child, prefix)


def _unread(node: ast.FunctionDef) -> list[str]:
    names = {name.id for statement in node.body for name in ast.walk(statement) if isinstance(name, ast.Name)}
    if "locals" in names or _only_refuses(node):
        return []
    arguments = node.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    given += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [one.arg for one in given if one.arg not in names and one.arg not in {"self", "cls"}]


def _only_refuses(node: ast.FunctionDef) -> bool:
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return all(isinstance(one, ast.Raise | ast.Pass) for one in body)


def test_public_functions_are_found() -> None:
    assert len(public_functions()) > 1_000


def test_every_parameter_is_read_by_its_function() -> None:
    unread = {}
    for name, function in public_functions().items():
        node = _definitions().get((function.__module__, function.__qualname__))
        if node is None or INTERFACES.search(f".{name}"):
            continue
        silent = [one for one in _unread(node) if one not in WITHOUT_EFFECT.get(name, {}) and not one.startswith("_")]
        if silent and not name.endswith(("__exit__", ".Table.__init__")):
            unread[name] = silent
    assert unread == {}


def test_the_list_of_parameters_without_effect_is_true() -> None:
    for name, parameters in WITHOUT_EFFECT.items():
        function = public_functions()[name]
        node = _definitions()[function.__module__, function.__qualname__]
        assert set(parameters) <= set(_unread(node)) | ({*parameters} if _only_refuses(node) else set()), name


def test_what_constructors_keep_is_read_somewhere() -> None:
    """An argument that is stored on the object, and that nobody ever looks at, has no effect either."""
    loads: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                loads[node.attr] += 1
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words[node.value] += 1
    kept = {
        attribute: name
        for name, function in public_functions().items()
        if name.endswith("__init__") and not INTERFACES.search(f".{name}")
        for attribute in _stored(_definitions().get((function.__module__, function.__qualname__)))
    }
    silent = {one: name for one, name in kept.items() if not loads[one] and not words[one]}
    assert {one: name for one, name in silent.items() if one not in STORED_ONLY and not one.startswith("_")} == {}


def _stored(node: ast.FunctionDef | None) -> Iterator[str]:
    if node is None:
        return
    parameters = {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    for statement in ast.walk(node):
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(target, ast.Attribute) and isinstance(statement.value, ast.Name):
                if statement.value.id in parameters:
                    yield target.attr


def test_every_function_with_open_keywords_is_tried() -> None:
    """Whoever adds a function with ``**keywords`` adds a misspelt call of it, or says why they are open."""
    tried = set(re.findall(r"(\w+)\(", MISSPELT))
    untried = []
    for name, function in public_functions().items():
        if not function.__code__.co_flags & inspect.CO_VARKEYWORDS or OPEN.search(f".{name}"):
            continue
        parts = name.split(".")
        called = parts[-2] if parts[-1] in {"__init__", "_new"} else parts[-1]
        if called not in tried and not called.startswith(("get_", "has_", "sort_", "SQLiteDialect")):
            untried.append(name)
    assert untried == []


@pytest.mark.parametrize("call", [line.strip() for line in MISSPELT.splitlines() if line.strip()])
def test_a_misspelt_keyword_is_refused(call: str) -> None:
    keyword = re.findall(r"(\w+)=", call)[-1]
    with ground() as names, pytest.raises((TypeError, exc.ArgumentError)) as caught:
        exec(call, {**names})
    assert keyword in str(caught.value)


def test_modules_are_no_functions() -> None:
    assert not any(isinstance(one, ModuleType) for one in public_functions().values())
