"""A program in the sandbox reaches nothing outside, takes no more than it may, and leaves nothing behind."""

import socket
import subprocess
import sys
import textwrap
import uuid
from pathlib import Path

import psutil
import pytest

from synth.errors import UserError
from synth.sandbox import TAIL_BYTES, Outcome, run_sandboxed, sandbox_fault

PACKAGE = Path(__file__).parent.parent / "synth"
READABLE = [Path(sys.prefix), Path(sys.base_prefix)]


def run(code: str, *arguments: str, seconds: float = 60, memory_mb: int = 512, **other) -> Outcome:
    command = [sys.executable, "-c", textwrap.dedent(code), *arguments]
    other.setdefault("readable", READABLE)
    return run_sandboxed(command, other.pop("files", {}), seconds=seconds, memory_mb=memory_mb, **other)


def processes_with(mark: str) -> list[psutil.Process]:
    return [item for item in psutil.process_iter(["cmdline"]) if mark in " ".join(item.info["cmdline"] or ())]


def test_a_sandbox_can_be_made_here():
    assert sandbox_fault() == ""


def test_a_program_finds_its_files_and_tells_how_it_ended():
    outcome = run(
        """
        import sys
        sys.stdin.seek(0)
        print(open("pkg/ä.txt", encoding="utf-8").read(), sys.stdin.read())
        sys.exit("enough")
        """,
        files={"pkg/ä.txt": "grün"},
    )
    assert outcome == Outcome(exit_code=1, stdout="grün \n", stderr="enough\n")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a/..", "", ".", "a\0b"])
def test_files_outside_the_scratch_folder_are_refused(path):
    with pytest.raises(ValueError, match="no path within the scratch folder"):
        run("pass", files={path: "x"})


CONNECT = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as client:
    client.sendall(b"hello")
"""


def test_no_server_of_this_machine_can_be_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        subprocess.run([sys.executable, "-c", CONNECT, port], check=True)
        server.accept()[0].close()
        outcome = run(CONNECT, port)
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert outcome.exit_code == 1
    assert "OSError: [Errno 101] Network is unreachable" in outcome.stderr


def test_files_and_variables_of_ours_cannot_be_read(tmp_path, monkeypatch):
    secret = tmp_path / "key.txt"
    secret.write_text("sesame")
    monkeypatch.setenv("SYNTH_TEST_KEY", "sesame")
    outcome = run(
        """
        import os, pathlib, sys
        print(sorted(os.environ))
        for name in ("/proc/1/environ", "/proc/self/environ"):
            try:
                print(open(name).read())
            except OSError as error:
                print(error)
        for name in (*sys.argv[1:], "/root", "/home", "/var", "/sys", "/etc/shadow", "/.old"):
            print(name, pathlib.Path(name).exists())
        """,
        str(secret), str(Path.home() / ".bashrc"), str(PACKAGE),
    )  # fmt: skip
    assert outcome.exit_code == 0
    assert "sesame" not in outcome.stdout
    assert "['HOME', 'LANG', 'PATH', 'PYTHONHASHSEED']" in outcome.stdout
    seen = {line.split()[0] for line in outcome.stdout.splitlines() if line.endswith(" True")}
    # The folder above an interpreter in the home folder has to exist; nothing else is in it.
    assert seen <= ({"/root", "/home"} if Path(sys.base_prefix).is_relative_to(Path.home()) else set())


def test_nothing_but_the_scratch_folder_can_be_written():
    outcome = run(
        """
        import pathlib, sys
        for folder in ("/", "/usr", "/etc", "/dev", "/proc/sys/kernel", *sys.argv[1:], "/tmp", "."):
            try:
                pathlib.Path(folder, "sandboxed").write_text("x")
                print(folder, "written")
            except OSError as error:
                print(folder, error.strerror)
        """,
        *map(str, READABLE),
    )
    written = [line.split()[0] for line in outcome.stdout.splitlines() if line.endswith(" written")]
    assert written == ["/tmp", "."]
    assert not Path("/tmp/sandboxed").exists()
    assert not Path("/tmp/work/sandboxed").exists()


def test_a_program_has_no_rights_and_sees_nobody():
    outcome = run(
        """
        import ctypes, os
        lines = open("/proc/self/status").read().splitlines()
        print(*(line.split()[1] for line in lines if line.startswith(("Uid", "CapPrm", "CapEff", "NoNewPrivs"))))
        print([name for name in os.listdir("/proc") if name.isdecimal()], os.getpid())
        print(ctypes.CDLL(None).unshare(0x10000000))
        """
    )
    assert outcome.stdout.splitlines() == ["65534 0000000000000000 0000000000000000 1", "['1', '2'] 2", "-1"]


def test_a_daemon_ends_with_the_program():
    mark = uuid.uuid4().hex
    outcome = run(
        """
        import os, signal
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (0, 1, 2):
                    os.close(number)
                os.write(writer, b"alive")
                signal.pause()
            os._exit(0)
        print(os.read(reader, 5).decode())
        """,
        mark,
    )
    assert outcome.stdout == "alive\n"
    assert processes_with(mark) == []


def test_a_fork_bomb_comes_to_an_end():
    mark = uuid.uuid4().hex
    outcome = run(
        """
        import os, signal
        count = 0
        try:
            while True:
                if os.fork() == 0:
                    signal.pause()
                count += 1
        except BlockingIOError:
            print(count)
        """,
        mark,
    )
    assert 0 < int(outcome.stdout) <= 256
    assert processes_with(mark) == []


def test_an_endless_loop_is_ended_with_its_children():
    mark = uuid.uuid4().hex
    outcome = run("import os\nos.fork()\nwhile True: pass", mark, seconds=1)
    assert outcome.timed_out
    assert outcome.exit_code == -9
    assert processes_with(mark) == []


def test_the_sandbox_ends_with_the_process_that_asked_for_it():
    mark = uuid.uuid4().hex
    code = f"""
import sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
from synth.sandbox import run_sandboxed
program = "import signal; signal.pause()"
run_sandboxed(
    [sys.executable, "-c", program, {mark!r}], {{}}, seconds=600, memory_mb=512, readable=[sys.prefix, sys.base_prefix]
)
"""
    with subprocess.Popen([sys.executable, "-c", code]) as asker:

        def inside() -> list[psutil.Process]:
            return [item for item in processes_with(mark) if item.pid != asker.pid]

        while not (found := inside()):
            assert asker.poll() is None
        asker.kill()
    assert psutil.wait_procs(found, timeout=60)[1] == []


def test_a_process_cannot_take_more_memory_than_it_may():
    outcome = run("bytearray(4 << 30)")
    assert outcome.exit_code == 1
    assert outcome.stderr.endswith("MemoryError\n")


@pytest.mark.parametrize(
    "code",
    [
        "import mmap\nshared = mmap.mmap(-1, 4 << 30)\nfor at in range(0, 4 << 30, 4096): shared[at] = 1",
        "import os, signal\nfor _ in range(3): os.fork()\nhoard = b'x' * (200 << 20)\nsignal.pause()",
    ],
    ids=["shared", "together"],
)
def test_processes_together_cannot_take_more_memory_either(code):
    outcome = run(code)
    assert outcome.out_of_memory
    assert not outcome.timed_out


def test_memory_that_processes_share_counts_once():
    outcome = run(
        """
        import os, signal, time
        hoard = b"x" * (100 << 20)
        for _ in range(10):
            if os.fork() == 0:
                signal.pause()
        time.sleep(1)  # long enough to be looked at
        print(len(hoard))
        """
    )
    assert outcome.stdout == f"{100 << 20}\n"


def test_the_scratch_folder_has_an_end():
    outcome = run("for n in range(2):\n with open(f'f{n}', 'wb') as f:\n  for _ in range(200): f.write(bytes(1 << 20))")
    assert "No space left on device" in outcome.stderr


def test_limits_hold_for_files_processor_time_and_dumps():
    outcome = run(
        """
        from resource import *
        print([getrlimit(kind)[0] for kind in (RLIMIT_CPU, RLIMIT_NPROC, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE)])
        """,
        seconds=50,
    )
    assert outcome.stdout == f"[51, 256, {256 << 20}, 1024, 0]\n"


def test_only_the_end_of_a_flood_is_kept():
    outcome = run(
        "import sys\nfor _ in range(300): print('x' * 100_000)\nprint('end')\nsys.stderr.write('e' * 100_000)"
    )
    assert len(outcome.stdout) == len(outcome.stderr) == TAIL_BYTES
    assert outcome.stdout.endswith("x\nend\n")


def test_a_crash_is_told_by_its_signal():
    assert run("import os; os.abort()").exit_code == -6


def test_a_program_that_is_not_there_is_an_error_of_one_line():
    with pytest.raises(UserError, match=r"cannot start /nowhere/python: No such file") as caught:
        run_sandboxed(["/nowhere/python"], {}, seconds=10, memory_mb=64)
    assert "\n" not in str(caught.value)


def test_where_no_sandbox_can_be_made_one_line_says_how_to_mend_it():
    """Within a sandbox no further one may be made."""
    outcome = run(
        "from synth.sandbox import sandbox_fault; print(sandbox_fault())",
        readable=[*READABLE, PACKAGE],
        environment={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert outcome.stdout.startswith("no sandbox for generated code can be made here (")
    assert outcome.stdout.endswith("set checks.execution=false\n")
    assert outcome.stdout.count("\n") == 1


def test_an_ordinary_user_can_make_one_too():
    code = f"""
import os, sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
from synth.sandbox import run_sandboxed
done = run_sandboxed(["sh", "-c", "id -u; touch made /usr/made"], {{}}, seconds=60, memory_mb=64)
print(os.geteuid(), done.stdout, done.stderr)
"""
    command = ["unshare", "--user", "--map-user=1000", "--map-group=1000", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1000 65534\n")
    assert "/usr/made" in done.stdout
    assert "Read-only file system" in done.stdout
    assert "'made'" not in done.stdout
