"""A server that speaks S3 on a port of this machine, and the environment by which clients find it."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.error import URLError

import pyarrow.fs as pafs

BUCKET = "bucket"
KEY = "planted-access-key"
SECRET = "planted-secret-key-of-the-run"


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """A running server with one empty bucket; yields the environment variables that lead to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **quiet)
    try:
        _wait(process, f"http://127.0.0.1:{port}/moto-api/")
        make_bucket(port, BUCKET)
        yield environment(port)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def environment(port: int) -> dict[str, str]:
    """What a client of a server on this port needs to know."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def make_bucket(port: int, name: str) -> None:
    """Make a bucket."""
    where = {"endpoint_override": f"127.0.0.1:{port}", "scheme": "http", "region": "us-east-1"}
    pafs.S3FileSystem(access_key=KEY, secret_key=SECRET, allow_bucket_creation=True, **where).create_dir(name)


@contextmanager
def reached(variables: Mapping[str, str]) -> Iterator[None]:
    """Have this process reach the server; what it knew of other servers is forgotten before and after."""
    from synth import store

    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    store._open.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
        store._open.cache_clear()


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the server answers; it is asked again as soon as it refuses."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (URLError, ConnectionError):
            continue
    raise RuntimeError(f"the server ended with {process.returncode}")
