"""Uploads of pictures as bodies of requests, limited in number, time and memory.

An upload that hardly moves delays nobody: it is given up where there is no room for another one. So
many clients can send at once. Pictures that have come are counted apart from those under way.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import ClientDisconnect, Request

BODY_SECONDS: Final = 30.0
"""Seconds in which a picture must have come."""

MOST: Final = 64
"""Largest number of uploads under way."""

MOST_A_CLIENT: Final = 32
"""Largest number of uploads under way of one client."""

MOST_WAITING: Final = 32
"""Largest number of pictures that have come and wait to be read; further ones are refused."""

HELD: Final = 3
"""Memory for all uploads and waiting pictures, as a multiple of the largest picture."""

HELD_A_CLIENT: Final = 2
"""Memory for the uploads and waiting pictures of one client, as a multiple of the same."""

SLOW: Final = 10_000.0
"""Bytes a second below which an upload makes room for others; an average after one second."""


class RefusedError(Exception):
    """A request is refused, with a status and words for the client."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error


class _Upload:
    """One picture, from the beginning of its body until it was read."""

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
    """All pictures that are under way or wait."""

    def __init__(self) -> None:
        self._all: dict[_Upload, None] = {}

    @asynccontextmanager
    async def body(self, request: Request, client: str, most: int) -> AsyncGenerator[bytes]:
        """Receive the body of a request, which counts as held until the context ends.

        Args:
            request: request whose body is unread.
            client: client that sends it.
            most: size of the largest picture in bytes.

        Raises:
            RefusedError: it is too large, too slow or cut off, or there are too many.
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
                raise _busy(f"{MOST_WAITING} pictures wait already.")
            upload.has_come = True
            content = bytes(body)
            del body
            yield content
        except TimeoutError as error:
            if upload.has_come:  # raised by the work with it
                raise
            if upload.is_given_up:
                raise _busy("The picture came too slowly while others waited.") from error
            raise RefusedError(
                408, "too-slow", f"Expected the whole picture within {BODY_SECONDS:g} s."
            ) from error
        except ClientDisconnect as error:  # nobody will see this answer
            raise RefusedError(400, "cut-off", "The picture was cut off.") from error
        finally:
            del self._all[upload]

    def _make_room_for_one(self, client: str, now: float) -> None:
        """Give up the slowest upload if there are too many.

        Raises:
            RefusedError: there are too many, and none is slow.
        """
        coming = [one for one in self._all if not one.has_come and not one.is_given_up]
        own = [one for one in coming if one.client == client]
        if len(own) >= MOST_A_CLIENT and not _give_up_slowest(own, now):
            raise _busy(f"{MOST_A_CLIENT} of your pictures are being sent already.")
        if len(coming) >= MOST and not _give_up_slowest(coming, now):
            raise _busy(f"{MOST} pictures are being sent already.")

    def _make_room_in_memory(self, upload: _Upload, more: int, largest: int, now: float) -> None:
        own = [one for one in self._all if one.client == upload.client]
        for some, times in ((own, HELD_A_CLIENT), (list(self._all), HELD)):
            while sum(one.bytes for one in some) + more > times * largest:
                others = [one for one in some if one is not upload and one.bytes]
                found = _give_up_slowest(others, now)
                if found is None:
                    raise _busy("Too many large pictures wait already.")
                found.bytes = 0  # its memory is freed at once


def _busy(reason: str) -> RefusedError:
    return RefusedError(503, "busy", f"{reason} Try again later.")


def _give_up_slowest(uploads: Iterable[_Upload], now: float) -> _Upload | None:
    """Give up the slowest of the slow uploads, and return it; None if there is none."""
    slow = [one for one in uploads if not one.is_given_up and one.is_slow(now)]
    if not slow:
        return None
    slowest = min(slow, key=lambda one: one.bytes / (now - one.began))
    slowest.give_up(now)
    return slowest
