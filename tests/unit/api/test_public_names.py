"""Every public name of SQLAlchemy is in azoth under the same path, or stands here with the reason why not."""

from __future__ import annotations

import importlib
import inspect
import warnings
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("sqlalchemy")

MODULES = [
    "sqlalchemy",
    "sqlalchemy.orm",
    "sqlalchemy.exc",
    "sqlalchemy.orm.exc",
    "sqlalchemy.types",
    "sqlalchemy.schema",
    "sqlalchemy.sql",
    "sqlalchemy.sql.expression",
    "sqlalchemy.engine",
    "sqlalchemy.pool",
    "sqlalchemy.event",
    "sqlalchemy.inspection",
    "sqlalchemy.ext.declarative",
    "sqlalchemy.ext.horizontal_shard",
    "sqlalchemy.ext.instrumentation",
    "sqlalchemy.dialects.mssql",
    "sqlalchemy.dialects.mysql",
    "sqlalchemy.dialects.oracle",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm.attributes",
    "sqlalchemy.orm.collections",
    "sqlalchemy.orm.session",
    "sqlalchemy.orm.query",
    "sqlalchemy.orm.relationships",
    "sqlalchemy.orm.properties",
    "sqlalchemy.orm.descriptor_props",
    "sqlalchemy.orm.state",
    "sqlalchemy.orm.identity",
    "sqlalchemy.orm.instrumentation",
    "sqlalchemy.orm.scoping",
    "sqlalchemy.orm.decl_api",
    "sqlalchemy.orm.strategy_options",
    "sqlalchemy.orm.util",
    "sqlalchemy.orm.dynamic",
    "sqlalchemy.orm.writeonly",
    "sqlalchemy.orm.events",
    "sqlalchemy.orm.interfaces",
    "sqlalchemy.engine.url",
    "sqlalchemy.engine.result",
    "sqlalchemy.engine.reflection",
]

ASYNCHRONOUS = "belongs to the asynchronous twin"
OTHER_DATABASES = "has no meaning on the databases that are supported so far"
NEW_IN_2_1 = "new in SQLAlchemy 2.1, or experimental there"
INTERNAL = "a part of SQLAlchemy's machinery, which azoth does not have"
UNDOCUMENTED = "a part of SQLAlchemy's machinery; no page of its documentation has it"
TYPING = "only stands in the annotations of SQLAlchemy's own signatures"
CLASSIC = "given up by SQLAlchemy itself; what replaced it is here"

REASONS = {
    ASYNCHRONOUS: """
        AdaptedConnection AsyncAdaptedQueuePool
    """,
    CLASSIC: """
        Connectable MapperOption Variant
    """,
    INTERNAL: """
        register_class unregister_class
    """,
    UNDOCUMENTED: """
        CompileStateOption ConcreteInheritedProperty ConnectionEventsTarget CriteriaOption DCTransformDeclarative
        DescriptorProperty DynamicCollectionHistory Event ExpressionClauseList FromGrouping InvokeDDLBase LoaderOption
        LoaderStrategy MappedClassWithTypedColumnsProtocol ORMAdapter ORMColumnDescription ORMColumnsClauseRole
        ORMEntityColumnsClauseRole ORMFromClauseRole ORMOption ORMStatementAdapter ORMStatementRole PendingCollection
        RMKeyView ReflectionDefaults RegistryType ReleaseSavepointClause ResultInternal ResultMetaData
        RollbackToSavepointClause SavepointClause SchemaVisitable SchemaVisitor StrategizedProperty TypeClause Unmapped
        WriteOnlyHistory WriteableColumnCollection adapt_type cache connection_memoize flexi_cache get_state_history
        init_state_collection loader_unbound_fn mixin_user_query null_result unmapped_column
    """,
}


DOCUMENTED = frozenset(Path(__file__).with_name("documented_names.txt").read_text(encoding="utf-8").split())
"""Names that directives and cross-references of SQLAlchemy's documentation speak of; its changelogs apart."""


def public_names(module: ModuleType) -> list[str]:
    """List what a module offers: what it says itself, or else what it or its package defines."""
    declared = getattr(module, "__all__", None)
    if declared is not None:
        return list(declared)
    package = "sqlalchemy" if module.__name__.count(".") < 2 or module.__name__ == "sqlalchemy.sql.expression" else None
    names = []
    for name, value in vars(module).items():
        if name.startswith("_") or inspect.ismodule(value):
            continue
        home = getattr(value, "__module__", "") or ""
        if home.startswith("sqlalchemy") if package else home == module.__name__:
            names.append(name)
    return names


PUT_THERE_LATER = {"opt_manager_of_class"}
"""What a module of SQLAlchemy's gets when a program, such as another test of this process, uses it."""


def missing_names(path: str) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = importlib.import_module(path)
    ours = importlib.import_module(path.replace("sqlalchemy", "azoth", 1))
    return {name for name in public_names(theirs) if name not in PUT_THERE_LATER and not hasattr(ours, name)}


@pytest.mark.parametrize("path", MODULES)
def test_each_public_name_is_here_or_has_a_reason(path: str) -> None:
    known = {name for names in REASONS.values() for name in names.split()}
    unexplained = missing_names(path) - known
    assert not unexplained, f"{path} has {sorted(unexplained)}"


def test_no_reason_is_given_for_a_name_that_is_here() -> None:
    missing = set().union(*(missing_names(path) for path in MODULES))
    known = {name for names in REASONS.values() for name in names.split()}
    assert not known - missing


def test_no_page_has_what_is_called_undocumented() -> None:
    assert not DOCUMENTED & set(REASONS[UNDOCUMENTED].split())
    assert {"Select", "create_engine", "OperatorClass"} <= DOCUMENTED


@pytest.mark.parametrize("path", MODULES)
def test_declared_names_exist(path: str) -> None:
    module = importlib.import_module(path.replace("sqlalchemy", "azoth", 1))
    for name in getattr(module, "__all__", ()):
        assert getattr(module, name, None) is not None or name.startswith("NULL"), name


@pytest.mark.parametrize(
    "path", ["sqlalchemy", "sqlalchemy.orm", "sqlalchemy.sql", "sqlalchemy.types", "sqlalchemy.schema"]
)
def test_functions_and_classes_are_of_the_same_kind(path: str) -> None:
    theirs = importlib.import_module(path)
    ours = importlib.import_module(path.replace("sqlalchemy", "azoth", 1))
    different = {
        name
        for name in public_names(theirs)
        if hasattr(ours, name) and inspect.isclass(getattr(theirs, name)) and not inspect.isclass(getattr(ours, name))
    }
    # sessionmaker() makes a class, as in the classic days.
    different.discard("sessionmaker")
    assert not different
