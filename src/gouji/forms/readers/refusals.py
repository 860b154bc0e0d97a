"""What is said when a document cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from gouji.messages import say
from gouji.sources import Problem, ReportError

_LONGEST = 200


def refuse(name: str, message: str, hint: str) -> ReportError:
    """The error that says what was found in the document `name` and what to do."""
    return ReportError([Problem(message, place=name, hint=hint)])


def library(module: str, package: str, what: str, extra: str, name: str) -> Any:
    """The module that reads such documents; ReportError with the command that installs it where it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise refuse(
            name,
            say("reading {documents} needs {package}", documents=what, package=package),
            f"pip install 'gouji[{extra}]'",
        ) from None


@contextmanager
def foreign(name: str, what: str, hint: str) -> Iterator[None]:
    """Around the call of another's parser: whatever leaves it becomes one ReportError that keeps the reason."""
    try:
        yield
    except (ReportError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a parser written in Rust panics with one that is no Exception
        reason = " ".join(str(error).split())[:_LONGEST] or type(error).__name__
        raise refuse(name, say("{document} cannot be read: {reason}", document=what, reason=reason), hint) from None
