"""A hostile tree ends in a corpus or in one clear line, with every file accounted for and no secret in any output."""

import io
import os
import random
import string
import tarfile
import zipfile
from pathlib import Path

import pytest
from corpora import config, everything_written, rows

from synth import run
from synth.errors import UserError

GOOD = (
    "def price(cents: int) -> str:\n    return show(cents)\n\n\ndef show(cents: int) -> str:\n    return str(cents)\n"
)


def planted(seed: int = 5) -> list[tuple[str, str, str]]:
    """Thirty credentials of ten kinds: kind, value and line of code. Made up here, so that no scanner finds one."""
    draw = random.Random(seed)

    def some(alphabet: str, count: int) -> str:
        return "".join(draw.choice(alphabet) for _ in range(count))

    upper, alnum, hexa = (
        string.ascii_uppercase + string.digits,
        string.ascii_letters + string.digits,
        "0123456789abcdef",
    )
    found = []
    for _ in range(3):
        key = "\n".join(some(alnum + "+/", 64) for _ in range(4))
        values = {
            "aws": "AK" + "IA" + some(upper, 16),
            "github": "gh" + "p_" + some(alnum, 36),
            "slack": "xo" + f"xb-{some(string.digits, 12)}-{some(string.digits, 12)}-{some(alnum, 24)}",
            "stripe": "sk_" + "live_" + some(alnum, 24),
            "basic_auth": some(alnum, 14),
            "private_key": key,
            "jwt": "ey" + f"JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.ey{some(alnum, 40)}.{some(alnum, 43)}",
            "password": some(alnum, 12) + "!7",
            "hex_token": some(hexa, 40),
            "sendgrid": "SG" + f".{some(alnum, 22)}.{some(alnum, 43)}",
        }
        lines = {
            "basic_auth": f'URL = "https://admin:{values["basic_auth"]}@db.example.com/x"',
            "private_key": 'KEY = """-----BEGIN RSA PRIV'
            + f"ATE KEY-----\n{key}\n-----END RSA PRIV"
            + 'ATE KEY-----"""',
            "password": f'password = "{values["password"]}"',
            "hex_token": f'api_token = "{values["hex_token"]}"',
        }
        found += [(kind, value, lines.get(kind, f'{kind}_value = "{value}"')) for kind, value in values.items()]
    return found


@pytest.fixture
def tree(tmp_path):
    """Every nuisance that a folder can hold, beside two good files."""
    root = tmp_path / "tree"
    (root / "pkg").mkdir(parents=True)
    (root / "pkg" / "__init__.py").write_text("")
    (root / "pkg" / "good.py").write_text(GOOD)
    (root / "pkg" / "binary.py").write_bytes(bytes(range(256)) * 20)
    (root / "pkg" / "invalid.py").write_bytes(b"def f():\n    return '\xff\xfe\xfa'\n")
    (root / "pkg" / "bom.py").write_bytes(
        b"\xef\xbb\xbfdef with_bom():\n    return good()\n\n\ndef good():\n    return 1\n"
    )
    (root / "pkg" / "nulls.py").write_bytes(b"x = 1\n\0\0\0\n")
    with (root / "pkg" / "huge.py").open("wb") as stream:
        stream.truncate(200_000_000)
    (root / "pkg" / "long_line.py").write_text("x = '" + "a" * 1_000_000 + "'\n"[:-1])
    (root / "pkg" / "deep.py").write_text("x = " + "(" * 5000 + "1" + ")" * 5000 + "\n")
    (root / "pkg" / "deep_lists.py").write_text("def f():\n    return " + "[" * 5000 + "]" * 5000 + "\n")
    (root / "pkg" / "deep_blocks.py").write_text("".join(" " * n + "if x:\n" for n in range(90)) + " " * 90 + "y = 1\n")
    (root / "pkg" / "broken.py").write_text(
        "def fine():\n    return 1\n\ndef broken(:\n    ((\n\ndef after():\n    return fine()\n"
    )
    (root / "pkg" / "white.py").write_text("  \n\n\t\n")
    (root / "loop").symlink_to(root)
    (root / "pkg" / "self.py").symlink_to("self.py")
    (tmp_path / "outside.py").write_text("OUTSIDE = 'never to be read'\n")
    (root / "out.py").symlink_to(tmp_path / "outside.py")
    (root / "passwd.py").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe.py")
    (root / "empty").mkdir()
    (root / "name with space.py").write_text("def spaced():\n    return 1\n")
    (root / "new\nline.py").write_text("def lined():\n    return 2\n")
    (root / "emoji \N{SNAKE}.py").write_text("def snaked():\n    return 3\n")
    (Path(os.fsdecode(os.fsencode(root) + b"/bad\xff.py"))).write_text("def undecodable_name():\n    return 4\n")
    (root / "{{ 7 * 7 }}.py").write_text(
        "def templated():\n    '''{{ 7 * 7 }} {% for x in y %}'''\n    return '{{ config }}'\n"
    )
    (root / "pkg" / "script.py").write_text(
        'def page():\n    """<script>alert(1)</script>"""\n    return "</script>"\n'
    )
    (root / "pkg" / "side_effect.py").write_text(
        "open(__file__ + '.ran', 'w').close()\n\n\ndef later():\n    return 1\n"
    )
    secrets = planted()
    body = "\n".join(
        f"{line}\n\n\ndef use_{index}():\n    return {index}\n" for index, (_, _, line) in enumerate(secrets)
    )
    (root / "pkg" / "settings.py").write_text(body)
    return root


