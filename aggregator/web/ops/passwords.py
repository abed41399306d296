"""Passwords: argon2id, hashed and verified in a thread, the same work for names that do not exist."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH = 12
MAX_LENGTH = 256

# RFC 9106 §4, second recommended option: 64 MiB, three passes.
_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store, with its parameters. Takes some 50 ms and 64 MiB: call it off the loop."""
    return _HASHER.hash(password)


async def is_right_password(stored_hash: str | None, password: str) -> bool:
    """Whether the password is the account's. ``None`` (no such account) costs the same time and is never right."""
    return await asyncio.to_thread(_verify, stored_hash, password)


def password_mistake(password: str, *, name: str) -> str:
    """Why a new password is not good enough, in Vietnamese; "" when it is."""
    if len(password) < MIN_LENGTH:
        return f"Mật khẩu cần ít nhất {MIN_LENGTH} ký tự."
    if len(password) > MAX_LENGTH:
        return f"Mật khẩu không dài quá {MAX_LENGTH} ký tự."
    if name.casefold() in password.casefold():
        return "Mật khẩu không được chứa tên đăng nhập."
    if len(set(password)) < MIN_LENGTH // 2:
        return "Mật khẩu lặp lại quá ít ký tự khác nhau."
    return ""


def _verify(stored_hash: str | None, password: str) -> bool:
    try:
        _HASHER.verify(stored_hash or _stand_in(), password)
    except (Argon2Error, InvalidHashError):
        return False
    return stored_hash is not None


@lru_cache(maxsize=1)
def _stand_in() -> str:
    return _HASHER.hash("nobody has this password")
