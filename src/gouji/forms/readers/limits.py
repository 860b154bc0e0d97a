"""Bounds on the time and the memory that another's parser takes."""

import ctypes
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from attrs import define

from gouji.messages import say

_AGAIN = 0.5


class BeyondLimits(BaseException):
    """A document that takes too long or grows too large; no Exception, so that no parser passes over it."""


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Raises BeyondLimits in this thread when the block takes longer."""
    message = say("{what} takes longer than {seconds:g} seconds", what=what, seconds=seconds)
    error = type("BeyondLimits", (BeyondLimits,), {"__str__": lambda _: message})
    thread, done = threading.get_ident(), threading.Event()
    watch = threading.Thread(target=_interrupt, args=(thread, error, seconds, done), daemon=True)
    watch.start()
    try:
        yield
    finally:
        _end(watch, done)
        _raise_in(thread, None)  # one that was not raised yet


def _interrupt(thread: int, error: type[BeyondLimits], seconds: float, done: threading.Event) -> None:
    """Raises the error in a thread until it is done: where a callback of the collector runs, an error is lost."""
    while not done.wait(seconds):
        _raise_in(thread, error)
        seconds = _AGAIN


def _raise_in(thread: int, error: type[BeyondLimits] | None) -> None:
    given = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), given)


def _end(watch: threading.Thread, done: threading.Event) -> None:
    """Ends the watch, also where it raises once more meanwhile."""
    while watch.is_alive():
        try:
            done.set()
            watch.join()
        except BeyondLimits:
            continue


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
            raise BeyondLimits(say("it unpacks to more than a report holds"))
        if not stream.eof:
            raise zlib.error(say("the stream is cut off"))
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
