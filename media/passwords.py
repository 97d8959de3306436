"""Staff passwords with argon2id (t=2, m=19 MiB, p=1: OWASP's second recommended setting, about 50 ms)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class ArgonPasswords:
    """The Passwords port."""

    def hash(self, password: str) -> str:
        """Encoded argon2id hash."""
        return _HASHER.hash(password)

    def matches(self, hashed: str, password: str) -> bool:
        """Whether the password belongs to the hash; a broken hash matches nothing."""
        try:
            return _HASHER.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False
