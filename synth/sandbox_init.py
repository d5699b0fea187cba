"""How does a program get shut in? A fresh Python runs this file, enters new namespaces and starts the program there.

`synth.sandbox` asks for it. Nothing but the standard library is imported, since this file runs by its path, apart from
the package. The request comes as JSON on stdin; the report goes as JSON to the file descriptor that the first argument
names, and says how the program ended or which step could not be done.

Three processes take part. The outermost enters the namespaces; its child, process 1 of the new process namespace, hides
the file system and watches time and memory; the program is a child of that one, without any right. When process 1 ends,
the kernel ends whatever the program left behind, daemons too.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

SCRATCH = "/tmp"  # noqa: S108 - in the sandbox it is a file system of its own, which ends with it
WORK = f"{SCRATCH}/work"
OLD = "/.old"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
SETTINGS = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime")
DEVICES = ("/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero")
LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/shm": SCRATCH,  # noqa: S108 - no file is made in it
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
}
NOBODY = 65534
USERS = f"root:x:0:0::/:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}::{WORK}:/bin/sh\n"
GROUPS = f"root:x:0:\nnogroup:x:{NOBODY}:\n"

MAX_PROCESSES = 256  # threads count too, and a linear-algebra library starts one for each processor
MAX_OPEN_FILES = 1024
MAX_INODES = 200_000
WATCH_SECONDS = 0.1
START_STATUS = 127

# From the kernel's headers: the same number on every processor that Python 3.11 supports.
SYS_MOUNT_SETATTR = 442
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE, MNT_DETACH = -100, 0x8000, 2
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Do what the request asks; the exit status says nothing, the report does."""
    report, starter = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(report, False)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # where it came down to us as ignored, no child could be waited for
    _die_with_parent()
    if os.getppid() != starter:
        return
    request = json.load(sys.stdin)
    try:
        _enter_namespaces()
        init = os.fork()
        if init == 0:
            _run_as_init(request, report)
        os.waitpid(init, 0)
    except OSError as error:
        _tell(report, fault=str(error))


def _enter_namespaces() -> None:
    """Leave all that is shared; a child that stays outside maps the ids, as nobody else may."""
    entered, enter = os.pipe()
    mapper = os.fork()
    if mapper == 0:
        os.close(enter)
        _map_ids(entered)
    spaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
    _call("unshare", CLONE_NEWUSER | spaces)
    os.write(enter, b"1")
    if number := os.waitstatus_to_exitcode(os.waitpid(mapper, 0)[1]):
        raise OSError(number, f"map ids: {os.strerror(number)}")


def _map_ids(entered: int) -> NoReturn:
    """Give the new user namespace its ids: nobody, for the program, and root where root set out.

    An ordinary user is nobody inside. Root keeps its own id to hide the file system, and the program is nobody outside
    too, since the kernel does not limit how many processes root has.
    """
    status = 0
    try:
        if os.read(entered, 1):
            folder = Path(f"/proc/{os.getppid()}")
            uid, gid = os.geteuid(), os.getegid()
            if uid:
                (folder / "setgroups").write_text("deny")
            (folder / "gid_map").write_text(f"{NOBODY} {gid} 1" if uid else f"0 {gid} 1\n{NOBODY} {NOBODY} 1")
            (folder / "uid_map").write_text(f"{NOBODY} {uid} 1" if uid else f"0 0 1\n{NOBODY} {NOBODY} 1")
    except OSError as error:
        status = error.errno or 1
    os._exit(status)


def _run_as_init(request: dict[str, Any], report: int) -> NoReturn:
    """Be process 1: make the program's world, start it, watch it, report; all processes end with this one."""
    try:
        _die_with_parent()
        os.umask(0o022)
        _call("sethostname", b"sandbox", len(b"sandbox"))
        _hide_file_system(request["readable"], request["scratch_bytes"])
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        program = os.fork()
        if program == 0:
            _start(request, report)
        _tell(report, **_watch(program, request["seconds"], request["memory_bytes"]))
    except OSError as error:
        _tell(report, fault=str(error))
    os._exit(0)


def _hide_file_system(readable: Sequence[str], scratch_bytes: int) -> None:
    """Put an empty root in the place of the old one, and show in it, read-only, what programs need."""
    paths = [Path(path) for path in (*SYSTEM, *SETTINGS, *readable)]
    shown = {str(path): str(path.resolve()) for path in paths if path.exists()}
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=1m")
    Path(SCRATCH + OLD).mkdir()
    _call("pivot_root", SCRATCH.encode(), f"{SCRATCH}{OLD}".encode())
    os.chdir("/")
    for folder in ("/dev", "/etc", "/proc", SCRATCH):
        Path(folder).mkdir()
    options = f"mode=1777,uid={NOBODY},gid={NOBODY},size={scratch_bytes},nr_inodes={MAX_INODES}"
    _mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV, options)
    _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    # Rights that are given up here could be had again in a further namespace.
    Path("/proc/sys/user/max_user_namespaces").write_text("0")
    for path in DEVICES:
        _show(path, path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID)
    for path, target in LINKS.items():
        Path(path).symlink_to(target)
    Path("/etc/passwd").write_text(USERS)
    Path("/etc/group").write_text(GROUPS)
    _show_all(shown)
    _call("umount2", OLD.encode(), MNT_DETACH)
    Path(OLD).rmdir()
    _restrict("/", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0)


