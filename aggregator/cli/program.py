"""The program: its commands, and how their mistakes reach a person."""

import sys

import typer
from rich.console import Console

from aggregator.cli import accept, crawl, demo, doctor, probe, serve, sources, users
from aggregator.model.errors import AggregatorError, ConfigError

program = typer.Typer(
    name="main.py",
    help="News service of a province: crawls its sources, merges their news, serves one feed.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command("serve", epilog=serve.SETTINGS_HELP)(serve.serve)
program.command("crawl")(crawl.crawl)
program.command("probe")(probe.probe)
program.command("demo")(demo.demo)
program.command("doctor")(doctor.doctor)
program.command("accept")(accept.accept)
program.add_typer(sources.commands, name="sources")
program.add_typer(users.commands, name="users")


@program.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serves when no command is given."""
    if context.invoked_subcommand is None:
        serve.serve()


def main() -> None:
    """Runs the program; a mistake is one message on standard error and exit code 2, a failure exit code 1."""
    try:
        program()
    except ConfigError as error:
        _say(error)
        sys.exit(2)
    except AggregatorError as error:
        _say(error)
        sys.exit(1)
    except BaseExceptionGroup as group:
        known = group.subgroup(AggregatorError)
        if known is None:
            raise
        for leaf in _leaves(known):
            _say(leaf)
        sys.exit(1)


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


def _say(error: BaseException) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), style="bold red", markup=False)
