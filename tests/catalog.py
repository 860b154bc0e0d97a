"""Brings the Chinese messages up to date with the source: `PYTHONPATH=tests python -m catalog`.

Translations stay, what no source says any more is dropped, and what is new comes without one. After a merge nothing
else is needed, but to translate and to install again, which compiles the messages.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "gouji"
FILE = SOURCE / "catalog" / "zh.po"
KEYWORDS = {"say": 1, "count": 2, "later": 1, "saying": 1}
"""What takes a message, and in how many texts, one and many."""

Texts = tuple[str, ...]
CLICK: tuple[Texts, ...] = (
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ("Usage:",),
    ("Options",),
    ("Commands",),
    ("Positional arguments",),
    ("Error: {message}",),
    ("Try '{command} {option}' for help.",),
    ("Show this message and exit.",),
    ("Show the version and exit.",),
    ("Missing argument",),
    ("Missing option",),
    ("Missing parameter",),
    ("Missing command.",),
    ("Missing parameter: {param_name}",),
    ("No such option {name!r}.",),
    ("No such command {name!r}.",),
    ("No such option: {name}",),
    ("Invalid value: {message}",),
    ("Invalid value for {param_hint}: {message}",),
    ("{value!r} is not a valid {number_type}.",),
    ("{value} is not in the range {range}.",),
    ("Option {name!r} does not take a value.",),
    ("default: {default}",),
    ("Aborted!",),
)
"""What click says of arguments and in its help; it looks them up in the same catalogue."""


def said(tree: ast.AST) -> Iterator[tuple[ast.Call, Texts]]:
    """The calls that take a message, each with its texts; with none where they are not literals."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            texts = [part.value for part in node.args[: KEYWORDS[node.func.id]] if isinstance(part, ast.Constant)]
            if len(texts) == KEYWORDS[node.func.id] and all(isinstance(text, str) for text in texts):
                yield node, tuple(map(str, texts))
            elif node.func.id != "count" or texts:  # a method of a text is called count, too
                yield node, ()


def messages() -> dict[Texts, list[str]]:
    """Every message in the source, with the files that say it."""
    found: dict[Texts, list[str]] = {texts: ["src/gouji/cli.py"] for texts in CLICK}
    for path in sorted(SOURCE.rglob("*.py")):
        for _, texts in said(ast.parse(path.read_text("utf-8"))):
            if texts:
                found.setdefault(texts, []).append(path.relative_to(ROOT).as_posix())
    return found


def kept() -> Catalog:
    """The catalogue as it stands."""
    with FILE.open("rb") as text:
        return read_po(text, locale="zh")


def updated() -> Catalog:
    """The catalogue with every message of the source and no other."""
    old, new = kept(), Catalog(locale="zh")
    for texts, files in messages().items():
        before = old.get(texts[0])
        translated = translation(before) if before else ""
        places = [(file, 0) for file in dict.fromkeys(files)]
        if len(texts) > 1:
            new.add(texts, (translated,), locations=places)
        else:
            new.add(texts[0], translated, locations=places)
    return new


def translation(message: Message) -> str:
    """The Chinese text of an entry, which has one form for any number."""
    return message.string if isinstance(message.string, str) else "".join(message.string or ())


def main() -> None:
    """Writes the file, and says what has no translation."""
    header = FILE.read_text("utf-8").split("\n\n")[0]
    new = updated()
    with FILE.open("wb") as text:
        text.write(f"{header}\n\n".encode())
        write_po(text, new, width=120, omit_header=True, sort_output=True, include_lineno=False)
    left = [str(message.id) for message in new if message.id and not translation(message)]
    print(*left, f"{len(new)} messages, {len(left)} without a translation", sep="\n")


if __name__ == "__main__":
    main()
