"""What a user may choose of a generated package, checked.

Only this module knows what such a choice may be. It says nothing of where things are read from and
written to: that is the command's.
"""

from __future__ import annotations

from .ir import Identifier
from .values import frozen


def package_name(name: str) -> str:
    """Return the name of a package, such as `acme.pets`.

    Raises:
        ValueError: it cannot be imported.
    """
    for part in name.split("."):
        if not part.isascii():
            raise ValueError(f"{name!r} has letters that not every file system can hold")
        if not is_importable(part):
            raise ValueError(
                f"{name!r} is no name to import; write one such as 'acme_pets' or 'acme.pets'"
            )
    return name


def is_importable(name: str) -> bool:
    """Whether an import can name a folder that is called so."""
    try:
        Identifier(name)
    except ValueError:
        return False
    return True


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


@frozen(kw_only=True)
class Options:
    """How a package presents itself.

    Raises:
        ValueError: a name is none.
    """

    package: str | None = None
    """What it is imported as, for examples in its docstrings and for its `User-Agent`."""
    base_error: str | None = None
    """What its root offers the error as from which all of its errors descend."""
    has_contract: bool = True
    """Whether it comes with the file that later packages are checked against."""

    def __post_init__(self) -> None:
        """Check both."""
        if self.package is not None:
            package_name(self.package)
        if self.base_error is not None:
            class_name(self.base_error)


DEFAULT = Options()
