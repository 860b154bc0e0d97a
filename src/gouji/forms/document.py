"""A document as its readers give it: printed cells in reading order, with their places."""

from attrs import frozen


@frozen
class Printed:
    """One printed cell or paragraph; `gap` says that an empty line or a row's end stands before it."""

    text: str
    line: int
    gap: bool = False

    @property
    def place(self) -> str:
        """Where it is printed, for a person."""
        return f"line {self.line}"


@frozen
class Document:
    """A document in reading order."""

    name: str
    cells: tuple[Printed, ...]
