"""Session.get: from the identity map, else one SELECT by primary key."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from azoth.exc import ArgumentError, InvalidRequestError, MultipleResultsFound, StatementError
from azoth.orm.loading.loader_options import NO_OPTIONS
from azoth.orm.loading.missing_value import load_again
from azoth.orm.loading.terms import token_of
from azoth.orm.mapping.lookup import mapper_of
from azoth.orm.runtime.state import row_is_gone
from azoth.orm.runtime.symbols import STATE
from azoth.sql.selectable import select
from azoth.util.arguments import as_list, as_mapping, wrong_value
from azoth.util.warning import warn

if TYPE_CHECKING:
    from azoth.orm.mapping.mapper.mapper import Mapper
    from azoth.orm.runtime.ports import Unit


def get_instance(
    unit: Unit,
    entity: Any,
    ident: Any,
    options: Sequence[Any],
    *,
    populate_existing: bool | None,
    with_for_update: Any,
    execution_options: Mapping[str, Any] | None = None,
    bind_arguments: dict[str, Any] | None = None,
    identity_token: Hashable = None,
) -> Any:
    """Find an instance by primary key; see ``Session.get``."""
    if execution_options:
        asked = as_mapping("get(): execution_options", execution_options)
        populate_existing = asked.get("populate_existing") if populate_existing is None else populate_existing
        identity_token = asked.get("identity_token") if identity_token is None else identity_token
    try:
        mapper = entity.__dict__["__mapper__"]
    except (AttributeError, KeyError):
        mapper = _mapper_of(entity)
    if ident.__class__ is tuple or ident.__class__ is list or ident.__class__ is dict or mapper.composite_key:
        pk = key_from(mapper, ident)
    else:
        pk = ident
    if pk is None:
        _warn_of_no_key(mapper)
        return None
    if not populate_existing and not with_for_update:
        root = mapper.manager.root
        states = unit.identity_map.entities.get(root if identity_token is None else (root, identity_token))
        state = None if states is None else states.get(pk)
        if state is None and identity_token is None and unit.execution_options:
            state = unit.identity_map.states(mapper.manager, token_of(unit, None)).get(pk)
        instance = None if state is None else state()
        if instance is not None and mapper.inherits is not None and not isinstance(instance, mapper.class_):
            return None
        if instance is not None:
            # Without its key in memory it was expired, and its row may be gone.
            known = mapper.primary_key_keys[0] in instance.__dict__
            if known and unit.identity_map.deleted:
                known = not _was_deleted_expired(unit, mapper, instance)
            return instance if known else _still_there(unit, mapper, instance)
    if identity_token is not None:
        execution_options = {**(execution_options or {}), "identity_token": identity_token}
    if options or with_for_update or execution_options or bind_arguments or populate_existing is False:
        statement = _select(mapper, pk, options, with_for_update)
        if with_for_update and mapper.version_id_key is not None:
            # Programs that lock no rows need not import it.
            from azoth.orm.loading.version_check import VersionCheck  # noqa: PLC0415

            statement = statement.options(VersionCheck())
        if populate_existing is not None:
            execution_options = {**(execution_options or {}), "populate_existing": populate_existing}
        found = unit.session.scalars(statement, execution_options=execution_options, bind_arguments=bind_arguments)
        return found.first()
    return _load(unit, mapper, pk, bool(populate_existing))


def _load(unit: Unit, mapper: Mapper, pk: Any, populate_existing: bool) -> Any:
    identity_map = unit.identity_map
    if identity_map.new or identity_map.modified or identity_map.deleted:
        unit.autoflush()
    try:
        # For objects that are not there.
        from azoth.orm.loading.instance_loader import load_instances  # noqa: PLC0415

        found = load_instances(unit, mapper, (pk,), NO_OPTIONS, refresh=populate_existing)
    except StatementError:
        _refuse_no_key(mapper, pk)
        raise
    return found[0] if len(found) == 1 else _of_class(mapper, found)


def _of_class(mapper: Mapper, found: list[Any]) -> Any:
    """Choose among what has a key in the tables of concrete classes: the object of the very class asked for."""
    if not found:
        return None
    own = [one for one in found if type(one) is mapper.class_]
    if len(own) == 1:
        return own[0]
    raise MultipleResultsFound(
        f"get(): {len(found)} objects of {mapper.class_.__name__} have this key",
        why="its concrete classes have tables of their own, and each of these can have a row with the key",
        fix=f"name the class of the object: get({type(found[0]).__name__}, ...)",
        code="AZ-S340",
    )


def _select(mapper: Mapper, pk: Any, options: Sequence[Any], with_for_update: Any) -> Any:
    values = pk if mapper.composite_key else (pk,)
    statement = select(mapper).where(
        *(mapper.adapt(column) == value for column, value in zip(mapper.primary_key, values, strict=True))
    )
    if with_for_update:
        if with_for_update is not True and not isinstance(with_for_update, dict):
            raise wrong_value("with_for_update", "True, or a dictionary of its arguments", with_for_update)
        statement = statement.with_for_update(**(with_for_update if isinstance(with_for_update, dict) else {}))
    return statement.options(*as_list("get(): options", options))


def _still_there(unit: Unit, mapper: Mapper, instance: Any) -> Any:
    """Make sure that a fully expired instance still has its row."""
    unit.autoflush()
    state = instance.__dict__[STATE]
    if row_is_gone(state):
        # The flush has deleted it.
        return None
    found = load_again(unit, mapper, (state,))
    return found[0] if found else None


def _was_deleted_expired(unit: Unit, mapper: Mapper, instance: object) -> bool:
    """Tell whether an instance was expired when it was marked as deleted, which has given it its key and no more."""
    values = instance.__dict__
    if values[STATE] not in unit.identity_map.deleted:
        return False
    others = [key for key in mapper.column_keys if key not in mapper.primary_key_keys]
    return bool(others) and not any(key in values for key in others)


def _mapper_of(entity: Any) -> Any:
    mapper = mapper_of(entity)
    if mapper is None:
        name = entity.__name__ if isinstance(entity, type) else f"a {type(entity).__name__}"
        raise ArgumentError(
            f"get(): {name} is not a mapped class",
            why="get() looks up a row of a mapped class by its primary key",
            fix="pass the mapped class first, as in session.get(User, 5)",
            code="AZ-S43",
        )
    return mapper


def _warn_of_no_key(mapper: Mapper) -> None:
    warn(
        f"get(): fully NULL primary key identity cannot load any object of {mapper.class_.__name__}",
        why="no row has NULL as its key, so the answer is None whatever the table has",
        fix="look whether there is a key before calling get()",
        code="AZ-L653",
    )


def _refuse_no_key(mapper: Mapper, value: Any) -> None:
    if isinstance(value, (dict, set, list)) or hasattr(type(value), "_azoth_manager"):
        raise ArgumentError(
            f"{mapper.class_.__name__}: a {type(value).__name__} is no primary key value",
            why="get() takes the values of the primary key columns",
            fix="pass the key, as in session.get(User, 5)",
            code="AZ-S42",
        )


def _behind_synonyms(synonyms: Any, key: str) -> str:
    while key in synonyms:
        key = synonyms[key].name
    return key


def _without_composites(mapper: Mapper, ident: Any) -> Any:
    """Take a composite that is the key, or stands for a part of it, apart into the values of its columns."""
    if isinstance(ident, dict):
        # Parts of keys may be composites.
        from azoth.orm.mapping.properties.composite import in_parts  # noqa: PLC0415

        return dict(in_parts(mapper, ident.items()))
    for composite in mapper.composites_by_key.values():
        if set(composite.keys) == set(mapper.primary_key_keys) and composite.is_made(ident):
            values = dict(zip(composite.keys, composite.values_of(ident), strict=True))
            return tuple([values[key] for key in mapper.primary_key_keys])
    return ident


def key_from(mapper: Mapper, ident: Any) -> Any:
    """Make the primary key of an identity map from what a user passed as one.

    Args:
        mapper: the entity.
        ident: a value, or a sequence or a dictionary by attribute key for composite keys.

    Raises:
        InvalidRequestError: the number of values or their names are wrong.
    """
    keys = mapper.primary_key_keys
    if mapper.composites_by_key:
        ident = _without_composites(mapper, ident)
    if isinstance(ident, dict):
        synonyms = mapper.synonyms
        ident = {_behind_synonyms(synonyms, key): value for key, value in ident.items()}
        if set(ident) != set(keys):
            raise InvalidRequestError(
                f"{mapper.class_.__name__}: the primary key has the attributes {', '.join(keys)}",
                why=f"get() was given {', '.join(map(str, ident)) or 'none'}",
                fix="name each attribute of the primary key once",
                code="AZ-S40",
            )
        values = tuple(ident[key] for key in keys)
    elif isinstance(ident, (tuple, list)):
        values = tuple(ident)
    else:
        values = (ident,)
    if len(values) != len(keys):
        raise InvalidRequestError(
            f"{mapper.class_.__name__}: incorrect number of values for the primary key ({', '.join(keys)})",
            why=f"get() was given {len(values)}, the key has {len(keys)}",
            fix="pass one value for each column of the key, in this order",
            code="AZ-S41",
        )
    for value in values:
        _refuse_no_key(mapper, value)
    if all(value is None for value in values):
        return None
    return values if mapper.composite_key else values[0]


__all__ = ["get_instance", "key_from"]
