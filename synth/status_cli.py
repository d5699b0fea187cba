"""The command line of watching: `synth status` and `synth verify`."""

from typing import Annotated

import typer

from synth.terminal import console

Out = Annotated[str, typer.Argument(help="The --out of a run, or its address in an object store.")]


def status(
    out: Out,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for programs.")] = False,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it anew until the run ends.")] = False,
) -> None:
    """Say how far a run is, from another terminal or machine; the run is not disturbed."""
    from synth.store import place
    from synth.watching import show_status

    show_status(console, place(out), as_json=as_json, watch=watch)


def verify(out: Out) -> None:
    """Check a corpus against its manifest, sizes and checksums; exit code 1 if it is not whole."""
    from synth.store import place
    from synth.watching import show_verified

    if not show_verified(console, place(out)):
        raise typer.Exit(1)
