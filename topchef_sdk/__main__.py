"""`topchef`, also as `python -m topchef_sdk`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; says what to install where its libraries are missing."""
    try:
        from .cli import topchef
    except ModuleNotFoundError as error:
        print(f"topchef: {error.name} is missing; pip install 'topchef-sdk[cli]'", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:  # loading takes long enough for an impatient Ctrl-C
        sys.exit(130)
    topchef()


if __name__ == "__main__":
    main()
