"""The instrumentation of one mapped class: how its instances see writes and missing values."""

from __future__ import annotations

from collections.abc import Callable, KeysView
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from azoth.orm.runtime.instrumentation.allocation import Allocator, allocator_of, require_weak_dictionary_instances
from azoth.orm.runtime.instrumentation.attribute import Attribute, delete_plain
from azoth.orm.runtime.instrumentation.instance_events import InstanceEvents
from azoth.orm.runtime.instrumentation.instance_key import INSTANCE_KEY, InstanceKey
from azoth.orm.runtime.instrumentation.instrumentation_events import tell_instrumented, tell_uninstrumented
from azoth.orm.runtime.state import InstanceState, make_state
from azoth.orm.runtime.symbols import CLASS_MANAGER, DONT_SET, NO_VALUE, REDUCES, STATE
from azoth.util.arguments import TakesTypeArguments
from azoth.util.generated_code import Template

if TYPE_CHECKING:
    from azoth.orm.runtime.instrumentation.ports import MissingValueLoader

SETATTR: Final = Template(
    '''\
def __setattr__(self, key, value):
    """Set an attribute, remembering what a mapped one was before."""
    if key in plain:
        values = self.__dict__
        if STATE in values:
            state = values[STATE]
            changes = state.changes
            if changes is None:
                # What InstanceState.first_change() does, without the call.
                if state() is not self:
                    state = make_state(self)
                state.changes = changes = {}
                origin = state.origin
                if origin is not None and state.pk is not None:
                    origin.identity_map.modified[state] = self
            if key not in changes:
                changes[key] = values[key] if key in values else NO_VALUE
        else:
            make_state(self)
        values[key] = value
    elif key in watched:
        if value is not DONT_SET:
            watched[key].set(self, value)
    else:
        inherited(self, key, value)
''',
    "__setattr__",
    "__setattr__ of mapped classes",
)
FIRST_LINE = "    if key in plain:\n"
SETATTR_WITH_DEFAULTS: Final = Template(
    SETATTR.source.replace(FIRST_LINE, f"    if value is DONT_SET:\n        return\n{FIRST_LINE}", 1),
    "__setattr__",
    "__setattr__ of mapped classes whose constructor leaves defaults to their attributes",
)

DELATTR: Final = Template(
    '''\
def __delattr__(self, key):
    """Delete an attribute, remembering what a mapped one was before."""
    if key in plain:
        delete_plain(self, key)
    elif key in watched:
        watched[key].delete(self)
    else:
        inherited(self, key)
''',
    "__delattr__",
    "__delattr__ of mapped classes",
)


ATTRIBUTE_ADDED: Final[list[Callable[[type[Any], str], None]]] = []
"""Called with class and key of each attribute that is put on a class."""


MANAGER_FACTORIES: Final[list[Callable[[type[Any], ClassManager | None], ClassManager | None]]] = []
"""Asked for the manager of each class that is mapped, with its root; None where a factory has none for it."""


def manager_for(class_: type[Any], root: ClassManager | None) -> ClassManager:
    """Make the manager of a class that is about to be mapped."""
    for make in MANAGER_FACTORIES:
        made = make(class_, root)
        if made is not None:
            return made
    return ClassManager(class_, root)


