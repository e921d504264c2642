"""Wrong values of arguments: one error for all of them, and a decorator that reads what is right from the signature.

A constructor that is not called for each row or statement is decorated with ``checked``; others look at a value where
it fails anyway, and raise ``wrong_value()``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar, cast

from azoth.exc import ArgumentError
from azoth.util.named_tuple import NamedTuple
from azoth.util.near_names import did_you_mean
from azoth.util.signature import signature_of, takes_keywords

__all__ = [
    "TakesTypeArguments",
    "as_list",
    "as_mapping",
    "check_arguments",
    "check_count",
    "check_flag",
    "check_function",
    "check_least",
    "check_text",
    "checked",
    "kind_of",
    "no_argument",
    "wrong_value",
]

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class TakesTypeArguments:
    """The base of classes that are generic to their readers only: ``class Upper(Comparator[str])``.

    With arguments they are what they are without.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __class_getitem__(cls, parameters: object) -> type[Self]:
            return cls


class Kind(NamedTuple):
    """A kind of values: what an annotation says, in words, and how to tell."""

    words: str
    fits: Callable[[object], bool]


def _is_flag(value: object) -> bool:
    # numpy's truth values come out of data frames.
    return value is None or (isinstance(value, int) and value in {0, 1}) or type(value).__name__ == "bool_"


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, str)


_KINDS: Final[dict[str, Kind]] = {
    "bool": Kind("True or False", _is_flag),
    "int": Kind("a whole number", lambda value: hasattr(value, "__index__")),
    "float": Kind("a number", _is_number),
    "str": Kind("a text", _is_text),
    "None": Kind("None", lambda value: value is None),
    "type": Kind("a class", lambda value: isinstance(value, type)),
    "Callable": Kind("a function", callable),
    "Mapping": Kind("a dictionary", lambda value: isinstance(value, Mapping)),
    "Iterable": Kind("a list", lambda value: hasattr(value, "__iter__") and not isinstance(value, str)),
}
for _name, _like in (("dict", "Mapping"), ("list", "Iterable"), ("Sequence", "Iterable"), ("Collection", "Iterable")):
    _KINDS[_name] = _KINDS[_like]


def wrong_value(argument: str, wanted: str, value: object, fix: str = "") -> ArgumentError:
    """Make the error for a value that an argument cannot be.

    Args:
        argument: function and argument, such as "Session(): bind".
        wanted: what it can be, in words.
        value: what was given; its class is named, the value itself is not.
        fix: what to write instead, where more can be said than to give what is wanted.

    Returns:
        the error, not raised.
    """
    given = f"the class {value.__name__}" if isinstance(value, type) else kind_of(value)
    return ArgumentError(
        f"{argument} is {wanted}, not {given}",
        why=f"{given} was given, which would have no meaning here",
        fix=fix or f"give {wanted}, or leave the argument out",
        code="AZ-C700",
    )


def kind_of(value: object) -> str:
    """Name what was given without showing it."""
    return "None" if value is None else f"an object of class {type(value).__name__}"


def no_argument(function: str, name: str, known: Iterable[str]) -> TypeError:
    """Make Python's own error for an unknown keyword, for functions that must take ``**arguments`` to look at them.

    Args:
        function: its name.
        name: the keyword.
        known: the keywords that it knows.

    Returns:
        the error, not raised.
    """
    public = [one for one in known if not one.startswith("_") and one != "self"]
    return TypeError(f"{function} has no argument {name!r}; {did_you_mean(name, public)}")


def check_function(argument: str, value: object, fix: str = "") -> None:
    """Refuse what cannot be called.

    Raises:
        ArgumentError: the value is no function.
    """
    if not callable(value):
        raise wrong_value(argument, "a function", value, fix)


def check_flag(argument: str, value: object) -> None:
    """Refuse what is neither true nor false, such as "no", which Python takes for true.

    Raises:
        ArgumentError: the value is no flag.
    """
    if not _KINDS["bool"].fits(value):
        raise wrong_value(argument, "True or False", value)


