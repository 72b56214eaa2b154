"""`topchef` itself, to which the other modules add their commands."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeVar

import click
from click.exceptions import NoArgsIsHelpError

from .endings import INTERRUPTED, INVALID, end

C = TypeVar("C", bound=Callable[..., Any])

DEFAULT_URL: Final = "http://127.0.0.1:8080"


class _OneLineErrors(click.Group):
    """Commands whose wrong usage is told in one line, as everything that is wrong."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run a command and exit."""
        try:
            code: object = super().main(*args, **{**options, "standalone_mode": False})
        except NoArgsIsHelpError as help_text:
            help_text.show()
            sys.exit(INVALID)
        except click.UsageError as error:
            where = "topchef" if error.ctx is None else error.ctx.command_path
            end(f"{self._message(error)}; see '{where} --help'", INVALID)
        except click.ClickException as error:
            end(error.format_message(), INVALID)
        except (click.Abort, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)

    def _message(self, error: click.UsageError) -> str:
        """What is wrong, without a full stop."""
        is_before_command = error.ctx is not None and error.ctx.command is self
        if is_before_command and isinstance(error, click.NoSuchOption):
            commands = self.commands.values()
            if any(error.option_name in one.opts for each in commands for one in each.params):
                return f"{error.option_name} belongs behind the command"
        return error.format_message().rstrip(".")


def server_url(command: C) -> C:
    """Give a command the option that names its server."""
    return click.option(
        "--url",
        envvar="TOPCHEF_URL",
        default=DEFAULT_URL,
        show_default=True,
        help="The server; also from the environment, as TOPCHEF_URL.",
    )(command)


@click.group(cls=_OneLineErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="topchef-sdk", prog_name="topchef")
def topchef() -> None:
    """Post jobs to laboratory services, work for a service, or serve the TopChef API.

    Exit codes: 0 done, 1 a job failed or did not end in time, 2 wrong usage or invalid input, 3
    the server cannot be reached or refuses, 130 interrupted. Those of listen are in its own help.
    """
