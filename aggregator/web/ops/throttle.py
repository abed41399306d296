"""How fast passwords may be guessed: after five failures of a name or an address each next try waits longer.

Failures are counted in the store, so that a restart forgives nothing; the instant of the next try is kept in this
process. Names that do not exist are counted like others: an answer never tells which exist.
"""

import time
from collections import OrderedDict

from aggregator.store.users import Users, account_key
from aggregator.web.limits import network_of

FREE_FAILURES = 5
_LONGEST_WAIT_S = 60.0
_MAX_KEYS = 10_000


class LoginThrottle:
    """The waits of one process; the table is bounded, the oldest entry leaves first."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._not_before: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, name: str, address: str) -> float:
        """Seconds until this name may be tried from this address; 0.0 when it may be now."""
        now = time.monotonic()
        return max(0.0, *(self._not_before.get(key, 0.0) - now for key in _keys(name, address)))

    async def failed(self, name: str, address: str) -> None:
        """Counts a failure; from the fifth on the next try waits 1, 2, 4… seconds, at most a minute."""
        for key in _keys(name, address):
            over = await self._users.note_failed_login(key) - FREE_FAILURES
            if over >= 0:
                self._not_before[key] = time.monotonic() + min(2.0 ** min(over, 16), _LONGEST_WAIT_S)
                self._not_before.move_to_end(key)
                if len(self._not_before) > _MAX_KEYS:
                    self._not_before.popitem(last=False)

    async def succeeded(self, name: str, address: str) -> None:
        """Forgets the failures of the name. Those of the address age by themselves: one good account must not be a
        way to try others without end.
        """
        name_key, _ = _keys(name, address)
        self._not_before.pop(name_key, None)
        await self._users.clear_failed_logins(name_key)


def _keys(name: str, address: str) -> tuple[str, str]:
    # The very key by which the account is found: another way to write a name is not another name.
    return f"name:{account_key(name)}", f"address:{network_of(address) or address}"
