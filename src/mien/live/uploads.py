"""Pictures that come as the body of a request: how many, how fast, and how much of memory.

An upload that hardly moves holds nobody up: where there is no room for another, it is the one that
is given up. So many clients can send at once, and a picture that has come waits apart from those
that are still to come.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

BODY_SECONDS: Final = 30.0
"""Seconds in which a picture must have come."""

MOST: Final = 64
"""Uploads under way at the same time."""

MOST_A_CLIENT: Final = 32
"""Uploads under way of one client."""

MOST_WAITING: Final = 32
"""Pictures that have come and may wait to be read; further ones are told to come later."""

HELD: Final = 3
"""Times the largest picture, in bytes, that uploads and waiting pictures may take of memory."""

HELD_A_CLIENT: Final = 2
"""The same of one client."""

SLOW: Final = 10_000.0
"""Bytes a second, on average after the first, below which an upload makes room for others."""


class RefusedError(Exception):
    """A request that is refused, with the status and the words for the client."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error


class _Upload:
    """One picture, from when its body is awaited until it was read."""

    def __init__(self, client: str, now: float) -> None:
        self.client = client
        self.began = now
        self.bytes = 0
        self.has_come = False
        self.is_given_up = False
        self.patience = asyncio.timeout(BODY_SECONDS)

    def is_slow(self, now: float) -> bool:
        age = now - self.began
        return not self.has_come and age > 1 and self.bytes < SLOW * age

    def give_up(self, now: float) -> None:
        self.is_given_up = True
        self.patience.reschedule(now)


class Uploads:
    """All pictures that come or wait."""

    def __init__(self) -> None:
        self._all: dict[_Upload, None] = {}

    @asynccontextmanager
    async def body(self, request: Request, client: str, most: int) -> AsyncGenerator[bytes]:
        """The body of a request, which counts as held until the end of the context.

        Args:
            request: whose body nobody has read.
            client: that sends it.
            most: bytes of the largest picture.

        Raises:
            RefusedError: too many at once, too slow, too large, or cut off.
        """
        too_large = RefusedError(
            413, "too-large", f"Expected at most {most // 1_000_000} MB. Scale the picture down."
        )
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > most:
            raise too_large
        now = asyncio.get_running_loop().time
        self._make_room_for_one(client, now())
        upload = _Upload(client, now())
        self._all[upload] = None
        try:
            body = bytearray()
            async with upload.patience:
                async for piece in request.stream():
                    if len(body) + len(piece) > most:
                        raise too_large
                    self._make_room_in_memory(upload, len(piece), most, now())
                    body += piece
                    upload.bytes = len(body)
            if sum(one.has_come for one in self._all) >= MOST_WAITING:
                raise RefusedError(503, "busy", f"{MOST_WAITING} pictures wait already.")
            upload.has_come = True
            content = bytes(body)
            del body
            yield content
        except TimeoutError as error:
            if upload.has_come:  # of what was done with it
                raise
            if upload.is_given_up:
                raise RefusedError(
                    503, "busy", "The picture came too slowly while others waited."
                ) from error
            raise RefusedError(
                408, "too-slow", f"Expected the whole picture within {BODY_SECONDS:g} s."
            ) from error
        except ClientDisconnect as error:  # nobody will see this answer
            raise RefusedError(400, "cut-off", "The picture did not come whole.") from error
        finally:
            del self._all[upload]

    def _make_room_for_one(self, client: str, now: float) -> None:
        """Give up the slowest upload where there are too many.

        Raises:
            RefusedError: none is slow.
        """
        coming = [one for one in self._all if not one.has_come and not one.is_given_up]
        own = [one for one in coming if one.client == client]
        if len(own) >= MOST_A_CLIENT and not _give_up_slowest(own, now):
            raise RefusedError(503, "busy", f"{MOST_A_CLIENT} pictures of yours are on their way.")
        if len(coming) >= MOST and not _give_up_slowest(coming, now):
            raise RefusedError(503, "busy", f"{MOST} pictures are on their way already.")

    def _make_room_in_memory(self, upload: _Upload, more: int, largest: int, now: float) -> None:
        own = [one for one in self._all if one.client == upload.client]
        for some, times in ((own, HELD_A_CLIENT), (list(self._all), HELD)):
            while sum(one.bytes for one in some) + more > times * largest:
                others = [one for one in some if one is not upload and one.bytes]
                found = _give_up_slowest(others, now)
                if found is None:
                    raise RefusedError(503, "busy", "Too many large pictures wait already.")
                found.bytes = 0  # it is let go at once


def _give_up_slowest(uploads: Iterable[_Upload], now: float) -> _Upload | None:
    slow = [one for one in uploads if not one.is_given_up and one.is_slow(now)]
    if not slow:
        return None
    slowest = min(slow, key=lambda one: one.bytes / (now - one.began))
    slowest.give_up(now)
    return slowest
