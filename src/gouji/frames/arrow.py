"""Findings of batches of Arrow: through polars where it is installed, else by rows alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gouji.frames.groups import Group
from gouji.frames.telling import COLUMNS, TIMES, TOLD, by_rows, tell


def schema_of(given: Any) -> Any:
    """The types of findings, where report, agency and year have those of the frame."""
    import pyarrow as pa

    heads = {name: given.field(name).type for name in COLUMNS[:3] if name in given.names}
    return pa.schema([*((name, heads.get(name, pa.string())) for name in COLUMNS), (TIMES, pa.int64())])


def tell_arrow(batch: Any, group: Group) -> Any:
    """The findings of a batch of reports, as a table."""
    try:
        import polars as pl
    except ModuleNotFoundError:
        return _by_rows(batch, group)
    types = schema_of(batch.schema)
    told = tell(pl.DataFrame(pl.from_arrow(batch)), group)
    return told.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(types)


def _by_rows(batch: Any, group: Group) -> Any:
    import pyarrow as pa

    found = [_line(row, line) for row, line in by_rows(batch.to_pylist(), group)]
    return pa.Table.from_pylist(found, schema_of(batch.schema))


def _line(row: Mapping[str, Any], line: tuple[Any, ...]) -> dict[str, Any]:
    return {name: row.get(name) for name in COLUMNS[:3]} | dict(zip(TOLD, line, strict=True)) | {TIMES: 1}
