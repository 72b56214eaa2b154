"""What a user may choose of a generated package, checked.

Only this module knows what such a choice may be. It says nothing of where things are read from and
written to: that is the command's.
"""

from __future__ import annotations

from attrs import field, frozen

from .ir import Identifier


def package_name(name: str) -> str:
    """Return the name of a package, such as `acme.pets`.

    Raises:
        ValueError: it cannot be imported.
    """
    for part in name.split("."):
        if not part.isascii():
            raise ValueError(f"{name!r} has letters that not every file system can hold")
        try:
            Identifier(part)
        except ValueError:
            raise ValueError(
                f"{name!r} is no name to import; write one such as 'acme_pets' or 'acme.pets'"
            ) from None
    return name


def _optional_package(name: str | None) -> str | None:
    return None if name is None else package_name(name)


def class_name(name: str) -> Identifier:
    """Return the name of a class.

    Raises:
        ValueError: it is none, or does not begin with a capital.
    """
    try:
        identifier = Identifier(name)
    except ValueError:
        identifier = None
    if identifier is None or not name[0].isupper() or not name.isascii():
        raise ValueError(f"{name!r} is no name of a class; write one such as 'AcmeError'")
    return identifier


def _optional_class(name: str | None) -> Identifier | None:
    return None if name is None else class_name(name)


@frozen(kw_only=True)
class Options:
    """How a package presents itself.

    Raises:
        ValueError: a name is none.
    """

    package: str | None = field(default=None, converter=_optional_package)
    """What it is imported as, for examples in its docstrings and for its `User-Agent`."""
    base_error: Identifier | None = field(default=None, converter=_optional_class)
    """What its root offers the error as from which all of its errors descend."""
    has_contract: bool = True
    """Whether it comes with the file that later packages are checked against."""


DEFAULT = Options()
