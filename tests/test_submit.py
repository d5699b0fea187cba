"""A command that is submitted does on a cluster what it does here, and takes along what was named and nothing else."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
import typer
import yaml
from cluster import ray_cluster
from corpora import SHOP, rows
from hypothesis import given, settings
from hypothesis import strategies as st
from s3 import reached, server

import synth
from synth import cli, submit_cli
from synth.cluster import command, environment, jobs, shipping
from synth.errors import UserError
from synth.store import place

ROOT = Path(__file__).parent.parent
NOBODY = "http://127.0.0.1:9"
# Stands for synth in a wheel: says what it was given, and what its driver and a worker find in the environment.
PROBE = """
import json, os, sys, threading

NAMES = ("NAMED", "UNNAMED")

def main():
    wish = sys.argv[-1]
    found = {"arguments": sys.argv[1:], "driver": {name: os.environ.get(name) for name in NAMES}}
    if wish == "worker":
        import ray
        ray.init(address="auto", log_to_driver=False, logging_level="error")
        read = ray.remote(lambda: {name: os.environ.get(name) for name in NAMES})
        found["worker"] = ray.get(read.remote())
    print(json.dumps(found), flush=True)
    if wish == "wait":
        threading.Event().wait()
    sys.exit(7)
"""


def submit(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    process = started(*arguments, cwd=cwd, **variables)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def started(*arguments: str | Path, cwd: Path | None = None, **variables: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "synth.cli", "submit", *map(str, arguments)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "AWS_"))}
    told = clean | {"COLUMNS": "200", "NO_COLOR": "1", **variables}
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=told)


def parsed(words: list[str]) -> dict[str, object]:
    commands = typer.main.get_command(cli.app).commands
    found, rest = commands[words[0]], words[1:]
    if words[0] == "train":
        found, rest = found.commands[words[1]], words[2:]
    return found.make_context("it", list(rest)).params


# What the job runs.


def test_paths_that_are_here_are_named_in_full_and_addresses_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "repo").mkdir()
    prepared = command.prepare(["corpus", "repo", "s3://bucket/other", "https://host/x.git", "--out", "new"])
    assert prepared.words == [
        "corpus", f"--out={tmp_path}/new", "--address=auto", "--", f"{tmp_path}/repo", "s3://bucket/other",
        "https://host/x.git",
    ]  # fmt: skip
    assert prepared.shared == [tmp_path / "repo", tmp_path / "new"]


def test_files_of_settings_travel_and_keep_apart_though_they_have_one_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("one/a.yaml", "two/a.yaml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    line = ["corpus", "s3://b/x", "-o", "s3://b/y", "--pipeline", "one/a.yaml", "--dry-run", "--evaluations=two/a.yaml"]
    prepared = command.prepare(line)
    assert prepared.files == {"settings/0-a.yaml": Path("one/a.yaml"), "settings/1-a.yaml": Path("two/a.yaml")}
    assert "--pipeline=settings/0-a.yaml" in prepared.words
    assert prepared.shared == []


def test_training_is_submitted_in_the_same_way(tmp_path):
    line = ["train", "cpt", "--data", "s3://b/corpus", "-m", "Qwen/Qwen2", "--out", str(tmp_path), "--preset", "lora"]
    prepared = command.prepare([*line, "--workers", "4"])
    assert prepared.words[:2] == ["train", "cpt"]
    assert {"--data=s3://b/corpus", "--model=Qwen/Qwen2", f"--out={tmp_path}", "--preset=lora", "--workers=4"} < {
        *prepared.words
    }
    assert prepared.files == {}  # a preset by name is part of the code


@pytest.mark.parametrize(
    ("wanted", "expected"), [(["--workers", "0"], None), (["--address", "a:1"], "a:1"), ([], "auto")]
)
def test_a_job_joins_its_own_cluster_unless_told_otherwise(wanted, expected):
    words = command.prepare(["corpus", "s3://b/x", "--out", "s3://b/y", *wanted]).words
    assert parsed(words)["address"] == expected


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text().filter(lambda text: "\0" not in text), min_size=1), st.integers(0, 9), st.booleans())
def test_what_a_command_was_given_reaches_it_whatever_characters_it_holds(texts, seed, update):
    line = ["corpus", "--out=s3://b/y", f"--seed={seed}", *(["--update"] if update else [])]
    line += [*(f"--set={text}" for text in texts), "--workers=0", "--", *(f"s3://b/{text}" for text in texts)]
    assert parsed(command.prepare(line).words) == parsed(line)


def test_every_option_is_known_to_be_a_path_or_not():
    commands = typer.main.get_command(cli.app).commands
    names = {
        parameter.name
        for each in (commands["corpus"], *commands["train"].commands.values())
        for parameter in each.params
    }
    sets = (command.TRAVELS, command.PATHS, command.OUTPUTS, command.PLAIN)
    assert names - frozenset.union(*sets) == set()
    assert sum(map(len, sets)) == len(frozenset.union(*sets))


def test_no_option_of_submit_hides_one_of_the_command():
    commands = typer.main.get_command(cli.app).commands
    taken = {
        option
        for each in (commands["corpus"], *commands["train"].commands.values())
        for p in each.params
        for option in p.opts
    }
    for each in typer.main.get_command(submit_cli.app).commands.values():
        mine = {option for p in each.params if p.param_type_name == "option" for option in p.opts}
        assert mine & taken == set()


# What travels.


def test_the_code_travels_and_runs_where_it_arrives(tmp_path):
    shipping.pack(tmp_path, {"settings/0-a.yaml": ROOT / "pipelines" / "auto.yaml"})
    line = [
        sys.executable,
        "-m",
        "synth.cluster",
        "corpus",
        str(SHOP),
        "--out",
        "out",
        "--pipeline",
        "settings/0-a.yaml",
    ]
    line += ["--set", "recipes.ucd.single_hop.samples=1"]
    clean = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(line, cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    where = "import synth, synth.prompts; print(synth.__file__, synth.prompts.resource('prompts'))"
    found = subprocess.check_output([sys.executable, "-c", where], cwd=tmp_path, env=clean, text=True)
    assert [Path(path).is_relative_to(tmp_path) for path in found.split()] == [True, True]


def test_secrets_corpora_and_environments_stay_at_home(tmp_path, monkeypatch):
    home, away = tmp_path / "home", tmp_path / "away"
    wanted = ("synth/__init__.py", "synth/cli.py", "synth/page/view.js")
    others = (
        ".git/config", "synth/.env", "synth/.git/config", "synth/server.PEM", "synth/id_rsa", "synth/credentials.json",
        "synth/venv/pyvenv.cfg", "synth/venv/lib/a.py", "synth/corpus/.run/config.json", "synth/corpus/README.md",
        "synth/__pycache__/cli.pyc", "synth/part.parquet", "synth/model.safetensors", "notes.txt",
    )  # fmt: skip
    for name in (*wanted, *others):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("text")
    (home / "synth" / "link.py").symlink_to(home / "notes.txt")
    away.mkdir()
    monkeypatch.setattr(synth, "__file__", str(home / "synth" / "__init__.py"))
    monkeypatch.setattr(shipping, "RESOURCES", ())
    shipping.pack(away, {})
    assert sorted(str(path.relative_to(away)) for path in away.rglob("*") if path.is_file()) == sorted(wanted)


def test_a_file_that_is_no_wheel_of_ours_is_refused(tmp_path):
    (tmp_path / "text.whl").write_text("no archive")
    with zipfile.ZipFile(tmp_path / "other.whl", "w") as archive:
        archive.writestr("other/__init__.py", "")
    for name, words in (("text.whl", "cannot be read"), ("other.whl", "no wheel of synth"), ("none.whl", "not exist")):
        with pytest.raises(UserError, match=words):
            shipping.pack(tmp_path, {}, tmp_path / name)


def test_only_variables_that_are_named_are_taken_and_their_values_are_never_said(monkeypatch, tmp_path):
    monkeypatch.setenv("NAMED", "one")
    monkeypatch.setenv("UNNAMED", "two")
    assert environment.chosen(["NAMED"]) == {"NAMED": "one"}
    with pytest.raises(UserError, match="ABSENT is not set"):
        environment.chosen(["NAMED", "ABSENT"])
    with pytest.raises(UserError, match="give the name alone") as caught:
        environment.chosen(["KEY=hush"])
    assert "hush" not in str(caught.value)
    environment.save({"NAMED": "one"}, tmp_path)
    assert (tmp_path / environment.FILE).stat().st_mode & 0o077 == 0


# What is said of a job.


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [("RUNNING", None, None), ("PENDING", None, None), ("SUCCEEDED", 0, 0), ("FAILED", 3, 3), ("FAILED", -9, 137),
     ("FAILED", None, 1), ("STOPPED", None, 143)],
)  # fmt: skip
def test_the_exit_code_is_that_of_the_job_as_a_shell_would_see_it(status, code, expected):
    info = SimpleNamespace(
        submission_id="a", status=SimpleNamespace(value=status), entrypoint="x", message=None, start_time=1000,
        end_time=None, driver_exit_code=code,
    )  # fmt: skip
    assert jobs._state(info).exit_code == expected


def test_without_rays_job_client_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(jobs.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'synth\[cluster\]'"):
        jobs.JobServer(NOBODY)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["corpus", "x", "--out", "y", "--ray-address", NOBODY], "no job server answers at"),
        (["status", "--ray-address", "http://me:hush@127.0.0.1:9"], "leave credentials out"),
        (["corpus", "x", "--out", "y", "--ray-address", "head:8265"], "write it as http://HEAD:8265"),
        (["corpus", "x", "--out", "y", "--ray-address", NOBODY, "--env", "ABSENT"], "--env ABSENT is not set"),
        (["train", "cook", "--ray-address", NOBODY], "no such command; give one of cpt, sft"),
        (["status", "--ray-address", NOBODY], "no job server answers at"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, words, tmp_path):
    done = submit(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr


def test_an_option_that_the_command_does_not_have_is_refused_before_anything_is_sent():
    done = submit("corpus", "x", "--out", "y", "--wrong", RAY_ADDRESS=NOBODY)
    assert done.returncode == 2
    assert "No such option: --wrong" in done.stderr


def test_a_job_server_that_wants_a_token_is_one_line():
    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_error(401)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as refusing:
        Thread(target=refusing.serve_forever, daemon=True).start()
        done = submit("status", "--ray-address", f"http://127.0.0.1:{refusing.server_port}")
        refusing.shutdown()
    assert done.returncode == 2
    assert "wants its token; set RAY_AUTH_MODE=token" in done.stderr
    assert done.stderr.count("\n") == 1


# On a cluster: a head and two raylets.


@pytest.fixture(scope="module")
def cluster():
    with ray_cluster(raylets=2) as found:
        yield found


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The corpus that this machine makes by itself."""
    folder = tmp_path_factory.mktemp("here")
    shutil.copytree(SHOP, folder / "shop", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    line = [sys.executable, "-m", "synth.cli", "corpus", str(folder / "shop"), "--out", str(folder / "out")]
    subprocess.run(line, check=True, capture_output=True, timeout=120)
    return folder


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    """A wheel whose command line says what it finds."""
    path = tmp_path_factory.mktemp("wheel") / "synth-0-py3-none-any.whl"
    package = Path(synth.__file__).parent
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("synth/cli.py", PROBE)
        for name in ("__init__", "errors", "cluster/__init__", "cluster/__main__", "cluster/environment"):
            archive.write(package / f"{name}.py", f"synth/{name}.py")
    return path


@pytest.mark.ray
def test_a_job_makes_the_corpus_that_this_machine_makes(cluster, here, tmp_path):
    done = submit("corpus", "shop", "--out", tmp_path / "out", cwd=here, RAY_ADDRESS=cluster.jobs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sums       20 of 20 hold" in done.stdout
    assert rows(tmp_path / "out") == rows(here / "out")


@pytest.mark.ray
def test_into_a_bucket_as_well_and_keys_are_in_no_log_of_any_node(cluster, here, tmp_path):
    with server() as keys, reached(keys):
        named = [word for name in keys for word in ("--env", name)]
        done = submit("corpus", here / "shop", "-o", "s3://bucket/out", *named, RAY_ADDRESS=cluster.jobs, **keys)
        assert done.returncode == 0, done.stdout + done.stderr
        download(place("s3://bucket/out"), tmp_path)
    assert rows(tmp_path) == rows(here / "out")
    assert keys["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr
    files = [path for node in cluster.nodes for path in node.folder.rglob("*") if path.is_file()]
    holders = {path.name for path in files if keys["AWS_SECRET_ACCESS_KEY"].encode() in path.read_bytes()}
    assert holders <= {environment.FILE}
    assert any("logs" in path.parts for path in files)
    for path in files:
        assert path.name != environment.FILE or path.stat().st_mode & 0o077 == 0


@pytest.mark.ray
def test_a_wheel_runs_with_the_named_variables_only_and_its_exit_code_comes_back(cluster, probe):
    line = ["corpus", "worker", "--out", "s3://b/y", "--wheel", probe, "--env", "NAMED", "--ray-address", cluster.jobs]
    done = submit(*line, NAMED="one", UNNAMED="two", RAY_ADDRESS=NOBODY)  # the option goes before the variable
    assert done.returncode == 7
    found = json.loads(re.search(r"^{.*}$", done.stdout, re.MULTILINE)[0])
    assert found["arguments"] == ["corpus", "--out=s3://b/y", "--address=auto", "--", "worker"]
    assert found["driver"] == found["worker"] == {"NAMED": "one", "UNNAMED": None}
    assert "failed: Job entrypoint command failed with exit code 7\n" in done.stdout


@pytest.mark.ray
def test_an_interrupt_leaves_the_job_running_and_stop_ends_it(cluster, probe):
    address = ("--ray-address", cluster.jobs)
    watched = started("corpus", "wait", "--out", "s3://b/y", "--wheel", probe, "--job", "mine", *address)
    seen = next(line for line in watched.stdout if line.startswith("{"))
    watched.send_signal(signal.SIGINT)
    rest, fault = watched.communicate(timeout=60)
    assert watched.returncode == 130, fault
    assert f"synth submit logs mine --ray-address {cluster.jobs}" in rest
    assert "mine  running" in submit("status", "mine", *address).stdout
    assert "error: " in submit("corpus", "x", "--out", "s3://b/y", "--wheel", probe, "--job", "mine", *address).stderr
    assert submit("stop", "mine", *address).stdout == "mine  stopped\n"
    again = submit("logs", "mine", *address)
    assert again.returncode == 143
    assert seen in again.stdout
    assert "mine  stopped, exit code 143" in submit("status", *address).stdout


@pytest.mark.ray
def test_a_job_that_is_not_there_is_one_line(cluster):
    for line in ("status", "logs", "stop"):
        done = submit(line, "nothing", "--ray-address", cluster.jobs)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: the job server at {cluster.jobs} says: ")
        assert done.stderr.count("\n") == 1


def download(source: object, target: Path) -> None:
    for path, _ in source.files():
        if "/.run/" not in str(path):
            local = target / str(path)[len(str(source)) + 1 :]
            local.parent.mkdir(parents=True, exist_ok=True)
            path.download(local)


# The files to start from.


def test_the_files_for_clusters_are_well_formed_and_their_commands_exist():
    folder = ROOT / "pipelines" / "cluster"
    manifest = yaml.safe_load((folder / "rayjob.yaml").read_text(encoding="utf-8"))
    words = manifest["spec"]["entrypoint"].split()
    assert words[:3] == ["python", "-m", "synth.cli"]
    assert parsed(words[3:])["address"] == "auto"
    for script in sorted(folder.glob("*.sh")):
        subprocess.run(["bash", "-n", str(script)], check=True)
