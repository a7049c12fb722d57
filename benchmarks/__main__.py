"""`python -m benchmarks`: every benchmark, one after the other, in processes of their own."""

from __future__ import annotations

import platform
import subprocess
import sys

PARTS = (
    "bench_policy",
    "bench_http",
    "bench_shopee",
    "bench_pay",
    "bench_sim",
    "bench_startup",
    "bench_codes",
    "bench_risk",
)


def main() -> None:
    """Print all tables."""
    print(
        f"Python {platform.python_version()}, {platform.machine()}, candidates pinned to one core each, medians\n",
        flush=True,
    )
    for part in PARTS:
        subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=True)  # noqa: S603 - our own


if __name__ == "__main__":
    main()
