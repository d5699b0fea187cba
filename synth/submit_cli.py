"""The command line of clusters: `synth submit corpus`, `train`, `status`, `logs` and `stop`."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from synth.hostile import show_hidden
from synth.terminal import console

app = typer.Typer(help="Run a command as a job on a Ray cluster, and watch it.", no_args_is_help=True)
PASS_ON = {"ignore_unknown_options": True}

Arguments = Annotated[list[str], typer.Argument(help="Arguments of the command itself, as without `submit`.")]
RayAddress = Annotated[
    str, typer.Option("--ray-address", envvar="RAY_ADDRESS", help="The cluster's job server, such as http://HEAD:8265.")
]
Variables = Annotated[
    list[str] | None,
    typer.Option("--env", help="Name of an environment variable that the job shall have too; repeatable."),
]
Wheel = Annotated[
    Path | None, typer.Option("--wheel", help="A wheel of synth to run, instead of the code that runs here.")
]
Name = Annotated[str | None, typer.Option("--job", help="What to call the job; made up if not given.")]
Detach = Annotated[bool, typer.Option("--detach", help="Do not wait for the job.")]
Job = Annotated[str, typer.Argument(help="The job, by the name that `submit` printed.")]


@app.command(context_settings=PASS_ON)
def corpus(
    arguments: Arguments, address: RayAddress, variables: Variables = None, wheel: Wheel = None, job: Name = None,
    detach: Detach = False,
) -> None:  # fmt: skip
    """Make a corpus on a cluster; takes what `synth corpus` takes.

    Ends with the exit code of the job. Ctrl-C leaves it running.
    """
    _submit(["corpus", *arguments], address, variables or [], wheel, job, detach)


@app.command(context_settings=PASS_ON)
def train(
    arguments: Arguments, address: RayAddress, variables: Variables = None, wheel: Wheel = None, job: Name = None,
    detach: Detach = False,
) -> None:  # fmt: skip
    """Train on a cluster; takes what `synth train` takes, such as `cpt --data ...`.

    Ends with the exit code of the job. Ctrl-C leaves it running.
    """
    _submit(["train", *arguments], address, variables or [], wheel, job, detach)


def _submit(
    words: list[str], address: str, names: list[str], wheel: Path | None, job: str | None, detach: bool
) -> None:
    from synth.cluster import command, environment, jobs, shipping

    prepared = command.prepare(words)
    values = environment.chosen(names)
    server = jobs.JobServer(address)
    with TemporaryDirectory(prefix="synth-") as folder:
        shipping.pack(Path(folder), prepared.files, wheel)
        environment.save(values, Path(folder))
        job = server.submit(prepared.words, Path(folder), job)
    _say(f"job        {job}")
    for path in prepared.shared:
        _say(f"shared     {path}: every node has to see it under this name")
    if detach:
        _say(f"come back  {jobs.come_back(job, address)}")
        return
    _follow(job, address)


@app.command()
def logs(
    job: Job, address: RayAddress, follow: Annotated[bool, typer.Option(help="Wait until the job is over.")] = True
) -> None:
    """Show what a job prints, from its beginning; ends with the exit code of the job."""
    from synth.cluster.jobs import JobServer

    if not follow:
        console.out(show_hidden(JobServer(address).logs(job)), end="", highlight=False)
        return
    _follow(job, address)


@app.command()
def status(
    address: RayAddress, job: Annotated[str | None, typer.Argument(help="A job; all of them if not given.")] = None
) -> None:
    """Say how jobs are: when they began and ended, and how."""
    from synth.cluster.jobs import JobServer

    server = JobServer(address)
    for state in [server.state(job)] if job else server.states():
        code = "" if state.exit_code is None else f", exit code {state.exit_code}"
        _say(f"{state.job}  {state.status.lower()}{code}")
        _say(f"  runs     {state.entrypoint}")
        _say(f"  time     {_clock(state.started)} to {_clock(state.ended) if state.ended else 'now'}")
        if state.message:
            _say(f"  says     {state.message}")


@app.command()
def stop(job: Job, address: RayAddress) -> None:
    """End a job; the same command goes on from there."""
    from synth.cluster.jobs import JobServer

    _say(f"{job}  {JobServer(address).stop(job).status.lower()}")


def _follow(job: str, address: str) -> None:
    from synth.cluster.jobs import JobServer, come_back

    try:
        state = JobServer(address).follow(job, lambda text: console.out(show_hidden(text), end="", highlight=False))
    except KeyboardInterrupt:
        _say(f"\nThe job goes on. Come back with: {come_back(job, address)}")
        _say(f"End it with: synth submit stop {job} --ray-address {address}")
        raise typer.Exit(130) from None
    if state.exit_code:
        _say(f"{job}  {state.status.lower()}: {state.message}")
    raise typer.Exit(state.exit_code or 0)


def _say(text: str) -> None:
    console.print(show_hidden(text), soft_wrap=True, highlight=False, markup=False)


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
