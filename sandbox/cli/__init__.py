"""The command `sandbox`: the one place where rulebooks, mocks, simulation and reports are joined.

Law: parses, composes, prints. Heavy modules are imported by the command that needs them, so that `--help` is quick. What a user can
mend is one sentence on standard error and exit status 2; a traceback is a fault of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sandbox.errors import SandboxError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Offline sandbox for WeChat, WeChat Pay, Channels, WeCom and Shopee integrations: real limits, fuses (熔断), risk control (风控).",
    epilog="To begin: sandbox run scenarios/load/shopee_burst_naive.toml --on sim\n\n"
    "sandbox serve --env-file .sandbox.env\n\nsandbox rules wecom",
)

AccountType = Literal["service", "verified_subscription", "unverified_subscription", "miniprogram"]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE: changes a value of the scenario (duration=2m) or of a rulebook (rulebook.PLATFORM.KEY)",
    ),
]
Seed = Annotated[int | None, typer.Option(min=0, help="default: the scenario's")]
Rulebooks = Annotated[Path | None, typer.Option("--rulebooks", help="folder with TOML files that override single figures")]


def plainly(function: Callable[..., None]) -> Callable[..., None]:
    """Turn errors that a user can mend into one sentence and their exit status."""

    @wraps(function)
    def guarded(*args: Any, **options: Any) -> None:
        try:
            function(*args, **options)
        except SandboxError as problem:
            typer.echo(f"sandbox: {problem}", err=True)
            raise typer.Exit(problem.exit_code) from None

    return guarded


@app.command()
@plainly
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port; 0 takes a free one")] = 8080,
    *,
    ports: Annotated[bool, typer.Option("--ports", help="each platform on a port of its own too: the next ones")] = False,
    rate: Annotated[float, typer.Option(min=0, help="virtual time runs this much faster than real time")] = 1.0,
    start: Annotated[int | None, typer.Option(help="virtual start, ms since the epoch; default: now")] = None,
    seed: Annotated[int, typer.Option(help="decides credentials, members, orders")] = 0,
    latency: Annotated[bool, typer.Option("--latency", help="answer as slowly as the platforms do")] = False,
    admin_token: Annotated[bool, typer.Option("--admin-token/--no-admin-token", help="does /_sandbox want a token?")] = True,
    env_file: Annotated[Path | None, typer.Option(help="write the connection there, as dotenv")] = None,
    redis: Annotated[str | None, typer.Option(help="keep meters in this Redis (URL; extra: redis), to share them")] = None,
    account_type: Annotated[
        AccountType, typer.Option(help="the main account's type: its daily caps hang on it")
    ] = "service",
    category: Annotated[
        str, typer.Option(help="its trade, such as catering, ecommerce, local_services: as above")
    ] = "catering",
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Serve the mocks until interrupted."""
    from mocks.garbage import collect_seldom  # noqa: PLC0415 - only when needed, see above

    collect_seldom()
    if env_file is not None:
        from mocks.wechat_pay.keys import make_ahead  # noqa: PLC0415 - as above

        make_ahead(f"{seed}/main")
    from mocks.serve import Settings  # noqa: PLC0415 - as above
    from mocks.serve import serve as run_server  # noqa: PLC0415 - as above

    from .settings import books_and_changes  # noqa: PLC0415 - as above

    books, _ = books_and_changes(rulebooks, sets or [])
    traits = {"account_type": account_type, "category": category}
    settings = Settings(host, port, ports, rate, seed, start, latency, admin_token, env_file, traits, redis)
    run_server(books, settings, typer.echo)


