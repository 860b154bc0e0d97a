"""Where the command writes, and what it says of what cannot be used."""

import sys
from pathlib import Path


def complain(text: object) -> int:
    print(text, file=sys.stderr)
    return 2


def write(text: str, output: str | None) -> int:
    """Writes UTF-8 to a file or standard output; 2 when that cannot be done."""
    try:
        if output is not None:
            Path(output).write_bytes(f"{text}\n".encode(errors="backslashreplace"))
        elif hasattr(sys.stdout, "buffer") and text.startswith("{"):
            sys.stdout.buffer.write(f"{text}\n".encode(errors="backslashreplace"))
            sys.stdout.flush()
        else:
            print(text, flush=True)
    except BrokenPipeError:
        raise  # whoever reads has seen enough
    except OSError as error:
        return complain(f"{output or 'standard output'}: cannot be written: {error.strerror}")
    return 0
