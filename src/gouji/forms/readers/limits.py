"""Bounds on the time and the memory that another's parser takes."""

import ctypes
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define


class BeyondLimits(BaseException):
    """A document that takes too long or grows too large; no Exception, so that no parser passes over it."""


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Raises BeyondLimits in this thread when the block takes longer."""
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    thread = ctypes.c_ulong(threading.get_ident())
    error = type(
        "BeyondLimits", (BeyondLimits,), {"__str__": lambda _: f"{what} takes longer than {seconds:g} seconds"}
    )
    timer = threading.Timer(seconds, raise_in, (thread, ctypes.py_object(error)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        raise_in(thread, None)  # one that was not raised yet


@define
class Inflation:
    """Stands for the module zlib in a parser: unpacks no more than `left` bytes in all."""

    left: int
    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    def decompress(self, data: bytes) -> bytes:
        """The unpacked bytes; BeyondLimits when they are too many."""
        stream = zlib.decompressobj()
        content = stream.decompress(data, self.left)
        if stream.unconsumed_tail:
            raise BeyondLimits("it unpacks to more than a report holds")
        if not stream.eof:
            raise zlib.error("the stream is cut off")
        self.left -= len(content)
        return content


_ONE = threading.Lock()


@contextmanager
def inflating(module: Any, most: int) -> Iterator[None]:
    """Gives a module that uses zlib a bound for the time of the block, one document at a time."""
    with _ONE:
        before = module.zlib
        module.zlib = Inflation(most)
        try:
            yield
        finally:
            module.zlib = before
