"""A run's events as Parquet, for those who count in notebooks. Needs the extra `parquet`.

Law: an export; `events.jsonl` stays the truth.
"""

from __future__ import annotations

from pathlib import Path

from sandbox.errors import InputError, MachineError


def export(folder: Path) -> Path:
    """Write `events.parquet` beside `events.jsonl`, one column a field; returns its path."""
    try:
        from pyarrow import json, parquet  # noqa: PLC0415 - an extra, wanted by this command alone
    except ImportError:
        raise MachineError("Parquet needs the extra: pip install 'commerce-sandbox[parquet]'") from None
    source, target = folder / "events.jsonl", folder / "events.parquet"
    if not source.is_file():
        raise InputError(str(source), "file", "(absent)", "a folder that `sandbox run` made")
    parquet.write_table(json.read_json(source), target)
    return target
