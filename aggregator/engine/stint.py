"""A long computation that stays on the loop, in stints: others have their turn in between."""

import asyncio

_STINT_S = 0.005


class Stint:
    """The time since a computation began or last paused."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()

    async def pause(self) -> None:
        """Lets others have their turn once five milliseconds were used; costs next to nothing until then."""
        if self._clock() - self._began >= _STINT_S:
            await asyncio.sleep(0)
            self._began = self._clock()
