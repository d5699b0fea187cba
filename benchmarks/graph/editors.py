"""How are editors' tools asked where a name is defined? Jedi by a script, pyright by the language server protocol."""

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from graph.source import Site, Tree

STOP_S = 20.0

Answer = tuple[Site, str, int, str]
"""A site, and the path, line and name of something that it may call."""


def ask_jedi(tree: Tree, command: list[str], limit: float) -> Iterator[Answer]:
    """Ask about all sites in one process.

    Raises:
        subprocess.SubprocessError: the process failed or ran out of time.
    """
    sites = [[site.path, site.line, site.column] for site in tree.sites]
    asked = json.dumps({"root": str(tree.root), "sites": sites})
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=limit, check=True)
    for site, places in zip(tree.sites, json.loads(done.stdout), strict=True):
        for path, line, name in places:
            yield site, path, line, name


def ask_pyright(tree: Tree, command: list[str], limit: float) -> Iterator[Answer]:
    """Open every file in a language server and ask for the definition at every site."""
    server = Server(command, tree.root, limit)
    try:
        server.start()
        opened = ""
        for site in tree.sites:
            if site.path != opened:
                server.open(tree.root / site.path)
                opened = site.path
            for path, line, name in server.definitions(site):
                yield site, path, line, name
    finally:
        server.stop()


class Server:
    """A language server on the other end of two pipes; it is killed when its time is up."""

    def __init__(self, command: list[str], root: Path, limit: float) -> None:
        self.root = root
        self.process = subprocess.Popen(
            command,
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.timer = threading.Timer(limit, self.kill)
        self.timer.start()
        self.number = 0
        self.lines: dict[Path, list[str]] = {}

    def start(self) -> None:
        folder = {"uri": self.root.as_uri(), "name": self.root.name}
        self.request(
            "initialize",
            {"processId": None, "rootUri": folder["uri"], "capabilities": {"workspace": {"configuration": True}},
             "workspaceFolders": [folder]},
        )  # fmt: skip
        self.notify("initialized", {})

    def stop(self) -> None:
        """End the server, politely where it still listens, so that its processor time is counted."""
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self.request("shutdown", {})
            self.notify("exit", {})
            self.process.wait(timeout=STOP_S)
        self.timer.cancel()
        self.kill()
        self.process.wait()

    def kill(self) -> None:
        """The program starts another, which is the server proper."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def open(self, path: Path) -> None:
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": "\n".join(self.text(path))}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def text(self, path: Path) -> list[str]:
        if path not in self.lines:
            self.lines[path] = path.read_text(encoding="utf-8-sig", errors="replace").split("\n")
        return self.lines[path]

    def definitions(self, site: Site) -> Iterator[tuple[str, int, str]]:
        file = self.root / site.path
        before = self.text(file)[site.line - 1][: site.column]
        position = {"line": site.line - 1, "character": len(before.encode("utf-16-le")) // 2}
        found = (
            self.request("textDocument/definition", {"textDocument": {"uri": file.as_uri()}, "position": position})
            or []
        )
        for item in found if isinstance(found, list) else [found]:
            path = Path(unquote(urlparse(item.get("uri") or item["targetUri"]).path))
            place = item.get("range") or item["targetSelectionRange"]
            if self.root in path.parents:
                line, start, end = place["start"]["line"], place["start"]["character"], place["end"]["character"]
                name = self.text(path)[line].encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
                yield path.relative_to(self.root).as_posix(), line + 1, name

    def request(self, method: str, params: dict[str, Any]) -> Any:
        """Ask and wait for the answer; what the server asks in between is answered with its defaults."""
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")
            if "id" in message and "method" in message:
                settings: list[Any] = [{} for _ in (message.get("params") or {}).get("items", ())]
                asked = message["method"] == "workspace/configuration"
                self.send({"id": message["id"], "result": settings if asked else None})

    def notify(self, method: str, params: dict[str, Any]) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        assert self.process.stdout
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            if not line and self.process.poll() is not None:
                raise subprocess.SubprocessError("the language server ended or ran out of time")
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message
