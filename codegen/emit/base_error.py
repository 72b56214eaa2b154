"""The module that gives the parent of all errors the name that the SDK's owner chose for it.

Only this module knows where such a name is taken already: the root of the package has others.
"""

from __future__ import annotations

from collections.abc import Collection

from ..errors import OptionError
from ..ir import Identifier
from .source import Imports, assignment, module

HOME = "base_error"
"""The module's name in the package."""

_PARENT = "SdkError"


def base_error_module(name: Identifier, public: Collection[str]) -> str:
    """The module of a chosen name, where `public` are the names that the package has without it.

    Raises:
        OptionError: it has this one already.
    """
    if name in public:
        raise OptionError("--base-error", f"the SDK has a {name!r} already; choose another name")
    imports = Imports()
    parent = imports.use("._runtime.errors", _PARENT)
    doc = "The error from which all errors of this package descend, by its own name."
    return module(doc, imports, [assignment(name, parent)])
