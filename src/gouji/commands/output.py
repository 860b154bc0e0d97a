"""Where the command writes, and what it says of what cannot be used."""

import os
import shutil
import sys
from pathlib import Path

from gouji.findings.text import Look
from gouji.messages import say
from gouji.sources import reason, visible


def complain(text: object) -> int:
    """Says on standard error what cannot be used; 2, the exit code."""
    print(visible(str(text)), file=sys.stderr)
    return 2


def tell(text: object) -> None:
    """Says something on standard output."""
    print(visible(str(text)))


def look(output: str | None, quiet: bool, verbose: bool) -> Look:
    """How text looks: on a terminal in its width, and with colours unless NO_COLOR or a dumb terminal forbids them."""
    terminal = output is None and sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(colour, quiet, verbose, shutil.get_terminal_size((100, 24)).columns if terminal else 100)


def write(text: str, output: str | None, exact: bool = False) -> int:
    """Writes to a file or standard output, UTF-8 where the text is `exact` and not for a console; 2 when it cannot."""
    try:
        if output is not None:
            Path(output).write_bytes(f"{text}\n".encode(errors="backslashreplace"))
        elif hasattr(sys.stdout, "buffer") and (exact or text.startswith("{")):
            sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
            sys.stdout.flush()
        else:
            print(visible(text, painted=True) if sys.stdout.isatty() else text, flush=True)
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except OSError as error:
        where = output or say("standard output")
        return complain(say("{path}: cannot be written: {reason}", path=where, reason=reason(error)))
    return 0