def test_a_hostile_tree_ends_in_a_corpus(tree, tmp_path):
    metrics = run.corpus([tree], tmp_path / "out", config("shards.validation=0"))
    assert all(item.holds for item in metrics.sums)
    on_disk = (
        sum(len(files) for _, _, files in os.walk(tree)) + 1
    )  # the link to the folder itself is no file to os.walk
    assert metrics.files.found == on_disk
    assert metrics.files.used + sum(metrics.files.skipped.values()) == on_disk
    assert {"binary", "too_large", "minified", "outside_root", "symlink", "special", "empty"} <= set(
        metrics.files.skipped
    )
    assert metrics.files.skipped["undecodable"] == 1
    assert metrics.documents.parse_errors >= 1
    names = {
        row["qualified_name"] for part in rows(tmp_path / "out").values() for row in part if "qualified_name" in row
    }
    assert {"pkg.good.price", "pkg.bom.with_bom", "pkg.broken.fine", "pkg.broken.after"} <= names
    assert not {name for name in names if name.endswith(".broken.broken")}


def test_source_code_is_never_run_and_nothing_outside_is_read(tree, tmp_path):
    run.corpus([tree], tmp_path / "out", config())
    assert not list(tree.rglob("*.ran"))
    assert "never to be read" not in everything_written(tmp_path / "out")
    assert "root:" not in everything_written(tmp_path / "out")


def test_no_secret_is_in_any_output(tree, tmp_path):
    secrets = planted()
    assert len(secrets) == 30
    assert len({kind for kind, _, _ in secrets}) >= 8
    metrics = run.corpus([tree], tmp_path / "out", config())
    written = everything_written(tmp_path / "out")
    leaked = [kind for kind, value, _ in secrets for line in value.split("\n") if line in written]
    assert leaked == []
    assert sum(metrics.documents.redactions.values()) >= 30


def test_templates_and_scripts_of_the_source_stay_text(tree, tmp_path):
    run.corpus([tree], tmp_path / "out", config("shards.validation=0"))
    texts = repr(rows(tmp_path / "out"))
    assert "{{ 7 * 7 }}" in texts
    assert "<script>alert(1)</script>" not in (tmp_path / "out" / "report.html").read_text()


def test_no_path_of_the_machine_is_in_the_release(tree, tmp_path):
    run.corpus([tree], tmp_path / "out", config())
    released = [path for path in (tmp_path / "out").rglob("*") if ".run" not in path.parts and path.is_file()]
    assert released
    assert not [path for path in released if os.fsencode(tmp_path) in path.read_bytes()]
    assert str(tmp_path) not in repr(rows(tmp_path / "out"))


def test_a_sealed_archive_of_traps(tmp_path):
    archive = tmp_path / "trap.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("pkg/good.py", GOOD)
        out.writestr("../../slip.py", "SLIPPED = 1\n")
        out.writestr("/absolute.py", "SLIPPED = 2\n")
        out.writestr("pkg/bomb.py", b"0" * 100_000_000)
    metrics = run.corpus([archive], tmp_path / "out", config())
    assert metrics.files.skipped == {"outside_root": 2, "too_large": 1}
    assert metrics.files.used == 1
    assert not list(tmp_path.parent.rglob("slip.py"))


def test_a_tar_with_links_out_of_itself(tmp_path):
    archive = tmp_path / "trap.tar.gz"
    with tarfile.open(archive, "w:gz") as out:
        for name, data in (("top/a.py", GOOD.encode()), ("top/b.py", b"def other():\n    return 1\n")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
        for name, kind in (
            ("top/link.py", tarfile.SYMTYPE),
            ("top/hard.py", tarfile.LNKTYPE),
            ("top/dev", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            out.addfile(info)
    metrics = run.corpus([archive], tmp_path / "out", config())
    assert metrics.files.skipped == {"special": 3}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cut.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "cannot be unpacked"),
        ("no.zip", b"not a zip", "cannot be unpacked"),
        ("table.parquet", b"PAR1 or not", "no readable Parquet"),
        ("rows.jsonl", b'{"path": 1}\n', "'path' must be a string"),
        ("notes.odt", b"words", "of no known kind"),
    ],
)
def test_a_damaged_source_is_one_line(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UserError, match=words) as caught:
        run.corpus([tmp_path / name], tmp_path / "out", config())
    assert "\n" not in str(caught.value)


def test_a_file_that_changes_while_it_is_read_is_skipped_with_the_reason(tmp_path, monkeypatch):
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.py").write_text(GOOD)
    (source / "b.py").write_text("def b():\n    return 1\n")
    listed = run.list_sources

    def then_change(*arguments):
        table = listed(*arguments)
        (source / "b.py").write_text("def changed():\n    return 2\n")
        return table

    monkeypatch.setattr(run, "list_sources", then_change)
    metrics = run.corpus([source], tmp_path / "out", config())
    assert metrics.files.skipped == {"changed": 1}
