"""The ORM: mappings, sessions, queries and loading, under the names that programs import."""

from __future__ import annotations

from azoth.util.late_names import late_names

# As typing.TYPE_CHECKING, which type checkers take it for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from azoth.orm import attributes as attributes
    from azoth.orm import collections as collections
    from azoth.orm import decl_api as decl_api
    from azoth.orm import descriptor_props as descriptor_props
    from azoth.orm import dynamic as dynamic
    from azoth.orm import events as events
    from azoth.orm import exc as exc
    from azoth.orm import identity as identity
    from azoth.orm import interfaces as interfaces
    from azoth.orm import properties as properties
    from azoth.orm import query as query
    from azoth.orm import relationships as relationships
    from azoth.orm import scoping as scoping
    from azoth.orm import session as session
    from azoth.orm import state as state
    from azoth.orm import strategy_options as strategy_options
    from azoth.orm import util as util
    from azoth.orm import writeonly as writeonly
    from azoth.orm.collections import (
        KeyFuncDict,
        MappedCollection,
        attribute_keyed_dict,
        attribute_mapped_collection,
        column_keyed_dict,
        column_mapped_collection,
        keyfunc_mapping,
        mapped_collection,
    )
    from azoth.orm.loading.frozen_results import merge_frozen_result, merge_result
    from azoth.orm.loading.load_context import QueryContext
    from azoth.orm.loading.loader_criteria import LoaderCriteriaOption, with_loader_criteria
    from azoth.orm.loading.loader_options import Load
    from azoth.orm.loading.option_functions import (
        contains_eager,
        defaultload,
        defer,
        immediateload,
        joinedload,
        lazyload,
        load_only,
        noload,
        raiseload,
        selectin_polymorphic,
        selectinload,
        subqueryload,
        undefer,
        undefer_group,
        with_expression,
    )
    from azoth.orm.loading.peers import set_load_on_peers
    from azoth.orm.loading.user_defined_option import AliasOption, UserDefinedOption, contains_alias
    from azoth.orm.mapping.attributes.comparator import PropComparator, SQLORMExpression
    from azoth.orm.mapping.attributes.instrumented_attribute import InstrumentedAttribute
    from azoth.orm.mapping.attributes.join_marks import foreign, remote
    from azoth.orm.mapping.attributes.mapped import Mapped, MappedClassProtocol, ORMDescriptor
    from azoth.orm.mapping.attributes.queryable_attribute import QueryableAttribute
    from azoth.orm.mapping.classic.imperative import mapper
    from azoth.orm.mapping.configuring.configuration import configure_mappers
    from azoth.orm.mapping.configuring.mapper_events import MapperEvents
    from azoth.orm.mapping.configuring.registry_events import RegistryEvents
    from azoth.orm.mapping.declarative.annotations.type_resolve import TypeResolve
    from azoth.orm.mapping.declarative.base import (
        DeclarativeBase,
        DeclarativeBaseNoMeta,
        MappedAsDataclass,
        add_mapped_attribute,
        as_declarative,
        declarative_base,
        has_inherited_table,
    )
    from azoth.orm.mapping.declarative.declared_attr import declarative_mixin, declared_attr
    from azoth.orm.mapping.declarative.mapped_column import MappedColumn, mapped_column, orm_insert_sentinel
    from azoth.orm.mapping.declarative.mapped_dataclass import unmapped_dataclass
    from azoth.orm.mapping.declarative.meta import DeclarativeMeta
    from azoth.orm.mapping.declarative.registry import (
        as_typed_table,
        clear_mappers,
        mapped_as_dataclass,
        registry,
    )
    from azoth.orm.mapping.direction import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
    from azoth.orm.mapping.entities.aliased import AliasedClass, AliasedInsp, aliased
    from azoth.orm.mapping.entities.bundle import Bundle, DictBundle
    from azoth.orm.mapping.entities.entity_join import join, outerjoin
    from azoth.orm.mapping.entities.instance_mapper import class_mapper, object_mapper
    from azoth.orm.mapping.entities.with_parent import with_parent
    from azoth.orm.mapping.entities.with_polymorphic import with_polymorphic
    from azoth.orm.mapping.hierarchy.polymorphic_union import polymorphic_union
    from azoth.orm.mapping.mapper.extension import MapperExtension
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.mapping.properties.cascade_options import CascadeOptions
    from azoth.orm.mapping.properties.column_property import (
        ColumnProperty,
        MappedSQLExpression,
        column_property,
        deferred,
        query_expression,
    )
    from azoth.orm.mapping.properties.composite import Composite, CompositeProperty, composite
    from azoth.orm.mapping.properties.property import MapperProperty
    from azoth.orm.mapping.properties.relationship import Relationship, RelationshipProperty
    from azoth.orm.mapping.properties.relationship_constructors import backref, dynamic_loader, relation, relationship
    from azoth.orm.mapping.properties.synonym import Synonym, SynonymProperty, synonym, synonym_for
    from azoth.orm.mapping.properties.validates import reconstructor, validates
    from azoth.orm.query.appender_query import AppenderQuery, DynamicMapped
    from azoth.orm.query.query import Query
    from azoth.orm.query.query_state import QueryEvents
    from azoth.orm.query.write_only_collection import WriteOnlyCollection, WriteOnlyMapped
    from azoth.orm.runtime.inspected.inspected_state import AttributeState
    from azoth.orm.runtime.inspected.inspection_attr import (
        InspectionAttr,
        InspectionAttrExtensionType,
        InspectionAttrInfo,
        NotExtension,
    )
    from azoth.orm.runtime.instrumentation.class_manager import ClassManager
    from azoth.orm.runtime.instrumentation.instance_events import InstanceEvents
    from azoth.orm.runtime.instrumentation.instrumentation_events import InstrumentationEvents
    from azoth.orm.runtime.passive import PassiveFlag
    from azoth.orm.runtime.related.attribute_event_token import AttributeEventToken
    from azoth.orm.runtime.related.attribute_events import AttributeEvents
    from azoth.orm.runtime.related.attribute_extension import AttributeExtension
    from azoth.orm.runtime.state import InstanceState
    from azoth.orm.runtime.symbols import EXT_CONTINUE, EXT_SKIP, EXT_STOP, NO_KEY, NO_VALUE, LoaderCallableStatus
    from azoth.orm.session.classic.extension import SessionExtension
    from azoth.orm.session.events.flush_context import UOWTransaction
    from azoth.orm.session.events.session_events import SessionEvents
    from azoth.orm.session.factory import create_session, run, sessionmaker
    from azoth.orm.session.objects.moving import make_transient, make_transient_to_detached, was_deleted
    from azoth.orm.session.objects.views import IdentityMap
    from azoth.orm.session.open_sessions import close_all_sessions
    from azoth.orm.session.scoped import QueryPropertyDescriptor, scoped_session
    from azoth.orm.session.session import Session, object_session
    from azoth.orm.session.statements.execute_state import ORMExecuteState
    from azoth.orm.session.transactions.begun_by import SessionTransactionOrigin
    from azoth.orm.session.transactions.transaction import SessionTransaction
    from azoth.orm.session.transactions.two_phases.recovery import Recovery, recover_twophase
    from azoth.orm.session.transactions.two_phases.settings import TwoPhase
    from azoth.sql.selectable import FromStatement
