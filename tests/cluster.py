"""A Ray cluster on this machine: a head with its job server, and raylets, each with its own folder and ports."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

START_SECONDS = 120
# Only what a process needs to run at all: a test must see whether a variable of its own has come through.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "OMP_NUM_THREADS": "1"}


@dataclass
class Node:
    """One node: the `ray start` process that holds its processes together, and its folder."""

    process: subprocess.Popen[bytes]
    folder: Path

    def raylet(self) -> psutil.Process:
        """The raylet of this node."""
        (found,) = (child for child in self.processes() if child.name() == "raylet")
        return found

    def processes(self) -> list[psutil.Process]:
        """All processes of this node, its workers among them."""
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """End every process of this node and of no other, and wait for them."""
        processes = self.processes()
        for process in processes:
            with _gone_is_fine():
                process.kill()
        psutil.wait_procs(processes, timeout=30)
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Cluster:
    """A head and its raylets."""

    address: str
    """What `ray.init` joins."""
    jobs: str
    """What `synth submit` speaks to."""
    environment: dict[str, str]
    """That of every process of it."""
    nodes: list[Node] = field(default_factory=list)

    def add(self, cpus: int = 1) -> Node:
        """Start one more raylet; it is not waited for."""
        self.nodes.append(_start(["--address", self.address, "--num-cpus", str(cpus)], self.environment))
        return self.nodes[-1]

    def wait(self, n_nodes: int) -> None:
        """Wait until the job server answers and so many nodes are alive."""
        end = time.monotonic() + START_SECONDS
        while self.n_alive() != n_nodes:
            if time.monotonic() > end or self.nodes[0].process.poll() is not None:
                raise AssertionError(f"no cluster of {n_nodes} nodes: {self.n_alive()} alive\n{_logs(self.nodes[0])}")
            time.sleep(0.2)

    def n_alive(self) -> int:
        """How many nodes the head counts; 0 while it does not answer."""
        try:
            with urllib.request.urlopen(f"{self.jobs}/nodes?view=summary", timeout=5) as answer:
                nodes = json.load(answer)["data"]["summary"]
        except (OSError, KeyError, ValueError):
            return 0
        return sum(node["raylet"].get("state") == "ALIVE" for node in nodes)


@contextmanager
def ray_cluster(
    raylets: int = 2, cpus: int = 1, head_cpus: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """A head and more raylets, for as long as a test needs them.

    Args:
        raylets: beside the one of the head.
        cpus: of each of them.
        head_cpus: of the head.
        environment: variables of the cluster's processes, beside the few that any process needs.
    """
    given = {name: os.environ[name] for name in _KEPT if name in os.environ}
    given["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{given['PATH']}"  # as where an environment is active
    given |= _QUIET | {"RAY_AUTH_MODE": "disabled"} | dict(environment or {})
    gcs, dashboard, client = free_ports(3)
    cluster = Cluster(f"127.0.0.1:{gcs}", f"http://127.0.0.1:{dashboard}", given)
    head = [
        "--head", "--port", str(gcs), "--num-cpus", str(head_cpus), "--include-dashboard", "true",
        "--dashboard-host", "127.0.0.1", "--dashboard-port", str(dashboard), "--ray-client-server-port", str(client),
    ]  # fmt: skip
    try:
        cluster.nodes.append(_start(head, given))
        cluster.wait(1)
        for _ in range(raylets):
            cluster.add(cpus)
        cluster.wait(1 + raylets)
        yield cluster
    finally:
        for node in reversed(cluster.nodes):
            node.stop()


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on; all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _start(arguments: list[str], environment: Mapping[str, str]) -> Node:
    folder = Path(tempfile.mkdtemp(prefix="ray-"))  # short: the paths of sockets in it may not be longer than 107 bytes
    (agent,) = free_ports(1)
    command = [
        sys.executable, "-m", "ray.scripts.scripts", "start", *arguments, "--block", "--temp-dir", str(folder),
        "--node-ip-address", "127.0.0.1", "--object-store-memory", str(100 << 20), "--disable-usage-stats",
        "--dashboard-agent-listen-port", str(agent), "--min-worker-port", "0", "--max-worker-port", "0",
    ]  # fmt: skip
    with (folder / "start.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(environment), start_new_session=True)
    return Node(process, folder)


def _logs(node: Node) -> str:
    return (node.folder / "start.log").read_text(encoding="utf-8", errors="replace")[-2000:]


@contextmanager
def _gone_is_fine() -> Iterator[None]:
    try:
        yield
    except psutil.NoSuchProcess:
        return
