"""InternalTraversal: the kinds of parts that elements of a program's own tell."""

from __future__ import annotations

from enum import Enum


class InternalTraversal(Enum):
    """Of which kind a part of an element is; ``_traverse_internals`` of a program's own class lists (name, kind).

    Parts that are elements, lists or tuples of them, or plain values that are compared (strings, numbers, types,
    operators) tell instances apart and are walked. An instance with a part of another kind is no part of a cache key.
    """

    dp_has_cache_key = "HC"
    dp_has_cache_key_list = "HL"
    dp_has_cache_key_tuples = "HT"
    dp_clauseelement = "CE"
    dp_clauseelement_list = "CL"
    dp_clauseelement_tuple = "CT"
    dp_clauseelement_tuples = "CTS"
    dp_fromclause_ordered_set = "CO"
    dp_fromclause_canonical_column_collection = "FC"
    dp_inspectable = "IS"
    dp_multi = "M"
    dp_multi_list = "MT"
    dp_named_ddl_element = "DD"
    dp_operator = "O"
    dp_type = "T"
    dp_string = "S"
    dp_string_list = "SL"
    dp_anon_name = "AN"
    dp_boolean = "B"
    dp_plain_obj = "PO"
    dp_plain_dict = "PD"
    dp_params = "PM"
    dp_propagate_attrs = "PA"
    dp_compile_state_funcs = "WC"
    dp_memoized_select_entities = "ME"
    dp_dialect_options = "DO"
    dp_string_clauseelement_dict = "CD"
    dp_string_multi_dict = "MD"
    dp_annotations_key = "AK"
    dp_prefix_sequence = "PS"
    dp_statement_hint_list = "SH"
    dp_table_hint_list = "TH"
    dp_executable_options = "EO"
    dp_dml_values = "DML_V"
    dp_dml_ordered_values = "DML_OV"
    dp_dml_multi_values = "DML_MV"
    dp_setup_join_tuple = "SJ"
    dp_unknown_structure = "UK"
    dp_ignore = "IG"