def check_count(argument: str, value: object, least: int = 1, fix: str = "") -> None:
    """Refuse what is no number of rows.

    Raises:
        ArgumentError: the value is no whole number, or less than the least that makes sense.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_value(argument, "a whole number", value, fix)
    check_least(argument, value, least, fix)


def check_least(argument: str, value: float, least: int, fix: str = "") -> None:
    """Refuse a number that is too small to have a meaning.

    Raises:
        ArgumentError: the number is less than the least that makes sense.
    """
    if value < least:
        raise ArgumentError(
            f"{argument} is {least} or more",
            why=f"{value} was given",
            fix=fix or "give how many, or leave it out",
            code="AZ-C700",
        )


def check_text(argument: str, value: object, fix: str = "") -> None:
    """Refuse what is no text, such as the number of a column in the place of its name.

    Raises:
        ArgumentError: the value is no text.
    """
    if not isinstance(value, str):
        raise wrong_value(argument, "a text", value, fix)


def as_list(argument: str, values: Any, wanted: str = "a list", fix: str = "") -> list[Any]:
    """Make a list of what was given as one.

    Args:
        argument: function and argument.
        values: what was given.
        wanted: what is listed, in words.
        fix: what to write instead.

    Returns:
        the values; the list itself where it is one.

    Raises:
        ArgumentError: it cannot be iterated, or is a text or a dictionary.
    """
    if isinstance(values, list):
        return values
    if not hasattr(values, "__iter__") or isinstance(values, str | bytes | Mapping | type):
        raise wrong_value(argument, wanted, values, fix)
    return list(values)


def as_mapping(argument: str, values: object, fix: str = "") -> Mapping[Any, Any]:
    """Give back a mapping, and refuse everything else.

    Raises:
        ArgumentError: it is no mapping.
    """
    if not isinstance(values, Mapping):
        raise wrong_value(argument, "a dictionary", values, fix)
    return values


# --- by signature ----------------------------------------------------------------------------------------------------


def checked(function: FunctionT) -> FunctionT:
    """Refuse values that contradict the annotation of their parameter.

    Annotations of plain kinds count (bool, int, float, str, None, Literal, Callable, Mapping, Sequence and the like,
    and alternatives of these); a default is always right. What a signature says in other ways is left to the function.

    A misspelt keyword is Python's own error, with the name that is probably meant.

    Args:
        function: a constructor or function that is called rarely: at import, not for each row or statement.

    Returns:
        the function, which raises ArgumentError for such values.
    """
    expected: dict[str, tuple[Kind, object]] | None = None
    names: tuple[str, ...] = ()
    known: dict[str, object] | None = None
    title = _title(function)

    @wraps(function)
    def check(*arguments: Any, **keywords: Any) -> Any:
        nonlocal expected, names, known
        if expected is None:
            # With the first call: many functions are never called.
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            expected = _expected(function)
            known = None if takes_keywords(function) else signature_of(function).defaults
        for name, value in keywords.items():
            if name in expected:
                kind, default = expected[name]
                if value is not default and not kind.fits(value):
                    raise wrong_value(f"{title}: {name}", kind.words, value)
            elif known is not None and name not in known:
                raise no_argument(title, name, known)
        for name, value in zip(names, arguments, strict=False):
            if name in expected:
                _check(title, name, value, expected[name])
        return function(*arguments, **keywords)

    # Of the very type of the function, by which checkers know the functions that declare fields of dataclasses.
    return cast(FunctionT, check)


def check_arguments(title: str, function: Callable[..., object], arguments: Mapping[str, object]) -> None:
    """Check keywords against the signature of a function, as ``checked`` does at each call.

    Args:
        title: how to name the function.
        function: whose annotations say what is right.
        arguments: the keywords.

    Raises:
        ArgumentError: one has a value of another kind.
    """
    expected = _expected(function)
    for name, value in arguments.items():
        if name in expected:
            _check(title, name, value, expected[name])


def _title(function: Callable[..., object]) -> str:
    name = function.__qualname__
    for method in (".__init__", "._new"):
        name = name.removesuffix(method)
    return f"{name.rpartition('>.')[2]}()"


def _check(title: str, name: str, value: object, expected: tuple[Kind, object]) -> None:
    kind, default = expected
    if value is not default and not kind.fits(value):
        raise wrong_value(f"{title}: {name}", kind.words, value)


def _expected(function: Callable[..., object]) -> dict[str, tuple[Kind, object]]:
    """Find the kinds of a function's parameters, those with plain annotations."""
    defaults = signature_of(function).defaults
    kinds = {name: _kind(str(annotation)) for name, annotation in function.__annotations__.items()}
    return {name: (kind, defaults[name]) for name, kind in kinds.items() if kind is not None and name in defaults}


def _kind(annotation: str) -> Kind | None:
    """Understand an annotation; None where it says more than a plain kind."""
    parts = [_part(part) for part in _alternatives(annotation)]
    found = [part for part in parts if part is not None]
    if not found or len(found) < len(parts):
        return None
    if len(found) == 1:
        return found[0]
    words = [kind.words for kind in found]
    return Kind(f"{', '.join(words[:-1])} or {words[-1]}", _fits_one(tuple([kind.fits for kind in found])))


def _fits_one(alternatives: tuple[Callable[[object], bool], ...]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        # No any() of a generator: this runs for each argument of each column that a program declares.
        for alternative in alternatives:  # noqa: SIM110
            if alternative(value):
                return True
        return False

    return fits


def _part(annotation: str) -> Kind | None:
    name, _, inside = annotation.partition("[")
    if name == "Literal":
        choices = _choices(inside.removesuffix("]"))
        return Kind(" or ".join(map(repr, choices)), lambda value: any(value == choice for choice in choices))
    return _KINDS.get(name)


def _choices(inside: str) -> tuple[object, ...]:
    # Not by ast.literal_eval(), whose import takes longer than all that programs have checked when they start.
    return tuple([_choice(choice.strip()) for choice in inside.split(",")])


def _choice(written: str) -> object:
    return _WORDS[written] if written in _WORDS else int(written) if written.isdigit() else written.strip("\"'")


_WORDS: Final[dict[str, object]] = {"None": None, "True": True, "False": False}


def _alternatives(annotation: str) -> list[str]:
    parts, depth = [""], 0
    for character in annotation:
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