@app.command()
@plainly
def run(
    scenario: Annotated[Path, typer.Argument(help="a scenario or a case")],
    on: Annotated[str | None, typer.Option(help="sim, live or both; default: both, and sim for a case")] = None,
    seed: Seed = None,
    replications: Annotated[int, typer.Option(min=1, help="simulated runs with seeds SEED, SEED+1 ...")] = 1,
    out: Annotated[Path, typer.Option(help="where run folders go")] = Path("results"),
    target: Annotated[
        str | None, typer.Option(help="a system under test instead of who receives pushes: its push URL, or a module to run")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="a case under other rules too: a rulebook file, or a folder of them; exit 99 if it differs"),
    ] = None,
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Run a scenario; print what came of it and, last, the run folder. Exit 0 holds, 99 fails, 98 invalid, 2 bad input."""
    from .running import run_scenario  # noqa: PLC0415 - only when needed, see above

    code = run_scenario(scenario, on, seed, replications, out, rulebooks, sets or [], sys.argv[1:], target, against)
    raise typer.Exit(code)


@app.command()
@plainly
def record(
    source: Annotated[
        str, typer.Argument(help="a run folder, events.jsonl, an env file or URL of a running sandbox, or claims")
    ],
    out: Annotated[
        Path, typer.Option(help="the case to write, such as my_case.toml; many steps go into a .jsonl beside it")
    ],
    account: Annotated[str, typer.Option(help="whose journal")] = "main",
    world: Annotated[str, typer.Option(help="of a run in both worlds: sim or live")] = "sim",
    columns: Annotated[Path | None, typer.Option(help="TOML that maps the columns of claims (CSV or JSONL)")] = None,
    token: Annotated[str, typer.Option(help="X-Sandbox-Token, with a URL")] = "",
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Turn a journal, or real claims, into a case with its verdicts frozen."""
    from .recording import record as write  # noqa: PLC0415 - only when needed, see above
    from .settings import books_and_changes  # noqa: PLC0415 - as above

    books, _ = books_and_changes(rulebooks, sets or [])
    write(source, out, account, world, columns, token, books)


@app.command()
@plainly
def report(
    folder: Annotated[Path, typer.Argument(help="a run folder")],
    *,
    parquet: Annotated[bool, typer.Option("--parquet", help="write events.parquet too (extra: parquet)")] = False,
) -> None:
    """Build (again) the report of a run folder."""
    from sandbox.parquet import export  # noqa: PLC0415 - only when needed, see above
    from sandbox.report import build, exit_code  # noqa: PLC0415 - as above

    summary = build(folder)
    if parquet:
        typer.echo(export(folder))
    typer.echo(f"{summary['verdict']}: {folder / 'report.html'}")
    raise typer.Exit(exit_code(summary))


@app.command()
@plainly
def compare(
    a: Annotated[Path, typer.Argument(help="the run folder before")],
    b: Annotated[Path, typer.Argument(help="the one after")],
) -> None:
    """Hold two runs against each other; exit 97 when B is worse."""
    from .showing import show_comparison  # noqa: PLC0415 - only when needed, see above

    raise typer.Exit(show_comparison(a, b))


@app.command()
@plainly
def pack(
    scenario: Annotated[Path, typer.Argument(help="a scenario with attackers")],
    out: Annotated[Path, typer.Option(help="the folder to write to")],
    seed: Seed = None,
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Write a scenario's labelled traffic: events.jsonl, what the black-market database knows, and a manifest with digests."""
    from .packing import export  # noqa: PLC0415 - only when needed, see above

    typer.echo(export(scenario, out, seed, rulebooks, sets or []))


@app.command()
@plainly
def rules(
    platform: Annotated[str | None, typer.Argument(help="one platform; default: all")] = None,
    *,
    explain: Annotated[
        str | None,
        typer.Option(help="a code: which rules answer with it; or a rule: its figure, its source, when it resets"),
    ] = None,
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Print the rulebooks with their sources."""
    from .explaining import explain as tell  # noqa: PLC0415 - only when needed, see above
    from .settings import books_and_changes  # noqa: PLC0415 - as above
    from .showing import of_platform, show_rules  # noqa: PLC0415 - as above

    books = of_platform(books_and_changes(rulebooks, sets or [])[0], platform)
    if explain is not None:
        tell(books, explain)
    else:
        show_rules(books)


@app.command()
@plainly
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="scenario files or folders; default: scenarios")] = None,
    rulebooks: Rulebooks = None,
    sets: Sets = None,
) -> None:
    """Check rulebooks and scenarios without running them."""
    from .scenarios import check_scenarios  # noqa: PLC0415 - only when needed, see above
    from .settings import books_and_changes  # noqa: PLC0415 - as above

    books, changes = books_and_changes(rulebooks, sets or [])
    for line in check_scenarios(paths or [Path("scenarios")], books, changes):
        typer.echo(line)
