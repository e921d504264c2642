"""The options of a URL, as the drivers of MySQL and MariaDB take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from azoth.exc import ArgumentError

if TYPE_CHECKING:
    from azoth.engine.url import URL

__all__ = ["TLSMode", "connect_options", "query_of", "tls_mode", "tls_options"]

_NUMBERS: Final = frozenset({"client_flag", "connect_timeout", "max_allowed_packet", "read_timeout", "write_timeout"})
_FLAGS: Final = frozenset({"autocommit", "compress", "local_infile", "use_unicode"})
_TLS_FILES: Final = ("ca", "capath", "cert", "cipher", "key")
_TLS_FLAGS: Final = ("check_hostname", "disabled", "verify_cert", "verify_identity")
_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})

TLSMode = str
"""How much of TLS is wanted; a word of ``_MODES``."""

_MODES: Final = ("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY")


def query_of(url: URL) -> dict[str, str]:
    """Read the options of a URL; of one that is given several times, the last counts.

    Args:
        url: the URL.
    """
    return {name: values[-1] for name, values in url.normalized_query.items()}


def connect_options(query: Mapping[str, str]) -> dict[str, object]:
    """Convert the options of a URL that are not about TLS: numbers and flags; the others stay texts.

    Args:
        query: the options.

    Raises:
        ArgumentError: a value cannot be converted.
    """
    converted: dict[str, object] = {}
    for name, value in query.items():
        if name in _NUMBERS:
            converted[name] = _number(name, value)
        elif name in _FLAGS:
            converted[name] = _flag(name, value)
        elif name != "ssl" and not name.startswith("ssl_"):
            converted[name] = value
    return converted


def tls_options(query: Mapping[str, str]) -> dict[str, str | bool]:
    """Collect the options about TLS, without "ssl_" in front: files, flags, the password of a key.

    Args:
        query: the options of the URL.

    Raises:
        ArgumentError: there is no such option, or its value cannot be converted.
    """
    found: dict[str, str | bool] = {}
    if "ssl" in query:
        found["required"] = _flag("ssl", query["ssl"])
    for name, value in query.items():
        short = name.removeprefix("ssl_")
        if short == name:
            continue
        if short in _TLS_FLAGS:
            found[short] = _flag(name, value)
        elif short in (*_TLS_FILES, "key_password", "mode"):
            found[short] = value
        else:
            raise ArgumentError(
                f"the database URL has an unknown option {name!r}",
                why="it is passed to the driver, which would pass over it: a connection could be less safe than wanted",
                fix=f"the options of TLS are {', '.join(f'ssl_{one}' for one in _TLS_FILES + _TLS_FLAGS)}, "
                "ssl_key_password, ssl_mode and ssl",
                code="AZ-D110",
            )
    return found


def tls_mode(options: Mapping[str, str | bool], checks_names: bool) -> TLSMode:
    """Tell how much of TLS is wanted; with the certificate of an authority, the server must have one of it.

    Args:
        options: what ``tls_options()`` gave.
        checks_names: whether the server's must then be for the host's name too, where nothing is said about that.

    Raises:
        ArgumentError: ``ssl_mode`` is none of the words that it can be.
    """
    given = options.get("mode")
    if given is not None:
        mode = str(given).upper()
        if mode not in _MODES:
            raise ArgumentError(
                f"the database URL has ssl_mode={given}",
                why="it says whether the connection is encrypted, and what of the server's certificate is verified",
                fix=f"write one of {', '.join(_MODES)}",
                code="AZ-D111",
            )
        return mode
    if options.get("disabled") or options.get("required") is False:
        return "DISABLED"
    has_authority = "ca" in options or "capath" in options
    verifies_name = options.get("verify_identity", options.get("check_hostname", has_authority and checks_names))
    verifies = options.get("verify_cert", has_authority)
    if options.get("verify_identity") or (verifies and verifies_name):
        return "VERIFY_IDENTITY"
    if verifies:
        return "VERIFY_CA"
    return "REQUIRED" if options else "PREFERRED"


def _number(name: str, value: str) -> int | float:
    try:
        return float(value) if "." in value else int(value)
    except ValueError:
        raise _unfit(name, value, "a number") from None


def _flag(name: str, value: str) -> bool:
    word = value.strip().lower()
    if word not in _TRUE | _FALSE:
        raise _unfit(name, value, "true or false")
    return word in _TRUE


def _unfit(name: str, value: str, wanted: str) -> ArgumentError:
    return ArgumentError(
        f"the database URL has {name}={value}",
        why=f"this option of the driver is {wanted}",
        fix=f"write {wanted} behind {name}=, or leave it out",
        code="AZ-D112",
    )
