"""Patterns of printed texts: `#` a digit, `@` a letter, `?` any sign, `*` any run.

Time grows with the length of the text times that of the pattern.
"""


def fits(text: str, pattern: str) -> bool:
    """Whether the whole text fits the pattern."""
    reached = {0}
    for sign in pattern:
        if not reached:
            return False
        if sign == "*":
            reached = set(range(min(reached), len(text) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(text) and _fits(text[at], sign)}
    return len(text) in reached


def _fits(char: str, sign: str) -> bool:
    return {"#": char.isdecimal(), "@": char.isalpha(), "?": True}.get(sign, char == sign)
