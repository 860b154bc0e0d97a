"""Units: a power word (十百千万亿 and combinations) and a base; two with the same base convert."""

_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}


def split(unit: str) -> tuple[int, str]:
    """The power of ten and the base of a unit: 百万元 is 6 and 元; a power word alone is a base of its own."""
    base = unit.lstrip("".join(_POWERS))
    if not base:
        return 0, unit
    return sum(_POWERS[char] for char in unit[: len(unit) - len(base)]), base


def conversion(unit: str, other: str) -> int | None:
    """By which power of ten a number in `unit` is multiplied to be in `other`; None where they do not convert."""
    (power, base), (target, same) = split(unit), split(other)
    return power - target if base == same else None