else:
    __getattr__, __dir__ = late_names(__name__, globals(), first="azoth.orm.wiring")

# Written by scripts/facades from the imports above; edit those.
__all__ = [
    "EXT_CONTINUE", "EXT_SKIP", "EXT_STOP", "MANYTOMANY", "MANYTOONE", "NO_KEY", "NO_VALUE", "ONETOMANY", "AliasOption",
    "AliasedClass", "AliasedInsp", "AppenderQuery", "AttributeEventToken", "AttributeEvents", "AttributeExtension",
    "AttributeState", "Bundle", "CascadeOptions", "ClassManager", "ColumnProperty", "Composite", "CompositeProperty",
    "DeclarativeBase", "DeclarativeBaseNoMeta", "DeclarativeMeta", "DictBundle", "DynamicMapped", "FromStatement",
    "IdentityMap", "InspectionAttr", "InspectionAttrExtensionType", "InspectionAttrInfo", "InstanceEvents",
    "InstanceState", "InstrumentationEvents", "InstrumentedAttribute", "KeyFuncDict", "Load", "LoaderCallableStatus",
    "LoaderCriteriaOption", "Mapped", "MappedAsDataclass", "MappedClassProtocol", "MappedCollection", "MappedColumn",
    "MappedSQLExpression", "Mapper", "MapperEvents", "MapperExtension", "MapperProperty", "NotExtension",
    "ORMDescriptor", "ORMExecuteState", "PassiveFlag", "PropComparator", "Query", "QueryContext", "QueryEvents",
    "QueryPropertyDescriptor", "QueryableAttribute", "Recovery", "RegistryEvents", "Relationship",
    "RelationshipDirection", "RelationshipProperty", "SQLORMExpression", "Session", "SessionEvents", "SessionExtension",
    "SessionTransaction", "SessionTransactionOrigin", "Synonym", "SynonymProperty", "TwoPhase", "TypeResolve",
    "UOWTransaction", "UserDefinedOption", "WriteOnlyCollection", "WriteOnlyMapped", "add_mapped_attribute", "aliased",
    "as_declarative", "as_typed_table", "attribute_keyed_dict", "attribute_mapped_collection", "backref",
    "class_mapper", "clear_mappers", "close_all_sessions", "column_keyed_dict", "column_mapped_collection",
    "column_property", "composite", "configure_mappers", "contains_alias", "contains_eager", "create_session",
    "declarative_base", "declarative_mixin", "declared_attr", "defaultload", "defer", "deferred", "dynamic_loader",
    "foreign", "has_inherited_table", "immediateload", "join", "joinedload", "keyfunc_mapping", "lazyload", "load_only",
    "make_transient", "make_transient_to_detached", "mapped_as_dataclass", "mapped_collection", "mapped_column",
    "mapper", "merge_frozen_result", "merge_result", "noload", "object_mapper", "object_session", "orm_insert_sentinel",
    "outerjoin", "polymorphic_union", "query_expression", "raiseload", "reconstructor", "recover_twophase", "registry",
    "relation", "relationship", "remote", "run", "scoped_session", "selectin_polymorphic", "selectinload",
    "sessionmaker", "set_load_on_peers", "subqueryload", "synonym", "synonym_for", "undefer", "undefer_group",
    "unmapped_dataclass", "validates", "was_deleted", "with_expression", "with_loader_criteria", "with_parent",
    "with_polymorphic",
]  # fmt: skip
_HOMES = {
    "azoth.orm": (
        "attributes", "collections", "decl_api", "descriptor_props", "dynamic", "events", "exc", "identity",
        "interfaces", "properties", "query", "relationships", "scoping", "session", "state", "strategy_options", "util",
        "writeonly",
    ),
    "azoth.orm.collections": (
        "KeyFuncDict", "MappedCollection", "attribute_keyed_dict", "attribute_mapped_collection", "column_keyed_dict",
        "column_mapped_collection", "keyfunc_mapping", "mapped_collection",
    ),
    "azoth.orm.loading.frozen_results": ("merge_frozen_result", "merge_result"),
    "azoth.orm.loading.load_context": ("QueryContext",),
    "azoth.orm.loading.loader_criteria": ("LoaderCriteriaOption", "with_loader_criteria"),
    "azoth.orm.loading.loader_options": ("Load",),
    "azoth.orm.loading.option_functions": (
        "contains_eager", "defaultload", "defer", "immediateload", "joinedload", "lazyload", "load_only", "noload",
        "raiseload", "selectin_polymorphic", "selectinload", "subqueryload", "undefer", "undefer_group",
        "with_expression",
    ),
    "azoth.orm.loading.peers": ("set_load_on_peers",),
    "azoth.orm.loading.user_defined_option": ("AliasOption", "UserDefinedOption", "contains_alias"),
    "azoth.orm.mapping.attributes.comparator": ("PropComparator", "SQLORMExpression"),
    "azoth.orm.mapping.attributes.instrumented_attribute": ("InstrumentedAttribute",),
    "azoth.orm.mapping.attributes.join_marks": ("foreign", "remote"),
    "azoth.orm.mapping.attributes.mapped": ("Mapped", "MappedClassProtocol", "ORMDescriptor"),
    "azoth.orm.mapping.attributes.queryable_attribute": ("QueryableAttribute",),
    "azoth.orm.mapping.classic.imperative": ("mapper",),
    "azoth.orm.mapping.configuring.configuration": ("configure_mappers",),
    "azoth.orm.mapping.configuring.mapper_events": ("MapperEvents",),
    "azoth.orm.mapping.configuring.registry_events": ("RegistryEvents",),
    "azoth.orm.mapping.declarative.annotations.type_resolve": ("TypeResolve",),
    "azoth.orm.mapping.declarative.base": (
        "DeclarativeBase", "DeclarativeBaseNoMeta", "MappedAsDataclass", "add_mapped_attribute", "as_declarative",
        "declarative_base", "has_inherited_table",
    ),
    "azoth.orm.mapping.declarative.declared_attr": ("declarative_mixin", "declared_attr"),
    "azoth.orm.mapping.declarative.mapped_column": ("MappedColumn", "mapped_column", "orm_insert_sentinel"),
    "azoth.orm.mapping.declarative.mapped_dataclass": ("unmapped_dataclass",),
    "azoth.orm.mapping.declarative.meta": ("DeclarativeMeta",),
    "azoth.orm.mapping.declarative.registry": ("as_typed_table", "clear_mappers", "mapped_as_dataclass", "registry"),
    "azoth.orm.mapping.direction": ("MANYTOMANY", "MANYTOONE", "ONETOMANY", "RelationshipDirection"),
    "azoth.orm.mapping.entities.aliased": ("AliasedClass", "AliasedInsp", "aliased"),
    "azoth.orm.mapping.entities.bundle": ("Bundle", "DictBundle"),
    "azoth.orm.mapping.entities.entity_join": ("join", "outerjoin"),
    "azoth.orm.mapping.entities.instance_mapper": ("class_mapper", "object_mapper"),
    "azoth.orm.mapping.entities.with_parent": ("with_parent",),
    "azoth.orm.mapping.entities.with_polymorphic": ("with_polymorphic",),
    "azoth.orm.mapping.hierarchy.polymorphic_union": ("polymorphic_union",),
    "azoth.orm.mapping.mapper.extension": ("MapperExtension",),
    "azoth.orm.mapping.mapper.mapper": ("Mapper",),
    "azoth.orm.mapping.properties.cascade_options": ("CascadeOptions",),
    "azoth.orm.mapping.properties.column_property": (
        "ColumnProperty", "MappedSQLExpression", "column_property", "deferred", "query_expression",
    ),
    "azoth.orm.mapping.properties.composite": ("Composite", "CompositeProperty", "composite"),
    "azoth.orm.mapping.properties.property": ("MapperProperty",),
    "azoth.orm.mapping.properties.relationship": ("Relationship", "RelationshipProperty"),
    "azoth.orm.mapping.properties.relationship_constructors": (
        "backref", "dynamic_loader", "relation", "relationship",
    ),
    "azoth.orm.mapping.properties.synonym": ("Synonym", "SynonymProperty", "synonym", "synonym_for"),
    "azoth.orm.mapping.properties.validates": ("reconstructor", "validates"),
    "azoth.orm.query.appender_query": ("AppenderQuery", "DynamicMapped"),
    "azoth.orm.query.query": ("Query",),
    "azoth.orm.query.query_state": ("QueryEvents",),
    "azoth.orm.query.write_only_collection": ("WriteOnlyCollection", "WriteOnlyMapped"),
    "azoth.orm.runtime.inspected.inspected_state": ("AttributeState",),
    "azoth.orm.runtime.inspected.inspection_attr": (
        "InspectionAttr", "InspectionAttrExtensionType", "InspectionAttrInfo", "NotExtension",
    ),
    "azoth.orm.runtime.instrumentation.class_manager": ("ClassManager",),
    "azoth.orm.runtime.instrumentation.instance_events": ("InstanceEvents",),
    "azoth.orm.runtime.instrumentation.instrumentation_events": ("InstrumentationEvents",),
    "azoth.orm.runtime.passive": ("PassiveFlag",),
    "azoth.orm.runtime.related.attribute_event_token": ("AttributeEventToken",),
    "azoth.orm.runtime.related.attribute_events": ("AttributeEvents",),
    "azoth.orm.runtime.related.attribute_extension": ("AttributeExtension",),
    "azoth.orm.runtime.state": ("InstanceState",),
    "azoth.orm.runtime.symbols": (
        "EXT_CONTINUE", "EXT_SKIP", "EXT_STOP", "NO_KEY", "NO_VALUE", "LoaderCallableStatus",
    ),
    "azoth.orm.session.classic.extension": ("SessionExtension",),
    "azoth.orm.session.events.flush_context": ("UOWTransaction",),
    "azoth.orm.session.events.session_events": ("SessionEvents",),
    "azoth.orm.session.factory": ("create_session", "run", "sessionmaker"),
    "azoth.orm.session.objects.moving": ("make_transient", "make_transient_to_detached", "was_deleted"),
    "azoth.orm.session.objects.views": ("IdentityMap",),
    "azoth.orm.session.open_sessions": ("close_all_sessions",),
    "azoth.orm.session.scoped": ("QueryPropertyDescriptor", "scoped_session"),
    "azoth.orm.session.session": ("Session", "object_session"),
    "azoth.orm.session.statements.execute_state": ("ORMExecuteState",),
    "azoth.orm.session.transactions.begun_by": ("SessionTransactionOrigin",),
    "azoth.orm.session.transactions.transaction": ("SessionTransaction",),
    "azoth.orm.session.transactions.two_phases.recovery": ("Recovery", "recover_twophase"),
    "azoth.orm.session.transactions.two_phases.settings": ("TwoPhase",),
    "azoth.sql.selectable": ("FromStatement",),
}  # fmt: skip
"""Where each name is at home."""