class ClassManager(TakesTypeArguments):
    """What azoth added to a mapped class, and the way back.

    Attributes:
        class_: the mapped class.
        root: the manager of the topmost mapped class; identity maps are keyed by it.
        mapper: the mapper (set by the mapping layer).
        attributes: all instrumented attributes by key.
        composites: what tells the history of attributes that are made of several others, by key.
        expirable: the keys in an instance's ``__dict__`` that belong to azoth.
        plain: keys of column attributes that nobody watches; a write to one is a dictionary store and a note.
        watched: attributes that see each write (relationships, validators, listeners).
        state_class: the InstanceState subclass of this class.
        allocate: makes an empty instance from the class, without its constructor.
        sees_own_writes: whether the class has its own ``__setattr__`` or ``__delattr__``, so that ours stays away.
        load_missing: what gives an attribute a value when it has none.
        dispatch: what listens to events of the instances.
        key_followers: relationships whose foreign keys a flush must carry on when a primary key of this class changes.
        key_referrers: those whose foreign keys the database carries on.
        delete_orphan_attributes: attributes of other classes whose delete-orphan cascade ends at this one.
        discriminator: the attribute that tells the class of a row, and its value for this class; None where nothing
            does.
        has_tokens: of a root: whether an instance of the hierarchy has ever had an identity token; until then nobody
            asks for one.
    """

    __slots__ = (
        "allocate", "attributes", "class_", "composites", "delete_orphan_attributes", "discriminator", "dispatch",
        "expirable", "has_tokens", "installed", "key_followers", "key_referrers", "load_missing",
        "mapper", "plain", "root", "sees_own_writes", "state_class", "watched",
    )  # fmt: skip

    def __init__(self, class_: type[Any], root: ClassManager | None = None) -> None:
        require_weak_dictionary_instances(class_)
        self.class_ = class_
        self.allocate: Allocator = allocator_of(class_)
        self.sees_own_writes = _sees_own_writes(class_)
        self.root: ClassManager = self if root is None else root
        self.has_tokens = False
        self.mapper: Any = None
        self.dispatch = InstanceEvents._of_class(class_)
        self.attributes: dict[str, Attribute] = {}
        self.composites: dict[str, Any] = {}
        self.expirable: set[str] = {STATE}
        self.plain: set[str] = set()
        self.watched: dict[str, Attribute] = {}
        self.load_missing: MissingValueLoader = _nothing_to_load_from
        self.installed: list[str] = []
        self.discriminator: tuple[str, Any] | None = None
        self.key_followers: list[Any] = []
        self.key_referrers: list[Any] = []
        self.delete_orphan_attributes: list[Attribute] = []
        self.state_class: type[InstanceState] = type(
            f"{class_.__name__}State", (InstanceState,), {"__slots__": (), "manager": self}
        )

    def install(self) -> None:
        """Put the instrumentation on the class: the manager, ``__setattr__``, ``__delattr__``, copying and pickling."""
        self.manage()
        if not hasattr(self.class_, INSTANCE_KEY):
            self._set(INSTANCE_KEY, InstanceKey())
        for name, method in (("__copy__", _copied), ("__deepcopy__", _deeply_copied)):
            if not hasattr(self.class_, name):
                self._set(name, method)
        class_: Any = self.class_
        if class_.__reduce_ex__ is object.__reduce_ex__ and class_.__reduce__ is object.__reduce__:
            self._set("__reduce_ex__", _reduced)
        if self.sees_own_writes:
            tell_instrumented(class_)
            return
        names = {
            "plain": self.plain,
            "watched": self.watched,
            "make_state": make_state,
            "STATE": STATE,
            "NO_VALUE": NO_VALUE,
            "DONT_SET": DONT_SET,
        }
        serves_defaults = any(attribute.serves_default for attribute in self.attributes.values())
        for template in (SETATTR_WITH_DEFAULTS if serves_defaults else SETATTR, DELATTR):
            name = template.name
            inherited = _uninstrumented(self.class_, name)
            function = template.function({**names, "inherited": inherited, "delete_plain": delete_plain})
            function.__azoth_inherited__ = inherited
            self._set(name, function)
        tell_instrumented(class_)

    def add(self, attribute: Attribute, *, plain: bool) -> None:
        """Instrument one attribute.

        Args:
            attribute: the descriptor; it becomes the class attribute of its key.
            plain: whether writes to it need nothing but a note of the old value.
        """
        self.attributes[attribute.key] = attribute
        self.expirable.add(attribute.key)
        if plain:
            self.plain.add(attribute.key)
            self.watched.pop(attribute.key, None)
        else:
            self.watched[attribute.key] = attribute
            self.plain.discard(attribute.key)
        self._set(attribute.key, self._data_descriptor(attribute) if self.sees_own_writes else attribute)
        for follow in ATTRIBUTE_ADDED:
            follow(self.class_, attribute.key)

    def _data_descriptor(self, attribute: Attribute) -> object:
        # Few classes have such methods.
        from azoth.orm.runtime.instrumentation.data_descriptor import DataDescriptor  # noqa: PLC0415

        return DataDescriptor(attribute, self.plain)

    def add_composite(self, key: str, descriptor: object) -> None:
        """Know of an attribute whose value is made of those of several others."""
        self.composites[key] = descriptor
        self.expirable.add(key)

    def watch(self, key: str) -> None:
        """Send the writes to a plain attribute through the attribute, because somebody listens now."""
        # In this order, so that another thread's write is seen at each moment.
        self.watched[key] = self.attributes[key]
        self.plain.discard(key)

    def unwatch(self, key: str) -> None:
        """Let the writes to an attribute be plain again, because nobody listens any more."""
        self.plain.add(key)
        del self.watched[key]

    def manage(self) -> None:
        """Be the manager of the class: by it, instances and the rest of azoth find the way here."""
        self._set("_azoth_manager", self)
        # By this one programs tell mapped classes from others, and find the mapper from a class.
        self._set(CLASS_MANAGER, self)

    def keys(self) -> KeysView[str]:
        """Give the keys of all attributes."""
        return self.attributes.keys()

    def __contains__(self, key: object) -> bool:
        return key in self.attributes

    def __getitem__(self, key: str) -> Attribute:
        return self.attributes[key]

    def state_getter(self) -> Callable[[Any], InstanceState]:
        """Give the function that finds the state of an instance.

        It raises AttributeError for an object that has none.
        """
        return attrgetter(STATE)

    def has_parent(self, state: InstanceState, key: str, optimistic: bool = False) -> bool:
        """Tell whether an object is held under a relationship of this class that notes its owners.

        Args:
            state: the state of the related object.
            key: the relationship, one with the cascade delete-orphan or with ``single_parent``.
            optimistic: the answer where nothing is known of an owner, as with an object that was loaded alone.

        Raises:
            InvalidRequestError: the attribute notes no owners.
            KeyError: there is no such attribute.
        """
        return self.attributes[key].has_parent(state, optimistic=optimistic)

    def unregister(self) -> None:
        """Take all instrumentation off the class; the mapper, if there is one, no longer works then."""
        self.uninstall()

    def uninstall(self) -> None:
        """Give the class back as it was."""
        tell_uninstrumented(self.class_)
        for name in self.installed:
            if name in self.class_.__dict__:
                self._unset(name)
        self.installed.clear()

    def _set(self, name: str, value: Any) -> None:
        # A declarative base's metaclass looks at what is set later, and this comes from the mapping itself.
        type.__setattr__(self.class_, name, value)
        if name not in self.installed:
            self.installed.append(name)

    def _unset(self, name: str) -> None:
        delattr(self.class_, name)


