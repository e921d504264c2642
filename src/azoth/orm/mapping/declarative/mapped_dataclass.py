"""Mapped classes that are dataclasses."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_origin

from azoth.exc import ArgumentError, InvalidRequestError
from azoth.orm.mapping.declarative.annotated_properties import LAZY_BY_KIND
from azoth.orm.mapping.declarative.annotations.class_annotations import annotations_of
from azoth.orm.mapping.declarative.annotations.mapped_annotation import enclosing_variables, without_none
from azoth.orm.mapping.declarative.declared_attr import is_declared
from azoth.orm.mapping.declarative.mapped_column import MappedColumn
from azoth.orm.mapping.declarative.members import ABSENT, Member, collect_members
from azoth.orm.mapping.properties.dataclass_options import CLASS_OPTIONS, FIELD_OPTIONS, UNSET, given_options
from azoth.orm.mapping.properties.property import MapperProperty
from azoth.orm.mapping.properties.relationship import RelationshipProperty
from azoth.orm.runtime.symbols import DONT_SET

if TYPE_CHECKING:
    from azoth.orm.mapping.properties.synonym import SynonymProperty

ClassT = TypeVar("ClassT", bound=type[Any])

DATACLASS = "__azoth_dataclass__"
"""The name under which a class that becomes a dataclass has its options."""

STORES_DEFAULTS = "_sa_disable_descriptor_defaults"
"""The name under which a class says that its constructor stores defaults, as that of other dataclasses does."""

METADATA_KEY = "__sa_dataclass_metadata_key__"
"""The name under which a class says where the metadata of its fields have columns."""

Decorator = Callable[[ClassT], ClassT]


def become_dataclass(class_: type[Any], members: dict[str, Member], options: dict[str, Any]) -> None:
    """Make a class a dataclass whose fields are its annotated attributes, before it is mapped.

    Args:
        class_: the class.
        members: what it and its mixins declare; those of mixins are the first fields.
        options: those of ``dataclasses.dataclass``.

    Raises:
        InvalidRequestError: the fields cannot be arguments of one constructor; the metadata of one has its column.
        ArgumentError: an option of a field contradicts others.
    """
    # Few programs map dataclasses; the others need not wait for the import.
    import dataclasses  # noqa: PLC0415
    import inspect  # noqa: PLC0415

    _refuse_columns_in_metadata(class_)
    options = dict(options)
    make = options.pop("dataclass_callable", None) or dataclasses.dataclass
    stores_defaults = make is not dataclasses.dataclass or getattr(class_, STORES_DEFAULTS, False)
    # Those of a mixin that is a dataclass by itself are inherited as they are, unless the attribute says what they are.
    inherited = _inherited_fields(class_)
    fields = {
        key: member
        for key, member in members.items()
        if member.annotation is not None
        and not (member.from_mixin and key in inherited and not _says_options(class_, key))
    }
    annotations = annotations_of(class_)
    _check_names(class_, (*fields, *annotations))
    for key, member in fields.items():
        given = _field_options(member.value)
        if member.from_mixin and key in inherited:
            given.setdefault("kw_only", inherited[key].kw_only)
        _check_factory(class_, member, given)
        if stores_defaults:
            _store_default(member.value, given)
        else:
            _leave_defaults_to_attribute(class_, members, member, given)
        type.__setattr__(class_, key, dataclasses.field(**given))
    plain = [key for key in annotations if key not in members]
    body = class_.__dict__
    stand_ins = {key: body[key] for key in plain if hasattr(body.get(key), "_dataclass_options")}
    for key, value in stand_ins.items():
        type.__setattr__(class_, key, dataclasses.field(**_field_options(value)))
    has_constructor = "__init__" in body
    type.__setattr__(
        class_, "__annotations__", _annotations_of_fields(class_, fields, annotations, {*inherited, *plain})
    )
    try:
        make(class_, **options)
    except TypeError as error:
        raise InvalidRequestError(
            f"class {class_.__name__} cannot be a dataclass",
            why=str(error),
            fix="order the fields so that those with defaults come last, or set kw_only=True",
            code="AZ-M75",
        ) from error
    finally:
        type.__setattr__(class_, "__annotations__", annotations)
        for key, value in stand_ins.items():
            # Descriptors of extensions: on the class again, where they read and write.
            type.__setattr__(class_, key, value)
    if "__init__" in body and not has_constructor:
        # Mapped[...] tells what the class has, not what the constructor takes.
        constructor = body["__init__"]
        constructor.__annotations__ = {}
        constructor.__signature__ = inspect.signature(constructor)


def become_unmapped_dataclass(class_: type[Any], enclosing: Mapping[str, Any], options: dict[str, Any]) -> None:
    """Make a class that is not mapped a dataclass with its mapped attributes, for the classes derived from it.

    Args:
        class_: a mixin, an abstract class or a base.
        enclosing: the variables of the function that defines it.
        options: those of ``dataclasses.dataclass``.
    """
    members = collect_members(class_, enclosing)
    for key in [key for key, member in members.items() if is_declared(member.value)]:
        # They are made anew for each class that is mapped.
        del members[key]
    become_dataclass(class_, members, options)
    # Declared attributes have to stand in the body of a mixin, in its order, for the classes that are derived from it.
    for key, member in members.items():
        if member.annotation is None:
            continue
        if key in class_.__dict__:
            type.__delattr__(class_, key)
        elif member.from_mixin:
            continue
        if member.value is not ABSENT:
            type.__setattr__(class_, key, member.value)


def _inherited_fields(class_: type[Any]) -> dict[str, Any]:
    """Find the fields of all dataclasses from which a class is derived; they need not be derived from each other."""
    bases = reversed(class_.__mro__[1:])
    return {key: field for base in bases for key, field in base.__dict__.get("__dataclass_fields__", {}).items()}


def _annotations_of_fields(
    class_: type[Any], fields: dict[str, Member], annotations: dict[str, Any], others: set[str]
) -> dict[str, Any]:
    """Give the annotations from which dataclasses make fields: those that are inherited, then in the order of the body.

    Args:
        class_: the class.
        fields: its fields that are mapped; those that methods of mixins declare come last.
        annotations: its own.
        others: the names of the fields that it inherits, and of those of its own that are not mapped.
    """
    named = {key: _annotation_of(class_, key) for key, member in fields.items() if member.from_mixin and key in others}
    named |= {key: type_ for key, type_ in annotations.items() if key in fields or key in others}
    return named | {key: Any for key in fields if key not in named}


def _mixin_with(class_: type[Any], key: str) -> type[Any]:
    """Find the class from which a class has an attribute that it does not declare by itself."""
    return next(base for base in class_.__mro__[1:] if key in base.__dict__ or key in annotations_of(base))


def _says_options(class_: type[Any], key: str) -> bool:
    return hasattr(_mixin_with(class_, key).__dict__.get(key), "_dataclass_options")


def _annotation_of(class_: type[Any], key: str) -> object:
    return next(found[key] for base in class_.__mro__ if key in (found := annotations_of(base)))


def refuse_plain_mixins(class_: type[Any], members: dict[str, Member]) -> None:
    """Refuse mixins whose attributes would be fields of a mapped dataclass, and that are no dataclasses.

    Args:
        class_: the class.
        members: what it and its mixins declare.

    Raises:
        InvalidRequestError: a mixin or base that is no dataclass has attributes with ``Mapped[...]``.
    """
    for key, member in members.items():
        if member.annotation is None or not member.from_mixin:
            continue
        owner = _mixin_with(class_, key)
        if "__dataclass_fields__" not in owner.__dict__:
            raise InvalidRequestError(
                f"class {class_.__name__} cannot be a dataclass with {owner.__name__}.{key}, as {owner.__name__} is "
                "none",
                why="dataclasses and type checkers make arguments of the constructor from fields of dataclasses alone",
                fix=f"derive {owner.__name__} from MappedAsDataclass, or write @unmapped_dataclass before it",
                code="AZ-M410",
            )


def _refuse_columns_in_metadata(class_: type[Any]) -> None:
    """Refuse fields that have columns in their metadata, which a dataclass that was made before it is mapped may have.

    Args:
        class_: the class.
    """
    at = getattr(class_, METADATA_KEY, None)
    if at is None:
        return
    for key, value in class_.__dict__.items():
        if at in (getattr(value, "metadata", None) or ()):
            raise InvalidRequestError(
                f"{class_.__name__}.{key} has its column in the metadata of a field",
                why="the class is made a dataclass from its mapped attributes, which say what their fields are like",
                fix=f"write {key}: Mapped[...] = mapped_column(...); options of the field are arguments of it",
                code="AZ-M411",
            )


def _check_names(class_: type[Any], names: Iterable[str]) -> None:
    """Refuse fields that could not be written as parameters: dataclasses write a constructor with them as they are."""
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ArgumentError(
                f"class {class_.__name__} cannot be a dataclass: its field {name!r} is no name for a parameter",
                why="the constructor of a dataclass has a parameter for each field",
                fix="give the attribute another name, or map the class without dataclass options",
                code="AZ-M261",
            )


def _field_options(value: Any) -> dict[str, Any]:
    options = {FIELD_OPTIONS[name]: option for name, option in getattr(value, "_dataclass_options", {}).items()}
    return options if getattr(value, "in_constructor", True) else options | {"init": False}


def _leave_defaults_to_attribute(
    class_: type[Any], members: dict[str, Member], member: Member, given: dict[str, Any]
) -> None:
    """Exchange a default for a mark where the attribute has it by itself when nobody sets it.

    Setting it would undo what others did: a merge would write it over the row's value, a reference that is None over
    the foreign key that was given, a synonym over the attribute that it stands for.
    """
    value = member.value
    if isinstance(value, MappedColumn):
        _leave_default_to_column(value, given)
    elif isinstance(value, MapperProperty) and value.is_synonym:
        synonym = cast("SynonymProperty", value)
        if "default" in given and synonym.name in members:
            _check_synonym(class_, members, member.key, synonym, given["default"])
            given["default"] = DONT_SET
    elif isinstance(value, RelationshipProperty):
        if "default" in given:
            given["default"] = DONT_SET
        if "default_factory" in given:
            given["default_factory"] = _nothing_to_set


def _store_default(value: object, given: dict[str, Any]) -> None:
    """Let the constructor store a default, also that of a field that is no argument of it."""
    if isinstance(value, MappedColumn):
        value.served_default = UNSET
    default = given.get("default", UNSET)
    if default is UNSET or given.get("init", True) or callable(default) or hasattr(default, "__clause_element__"):
        return
    # Of such fields dataclasses leave the default to the class, where the attribute stands.
    del given["default"]
    given["default_factory"] = lambda: default


def _leave_default_to_column(value: MappedColumn[Any], given: dict[str, Any]) -> None:
    default = given.get("default", UNSET)
    if default is UNSET or callable(default) or hasattr(default, "__clause_element__"):
        return
    # Where something else is inserted for what is left out, the default of the constructor has to be a value.
    if default is None or "insert_default" not in value.column_options:
        value.served_default = default
        given["default"] = DONT_SET


def _nothing_to_set() -> Any:
    return DONT_SET


def _check_factory(class_: type[Any], member: Member, given: dict[str, Any]) -> None:
    """Refuse what would make the first value of a relationship, unless it is an empty collection of the right kind.

    A merge would write what a function makes over what the row refers to.
    """
    factory = given.get("default_factory")
    if factory is None or not isinstance(member.value, RelationshipProperty):
        return
    wanted = _collection_classes(member)
    if not wanted:
        raise ArgumentError(
            f"{class_.__name__}.{member.key} is a relationship to one object, and has a default_factory",
            why="a new object refers to none",
            fix="write default=None; what new objects refer to can be set in __post_init__()",
            code="AZ-M413",
        )
    if factory not in wanted:
        raise ArgumentError(
            f"default_factory of {class_.__name__}.{member.key} is {_name_of(factory)}, and its collection a "
            f"{_name_of(wanted[0])}",
            why="a new object has an empty collection of the relationship's kind",
            fix=f"write default_factory={_name_of(wanted[0])}; members of new objects can be added in __post_init__()",
            code="AZ-M393",
        )


def _name_of(made_by: object) -> str:
    return getattr(made_by, "__name__", None) or type(made_by).__name__


def _collection_classes(member: Member) -> list[Any]:
    """Give the classes that an empty collection of a relationship may be called by; none where it is to one object."""
    relationship = member.value
    assert member.annotation is not None
    wanted = [] if relationship.collection_class is None else [relationship.collection_class]
    origin = get_origin(without_none(member.annotation.inner)[0])
    if isinstance(origin, type) and issubclass(origin, Collection):
        wanted.append(list if getattr(origin, "__abstractmethods__", None) else origin)
    elif not wanted and (relationship._uselist_argument or member.annotation.kind in LAZY_BY_KIND):
        wanted.append(list)
    return wanted


def _check_synonym(
    class_: type[Any], members: dict[str, Member], key: str, value: SynonymProperty, default: object
) -> None:
    of_other = _field_options(members[value.name].value).get("default", UNSET)
    if of_other is UNSET or of_other != default:
        raise ArgumentError(
            f"synonym {class_.__name__}.{key} has another default than {value.name}, for which it stands",
            why="both are arguments of the constructor for one value, and either may be left out",
            fix=f"give both the same default, or leave the synonym out of the constructor: synonym({value.name!r}, "
            "init=False)",
            code="AZ-M364",
        )


def refuse_field_options(class_: type[Any], members: dict[str, Member]) -> None:
    """Refuse options of fields in a class that is no dataclass.

    Args:
        class_: the class.
        members: what it and its mixins declare.

    Raises:
        ArgumentError: an attribute has such options.
    """
    for key, member in members.items():
        given = getattr(member.value, "_dataclass_options", None)
        if not given:
            continue
        # The default is that of the column, too.
        option = next((name for name in given if name != "default" or isinstance(member.value, MapperProperty)), None)
        if option is not None:
            raise ArgumentError(
                f"{class_.__name__}.{key} has the option {option!r}, and its class is no dataclass",
                why="the option is about a field of a dataclass, so it would have no effect",
                fix="derive the class, or its base, from MappedAsDataclass too; or leave the option out",
                code="AZ-M362",
            )


def unmapped_dataclass(
    cls: ClassT | None = None,
    /,
    *,
    init: bool = UNSET,
    repr: bool = UNSET,
    eq: bool = UNSET,
    order: bool = UNSET,
    unsafe_hash: bool = UNSET,
    match_args: bool = UNSET,
    kw_only: bool = UNSET,
    dataclass_callable: Callable[..., type[Any]] = UNSET,
) -> ClassT | Decorator[ClassT]:
    """Decorate a mixin of mapped dataclasses: it becomes a dataclass with its mapped attributes and is not mapped.

    Args:
        cls: the class.
        init, repr, eq, order, unsafe_hash, match_args, kw_only: as for ``dataclasses.dataclass``.
        dataclass_callable: what makes the dataclass, in the place of ``dataclasses.dataclass``.

    Raises:
        ArgumentError: the fields cannot be arguments of one constructor.
    """
    options = given_options(locals(), CLASS_OPTIONS)
    enclosing = enclosing_variables()

    def decorate(class_: ClassT) -> ClassT:
        become_unmapped_dataclass(class_, enclosing, options)
        return class_

    return decorate if cls is None else decorate(cls)
