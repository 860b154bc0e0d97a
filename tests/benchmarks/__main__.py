"""`python -m tests.benchmarks [PART] [NUMBER]`: one part, with so many reports; without, what one report costs."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

PARTS = ("reports", "documents", "frames", "spark", "runs", "curves")
ALONE = ("reports", "documents")
"""What is measured where nothing is said; the others take minutes."""


def main() -> None:
    """Prints the table of each part as it is measured."""
    part, *numbers = sys.argv[1:] or [""]
    if part and part not in PARTS:
        sys.exit(f"python -m tests.benchmarks [{'|'.join(PARTS)}] [NUMBER]")
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # documents are printed by a package of the tests
    for name in [part] if part else ALONE:
        for line in import_module(f".{name}", __package__).lines(*map(int, numbers)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
