"""Families of events: which events exist for a kind of target, and what their listeners receive."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar

from azoth.event.dispatch import NO_RETVAL, Dispatch, Listener, dispatch_class
from azoth.exc import ArgumentError
from azoth.util.arguments import TakesTypeArguments, wrong_value
from azoth.util.named_tuple import NamedTuple
from azoth.util.signature import called_signature

if TYPE_CHECKING:
    from inspect import Signature

Method = TypeVar("Method", bound=Callable[..., Any])

_families: Final[list[type[Events]]] = []


class EventSpec(NamedTuple):
    """What is known about one event: its arguments, and those that its listeners may replace by returning them.

    ``by_name`` are further arguments, of listeners that asked for them by an option of the event's family.
    """

    name: str
    arguments: tuple[str, ...]
    replaceable: tuple[str, ...]
    earlier: tuple[tuple[int, Callable[[tuple[Any, ...]], tuple[Any, ...]]], ...]
    """Other forms that its listeners may have: how many arguments they take, and what makes these of the event's."""
    by_name: tuple[str, ...] = ()
    """Further arguments, of listeners that asked for them by an option of the event's family."""


def replaces(*arguments: str) -> Callable[[Method], Method]:
    """Declare that listeners of an event with ``retval=True`` return new values for these arguments."""

    def mark(method: Method) -> Method:
        method._replaceable = arguments  # type: ignore[attr-defined]
        return method

    return mark


def may_omit(count: int) -> Callable[[Method], Method]:
    """Declare that listeners of an event may do without its last arguments, as they could in earlier versions."""

    def mark(method: Method) -> Method:
        method._omittable = count  # type: ignore[attr-defined]
        return method

    return mark


