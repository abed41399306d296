"""``users``: who may look at the operators' pages."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from aggregator.app import open_store, wall_clock
from aggregator.cli.inputs import load_settings
from aggregator.model.errors import ConfigError
from aggregator.model.people import MAX_NAME_LENGTH, Role, User
from aggregator.store.store import Store
from aggregator.web.ops.passwords import MIN_LENGTH, hash_password

commands = typer.Typer(help="Accounts of the operators' pages.", no_args_is_help=True)

T = TypeVar("T")

Name = Annotated[str, typer.Argument(help="Account name.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input instead of making one.")
]


@commands.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.OPERATOR,
    *,
    password_stdin: FromStdin = False,
) -> None:
    """Add an account; its password is made and shown once, or read from standard input."""
    password, made = _password(password_stdin=password_stdin)

    async def act(store: Store) -> None:
        await add_account(store, name, password, role, must_change=made)

    _with_store(act)
    _tell(f"{name} added as {role.value}.", password, made=made)


@commands.command("reset")
def reset(name: Name, *, password_stdin: FromStdin = False) -> None:
    """Give an account a new password and end its sessions."""
    password, made = _password(password_stdin=password_stdin)

    async def act(store: Store) -> None:
        hashed = await asyncio.to_thread(hash_password, password)
        if not await store.users.set_password(name, hashed, must_change=made):
            raise ConfigError(f"No account is called {name}; `main.py users list` shows them.")

    _with_store(act)
    _tell(f"{name} has a new password; its sessions are ended.", password, made=made)


@commands.command("disable")
def disable(name: Name) -> None:
    """Lock an account out and end its sessions; `enable` lets it in again."""
    _set_disabled(name, disabled=True)
    Console(highlight=False).print(f"{name} is locked out; its sessions are ended.", markup=False)


@commands.command("enable")
def enable(name: Name) -> None:
    """Let a disabled account in again."""
    _set_disabled(name, disabled=False)
    Console(highlight=False).print(f"{name} may sign in again.", markup=False)


@commands.command("list")
def list_users() -> None:
    """List the accounts: name, role, since when."""
    users = _with_store(lambda store: store.users.list_users())
    table = Table("name", "role", "since", "disabled")
    for user in users:
        table.add_row(user.name, user.role.value, f"{user.created_at:%Y-%m-%d}", "yes" if user.disabled else "")
    Console(highlight=False).print(table)


def _set_disabled(name: str, *, disabled: bool) -> None:
    async def act(store: Store) -> None:
        if not await store.users.set_disabled(name, disabled=disabled):
            raise ConfigError(f"No account is called {name}; `main.py users list` shows them.")

    _with_store(act)


async def add_account(store: Store, name: str, password: str, role: Role, *, must_change: bool) -> None:
    """Adds an account; ``must_change`` asks for a new password at the first sign-in.

    Raises ConfigError when the name is taken, empty or too long.
    """
    if not 0 < len(name.strip()) <= MAX_NAME_LENGTH:
        raise ConfigError(f"An account name has 1 to {MAX_NAME_LENGTH} characters, e.g. `main.py users add lan`.")
    user = User(
        name=name,
        password_hash=await asyncio.to_thread(hash_password, password),
        role=role,
        created_at=wall_clock(),
        must_change=must_change,
    )
    if not await store.users.add_user(user):
        raise ConfigError(f"An account called {name} exists already; `main.py users reset {name}` renews its password.")


def _with_store(act: Callable[[Store], Awaitable[T]]) -> T:
    settings = load_settings()

    async def run() -> T:
        async with open_store(settings, share=True) as store:
            return await act(store)

    return asyncio.run(run())


def _password(*, password_stdin: bool) -> tuple[str, bool]:
    if not password_stdin:
        return secrets.token_urlsafe(12), True
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_LENGTH:
        raise ConfigError(f"The password has {len(password)} characters; give at least {MIN_LENGTH}.")
    return password, False


def _tell(sentence: str, password: str, *, made: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(sentence, markup=False)
    if made:
        console.print(f"Password (shown this once): {password}", markup=False)