def _show_all(shown: Mapping[str, str]) -> None:
    """Make paths visible; one below another is there already."""
    done: list[str] = []
    for path, source in sorted(shown.items()):
        if not any(path == other or path.startswith(other + "/") for other in done):
            _show(path, source, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
            done.append(path)


def _show(path: str, source: str, attributes: int) -> None:
    """Make a file or folder of the old root visible, with all that is mounted below it."""
    if Path(OLD + source).is_dir():
        Path(path).mkdir(parents=True, exist_ok=True)
    else:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    _mount(OLD + source, path, "", MS_BIND | MS_REC)
    _restrict(path, attributes, AT_RECURSIVE)


def _watch(program: int, seconds: float, memory_bytes: int) -> dict[str, Any]:
    """Wait for the program to end, or for it to go beyond its time or, with all its children, its memory."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        signal.sigtimedwait({signal.SIGCHLD}, min(left, WATCH_SECONDS))
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            if ended[0] == program:
                code = os.waitstatus_to_exitcode(ended[1])
                return {"exit_code": code, "timed_out": code == -signal.SIGXCPU}
        if _total(_resident) > memory_bytes and _total(_share) > memory_bytes:
            return {"exit_code": -signal.SIGKILL, "out_of_memory": True}
    return {"exit_code": -signal.SIGKILL, "timed_out": True}


def _resident(process: Path) -> int:
    """Bytes that a process has in memory; what it shares with others counts for each."""
    return int((process / "statm").read_text().split()[1]) * resource.getpagesize()


def _share(process: Path) -> int:
    """Bytes that a process has in memory, with its share of what it has in common with others: exact, but slow."""
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _total(measure: Callable[[Path], int]) -> int:
    """The sum of a measure over all processes but this one."""
    total = 0
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and process.name != "1":
            with suppress(OSError):  # it has just ended
                total += measure(process)
    return total


def _start(request: dict[str, Any], report: int) -> NoReturn:
    """Become the program: a session, an id and limits of its own, no rights, nothing on stdin."""
    command = request["command"]
    try:
        os.setsid()
        Path("/proc/self/oom_score_adj").write_text("1000")  # where the machine runs out of memory, this goes first
        _give_up_ids()
        Path(WORK).mkdir()
        os.chdir(WORK)
        _lay_out(request["files"])
        _limit(request["seconds"], request["memory_bytes"], request["scratch_bytes"])
        _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        _exec(command, request["environment"], report)
    except (OSError, ValueError) as error:  # the second of a name that the system cannot spell
        _tell(report, fault=str(error))
    os._exit(START_STATUS)


def _exec(command: list[str], environment: dict[str, str], report: int) -> None:
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 - this is the purpose
    except OSError as error:
        _tell(report, missing=f"{command[0]}: {error.strerror}")


def _give_up_ids() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def _lay_out(files: dict[str, str]) -> None:
    """Write the files into the empty scratch folder."""
    for name, text in files.items():
        path = Path(WORK, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(text.encode("utf-8", "surrogatepass"))


def _limit(seconds: float, memory_bytes: int, scratch_bytes: int) -> None:
    limits = {
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_DATA: memory_bytes,
        resource.RLIMIT_NPROC: MAX_PROCESSES,
        resource.RLIMIT_FSIZE: scratch_bytes,
        resource.RLIMIT_NOFILE: MAX_OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, wanted in limits.items():
        most = resource.getrlimit(kind)[1]
        value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        # At its hard limit of processor time a process is killed without the signal that tells why.
        resource.setrlimit(kind, (value, most if kind == resource.RLIMIT_CPU else value))


def _die_with_parent() -> None:
    _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    texts = [text.encode() if text else None for text in (source, target, kind, options)]
    _call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3], about=target)


def _restrict(path: str, attributes: int, recursive: int) -> None:
    """Add attributes to a mount without taking any away, which an ordinary mount call would."""
    wanted = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(wanted))
    _call("syscall", SYS_MOUNT_SETATTR, AT_FDCWD, path.encode(), recursive, wanted, size, about=f"read-only {path}")


def _call(name: str, *arguments: Any, about: str = "") -> None:
    """Call a function of the C library that gives back less than zero where it fails."""
    if getattr(_libc, name)(*arguments) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} {about}".strip() + f": {os.strerror(number)}")


def _tell(report: int, **outcome: Any) -> None:
    os.write(report, json.dumps(outcome).encode() + b"\n")


if __name__ == "__main__":
    main()