def formerly(count: int, convert: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Callable[[Method], Method]:
    """Declare that listeners of an event may have the form that they had in earlier versions.

    Args:
        count: how many arguments they take then.
        convert: makes these arguments of the event's.
    """

    def mark(method: Method) -> Method:
        method._earlier = (count, convert)  # type: ignore[attr-defined]
        return method

    return mark


class Events(TakesTypeArguments):
    """The events of one kind of target; a subclass declares each event as a method that documents its arguments.

    Programs have events of their own by ``dispatch = event.dispatcher(MyEvents)`` in the class whose events they are;
    they fire one by ``target.dispatch.some_event(arguments)``. Events of a family that the subclass derives from are
    its own, too.

    Subclasses are registered as they are defined. A target class has an attribute ``dispatch``, and its instances find
    their listeners there until somebody listens to one of them alone.
    """

    _dispatch_target: ClassVar[type | None] = None
    """A class whose events these are, where it exists before the family does."""

    _groups: ClassVar[dict[str, tuple[str, ...]]] = {}
    _options: ClassVar[frozenset[str]] = frozenset()
    """Names of keyword arguments of listen() that this family understands beyond the general ones."""

    _propagates: ClassVar[bool] = False
    """Whether listeners reach subclasses of their target unless they say otherwise."""

    _dispatch_base: ClassVar[type[Dispatch]] = Dispatch
    """The class that the family's dispatchers are derived from."""

    _specs: ClassVar[dict[str, EventSpec]]
    _dispatch_type: ClassVar[type[Dispatch]]
    _targets: ClassVar[tuple[type, ...]] = ()
    _instance_targets: ClassVar[tuple[type, ...]] = ()
    _delegates: ClassVar[tuple[tuple[type, type, Callable[[Any], Any]], ...]] = ()

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        methods = {
            name: method
            for name, method in vars(cls).items()
            if not name.startswith("_") and isinstance(method, FunctionType)
        }
        inherited: dict[str, EventSpec] = getattr(super(cls, cls), "_specs", {})
        cls._specs = {**inherited, **{name: _spec_of(method) for name, method in methods.items()}}
        base: type[Dispatch] = getattr(super(cls, cls), "_dispatch_type", cls._dispatch_base)
        cls._dispatch_type = dispatch_class(cls.__name__, tuple(cls._specs), cls._groups, base)
        cls._targets = ()
        cls._instance_targets = ()
        cls._delegates = ()
        _families.append(cls)
        target = vars(cls).get("_dispatch_target")
        if target is not None:
            cls._accept(target)

    @classmethod
    def _accept(cls, target_class: type) -> None:
        """Let a class, its subclasses and their instances be targets of this family."""
        cls._targets += (target_class,)
        cls._class_dispatch(target_class)

    @classmethod
    def _accept_instances(cls, target_class: type) -> None:
        """Let the instances of a class be targets; each has an attribute ``dispatch`` that it shares with others."""
        cls._instance_targets += (target_class,)

    @classmethod
    def _delegate(cls, target_class: type, stands_for: type, instance_target: Callable[[Any], Any]) -> None:
        """Let a class that is no target itself stand for one: an engine for its pool, for instance."""
        cls._delegates += ((target_class, stands_for, instance_target),)

    @classmethod
    def _dispatch_for(cls, target: Any) -> Dispatch | None:
        """Find the dispatcher that a listener of this target belongs to; None for targets of other families."""
        if isinstance(target, type):
            for source, stands_for, _ in cls._delegates:
                if issubclass(target, source):
                    return cls._class_dispatch(stands_for)
            return cls._class_dispatch(target) if issubclass(target, cls._targets) else None
        for source, _, instance_target in cls._delegates:
            if isinstance(target, source):
                return cls._dispatch_for(instance_target(target))
        if isinstance(target, cls._targets + cls._instance_targets):
            return cls._instance_dispatch(target)
        return None

    @classmethod
    def _dispatch_for_event(cls, name: str, target: object) -> Dispatch | None:
        """Find the dispatcher for one event of a target, where some events have fewer targets than the others."""
        return cls._dispatch_for(target)

    @classmethod
    def _wrap(cls, spec: EventSpec, target: Any, function: Listener, options: dict[str, Any]) -> Listener:
        """Adapt a listener as the program gave it; the general options are applied afterwards."""
        return function

    @classmethod
    def _fit(cls, spec: EventSpec, target: Any, function: Listener, options: dict[str, Any]) -> Listener:
        """Adapt what takes the event's arguments by position to options of this family."""
        return function

    @classmethod
    def _class_dispatch(cls, target_class: type) -> Dispatch:
        dispatch: Dispatch | None = target_class.__dict__.get("dispatch")
        if dispatch is not None:
            return dispatch
        # One thread makes a dispatcher, so that no listener is added to one that another thread has replaced.
        with cls._dispatch_type.changing:
            dispatch = target_class.__dict__.get("dispatch")
            if dispatch is None:
                bases = [base for base in target_class.__bases__ if issubclass(base, cls._targets)]
                dispatch = cls._dispatch_type(tuple([cls._class_dispatch(base) for base in bases]))
                target_class.dispatch = dispatch  # type: ignore[attr-defined]
            return dispatch

    @classmethod
    def _instance_dispatch(cls, target: Any) -> Dispatch:
        with cls._dispatch_type.changing:
            current: Dispatch | None = vars(target).get("dispatch")
            if current is None:
                current = cls._class_dispatch(type(target))
            elif current.belongs_to(target):
                return current
            own = cls._dispatch_type((current,))
            own.adopt(target)
            target.dispatch = own
            return own


class EventTarget(Protocol):
    """Something that can be listened to."""

    dispatch: Any


class dispatcher:
    """Give a class the events of a family: ``dispatch = event.dispatcher(MyEvents)`` in its body.

    The class and its instances have an attribute ``dispatch`` then, with the listeners of each event;
    ``target.dispatch.some_event(arguments)`` calls them, and there is nothing to call while nobody listens.

    Args:
        events: a subclass of ``event.Events``, which declares the events.

    Raises:
        ArgumentError: it is something else.
    """

    def __init__(self, events: type[Events]) -> None:
        if not (isinstance(events, type) and issubclass(events, Events)):
            raise wrong_value("event.dispatcher(): events", "a subclass of event.Events", events)
        self.events = events

    def __set_name__(self, owner: type, name: str) -> None:
        if name != "dispatch":
            raise wrong_value("event.dispatcher()", "assigned to the name 'dispatch'", name)
        # Where the attribute is missing, the class gets its dispatcher; it takes this one's place.
        del owner.dispatch  # type: ignore[attr-defined]
        self.events._accept(owner)

    def __get__(self, instance: object, owner: type | None = None) -> Dispatch:
        raise AttributeError("dispatch")


def families() -> tuple[type[Events], ...]:
    """List all families, in the order in which they were defined."""
    return tuple(_families)


def placed(spec: EventSpec, function: Listener, *, named: bool) -> Listener:
    """Adapt a listener's signature to its event.

    Args:
        spec: the event.
        function: the listener.
        named: pass the arguments by name.

    Returns:
        what takes the event's positional arguments; the function itself in the plain case.
    """
    return _by_name(spec, function) if named else _by_position(spec, function)


def keeping_arguments(spec: EventSpec, function: Listener, *, returns: bool) -> Listener:
    """Let a listener that returns nothing leave the event's arguments as they are.

    Args:
        spec: the event.
        function: what takes the event's positional arguments.
        returns: the listener returns replacements where the event takes some.
    """
    if not spec.replaceable:
        return function
    return _returning(spec, function) if returns else _keeping_arguments(spec, function)


def _by_name(spec: EventSpec, function: Listener) -> Listener:
    names = spec.arguments

    def call(*values: Any, **more: object) -> Any:
        return function(**dict(zip(names, values, strict=True)), **more)

    return call


def _by_position(spec: EventSpec, function: Listener) -> Listener:
    try:
        signature = called_signature(function)
    except (TypeError, ValueError):
        return function
    if _takes(signature, len(spec.arguments)) or (
        spec.by_name and _takes(signature, len(spec.arguments), spec.by_name)
    ):
        return function
    for count, convert in spec.earlier:
        if _takes(signature, count):
            return lambda *values, convert=convert: function(*convert(values))
    raise ArgumentError(
        f"{function!r} cannot listen to {spec.name!r}",
        why=f"the event calls its listeners with ({', '.join(spec.arguments)}).",
        fix="give the function these arguments, or listen with named=True and take **kw.",
        code="AZ-C91",
    )


def _takes(signature: Signature, count: int, names: tuple[str, ...] = ()) -> bool:
    try:
        signature.bind(*[None] * count, **dict.fromkeys(names))
    except TypeError:
        return False
    return True


def _kept_arguments(spec: EventSpec) -> Callable[[tuple[Any, ...]], Any]:
    kept = [spec.arguments.index(name) for name in spec.replaceable]
    if len(kept) == 1:
        return lambda values: values[kept[0]]
    return lambda values: tuple([values[index] for index in kept])


def _keeping_arguments(spec: EventSpec, function: Listener) -> Listener:
    kept = _kept_arguments(spec)

    def call(*values: Any) -> Any:
        function(*values)
        return kept(values)

    return call


def _returning(spec: EventSpec, function: Listener) -> Listener:
    kept = _kept_arguments(spec)

    def call(*values: Any) -> Any:
        answer = function(*values)
        return kept(values) if answer is NO_RETVAL else answer

    return call


def _spec_of(method: Callable[..., Any]) -> EventSpec:
    code: CodeType = method.__code__
    arguments = code.co_varnames[1 : code.co_argcount]
    by_name = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    replaceable: tuple[str, ...] = getattr(method, "_replaceable", ())
    shorter = range(len(arguments) - 1, len(arguments) - getattr(method, "_omittable", 0) - 1, -1)
    earlier = tuple([(count, _first(count)) for count in shorter])
    former = getattr(method, "_earlier", None)
    earlier = earlier if former is None else (*earlier, former)
    return EventSpec(method.__name__, arguments, replaceable, earlier, by_name)


def _first(count: int) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    return lambda values: values[:count]
