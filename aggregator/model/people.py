"""People who sign in: their accounts, roles and sessions. Passwords and tokens are kept only as hashes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_NAME_LENGTH = 80  # letters of an account's name


class Role(StrEnum):
    """What a person may do; each role may do what the earlier ones may."""

    READER_OF_LOGS = "reader_of_logs"
    EDITOR = "editor"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. ``name`` is unique however it is written (case, accents); times are aware UTC."""

    name: str
    password_hash: str  # argon2, with its parameters
    role: Role
    created_at: datetime
    disabled: bool = False
    must_change: bool = False  # the password was given by somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in browser. ``token_hash`` is the SHA-256 of the cookie in hex, ``csrf`` the forms' token."""

    token_hash: str
    user: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