class InstrumentationFactory:
    """Makes the managers of classes."""

    def create_manager_for_cls(self, class_: type[object]) -> ClassManager:
        """Make the manager of a class, as mapping it does; it is not installed."""
        return manager_for(class_, None)

    def unregister(self, class_: type[object]) -> None:
        """Take the instrumentation off a class.

        State: the class has no mapped attributes any more; what is mapped should be disposed of by its registry.
        """
        manager = class_.__dict__.get("_azoth_manager")
        if isinstance(manager, ClassManager):
            manager.uninstall()


# Few programs copy or pickle their objects.


def _copied(instance: object) -> object:
    from azoth.orm.runtime.instrumentation.instance_copies import copied  # noqa: PLC0415

    return copied(instance)


def _deeply_copied(instance: object, memo: dict[int, Any]) -> object:
    from azoth.orm.runtime.instrumentation.instance_copies import deeply_copied  # noqa: PLC0415

    return deeply_copied(instance, memo)


def _reduced(instance: object, protocol: int) -> object:
    from azoth.orm.runtime.instrumentation.instance_pickling import reduced  # noqa: PLC0415

    return reduced(instance, protocol)


setattr(_reduced, REDUCES, True)


def _uninstrumented(class_: type[Any], name: str) -> Any:
    """Find the class's own or inherited ``__setattr__``, looking through the ones that azoth generated."""
    method = getattr(class_, name)
    while hasattr(method, "__azoth_inherited__"):
        method = method.__azoth_inherited__
    return method


def _sees_own_writes(class_: type[Any]) -> bool:
    return (
        _uninstrumented(class_, "__setattr__") is not object.__setattr__
        or _uninstrumented(class_, "__delattr__") is not object.__delattr__
    )


def _nothing_to_load_from(state: InstanceState, instance: object, key: str, *, asked: bool = True) -> Any:
    return state.manager.attributes[key].initialize(state, instance)
