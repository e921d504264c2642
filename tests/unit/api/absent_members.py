"""Why azoth lacks members and parameters that SQLAlchemy's public classes and functions have: one a line, sorted.

``Class.member``, ``Class(parameter)``, ``Class.member(parameter)``, ``function(parameter)``, and
``...(parameter:1->2)`` for one at another place. What a class lacks counts for the classes below it, too.
"""

from __future__ import annotations

TYPING = "stands there for type checkers only"
WORKS = "refused by SQLAlchemy, works here"
DEPRECATED = "deprecated in SQLAlchemy"
UNDOCUMENTED = "of a class that no page of SQLAlchemy's documentation has"
MADE_INSIDE = "for a constructor that the library alone calls; no page describes the parameter"
OF_ONE_CACHE = "baked queries have no cache of their own here: statements are found by their shape"
OF_A_PLAN = "completes a flush, which here is complete when its plan was carried out"
MADE_BY_EXECUTION = "results are made by executing; what SQLAlchemy makes them of, no page of its documentation has"
ASYNCHRONOUS = "belongs to the asynchronous twin"
UNDOCUMENTED_MEMBER = "on no page of SQLAlchemy's documentation: for its own use"
PRIVATE = "marked as private in SQLAlchemy, so that no page of its documentation has it"
UNDOCUMENTED_TYPE = (
    "takes or gives what no page of SQLAlchemy's documentation has: its compiler's own state, with the paths and "
    "row functions of its loaders, roles and marks"
)
OTHER_PAGE = "inherited there from a class that this one has not got; the page of the class itself does not have it"
DECLARED = "declared and described there, but its objects have none: to read it is an AttributeError"
RUNNING = "about connections to databases that statements are only compiled for"

REASONS = {
    RUNNING: """
        oracle.dialect.cx_oracle_ver
        oracle.dialect.get_materialized_view_names(dblink)
        oracle.dialect.get_multi_check_constraints(dblink)
        oracle.dialect.get_multi_check_constraints(include_all)
        oracle.dialect.get_multi_columns(dblink)
        oracle.dialect.get_multi_foreign_keys(dblink)
        oracle.dialect.get_multi_indexes(dblink)
        oracle.dialect.get_multi_pk_constraint(dblink)
        oracle.dialect.get_multi_table_comment(dblink)
        oracle.dialect.get_multi_table_options(dblink)
        oracle.dialect.get_multi_unique_constraints(dblink)
        oracle.dialect.get_schema_names(dblink)
        oracle.dialect.get_sequence_names(dblink)
        oracle.dialect.get_table_names(dblink)
        oracle.dialect.get_temp_table_names(dblink)
        oracle.dialect.get_view_definition(dblink)
        oracle.dialect.get_view_names(dblink)
        oracle.dialect.has_multi_table(dblink)
        oracle.dialect.has_sequence(dblink)
        oracle.dialect.oracledb_ver
    """,
    TYPING: """
        TypedColumns.compare
        TypedColumns.contains_column
        TypedColumns.corresponding_column
        TypedColumns.get
        TypedColumns.items
        TypedColumns.keys
        TypedColumns.values
    """,
    WORKS: """
        UpdateBase.params(*arg)
        mapper(*arg)
    """,
    DEPRECATED: """
        ClassManager.deferred_scalar_loader
        Dialect.server_side_cursors
        FunctionElement.replace_selectable
        Query.lazy_loaded_from
        declarative.as_declarative(*arg)
        declarative.declarative_base(*arg)
        declarative.has_inherited_table(*arg)
        declarative.synonym_for(*arg)
        dialect.full_returning
        mysql.dialect.full_returning
        oracle.dialect.full_returning
        postgresql.dialect.full_returning
    """,
    MADE_BY_EXECUTION: """
        CursorResult(context)
        CursorResult(cursor_description)
        CursorResult(cursor_strategy)
    """,
    ASYNCHRONOUS: """
        Dialect.get_async_dialect_cls
    """,
    UNDOCUMENTED: """
        CollectionAggregate(modifier)
        FromStatement(entities)
        FromStatement.column_descriptions
        FromStatement.exported_columns
        FromStatement.is_derived_from
        LoaderCriteriaOption.inherit_cache
        LoaderCriteriaOption.process_compile_state
        PassiveFlag.DEFERRED_HISTORY_LOAD
        PassiveFlag.PASSIVE_MERGE
    """,
    UNDOCUMENTED_MEMBER: """
        AssociationProxy(attribute_options)
        Bundle.inherit_cache
        Bundle.memoized_instancemethod
        ClassManager.memoized_instancemethod
        ColumnProperty(default_scalar_value)
        ColumnProperty.found_in_pep593_annotated
        CompositeProperty.found_in_pep593_annotated
        Load.inherit_cache
        Mapper.inherit_cache
        Mapper.memoized_instancemethod
        MapperProperty(attribute_options)
        MapperProperty.inherit_cache
        MapperProperty.path_string
        Query.memoized_instancemethod
        QueryableAttribute.inherit_cache
        RelationshipProperty.found_in_pep593_annotated
        SessionTransaction.declare_states
        declared_attr(quiet)
    """,
    PRIVATE: """
        ClauseElement.memoized_instancemethod
        FilterResult.memoized_instancemethod
        Result.memoized_instancemethod
    """,
    UNDOCUMENTED_TYPE: """
        ClassManager.expired_attribute_loader
        Compiled.compile_state
        Compiled.dml_compile_state
        Compiled.state
        LambdaElement(apply_propagate_attrs)
        LambdaElement(opts)
        LambdaElement(role)
        LambdaElement.inherit_cache
        MapperProperty.create_row_processor
        MapperProperty.setup
        UnaryExpression(wraps_column_expression)
    """,
    OTHER_PAGE: """
        Boolean.adapt_to_emulated
        DefaultGenerator.execution_options
        DefaultGenerator.get_execution_options
        DefaultGenerator.options
        FunctionElement.corresponding_column
        FunctionElement.is_derived_from
        FunctionElement.join
        FunctionElement.lateral
        FunctionElement.outerjoin
        FunctionElement.schema
        FunctionElement.tablesample
        FunctionElement.with_cols
        Interval.bind_expression(bindparam)
        Interval.coerce_to_is_types
        Interval.column_expression(column)
        Interval.load_dialect_impl
        Interval.process_bind_param
        Interval.process_literal_param
        Interval.process_result_value
        Interval.type_engine
        UUID.adapt_native_to_emulated
        Uuid.adapt_to_emulated
    """,
    MADE_INSIDE: """
        AppenderQuery(attr)
        AppenderQuery(state)
        InstrumentedAttribute(comparator)
        InstrumentedAttribute(parententity)
        ORMExecuteState(compile_state_cls)
        ORMExecuteState(events_todo)
        QueryContext(bind_arguments)
        QueryContext(compile_state)
        QueryContext(execution_options)
        QueryContext(load_options)
        QueryContext(params)
        QueryContext(session)
        QueryContext(statement:1->2)
        QueryContext(user_passed_query)
        QueryableAttribute(extra_criteria)
        QueryableAttribute(impl)
        QueryableAttribute(of_type)
        SessionTransaction(session)
        WriteOnlyCollection(attr)
        WriteOnlyCollection(state)
    """,
    OF_ONE_CACHE: """
        Bakery(cache)
    """,
    OF_A_PLAN: """
        UOWTransaction.finalize_flush_changes
    """,
    DECLARED: """
        MapperProperty.comparator
    """,
}
