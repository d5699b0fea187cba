"""Archives: what they hold is listed as from a folder, and no name in them becomes a path."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from synth.errors import UserError

CODE = "def f():\n    return 1\n"
PKG_INFO = "Metadata-Version: 2.1\nName: Thing\nVersion: 1.4\nLicense-Expression: MIT\n"


def make_tar(path: Path, members: list[tuple[str, bytes | None, bytes]]) -> Path:
    """Members as name, contents, type."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data, kind in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.linkname = "/etc/passwd" if data is None else ""
            info.size = len(data or b"")
            archive.addfile(info, io.BytesIO(data or b""))
    return path


def make_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_an_sdist_is_read_below_its_top_folder_with_its_metadata(listing, tmp_path):
    members = [
        ("thing-1.4/PKG-INFO", PKG_INFO.encode(), tarfile.REGTYPE),
        ("thing-1.4/src/thing/__init__.py", b"", tarfile.REGTYPE),
        ("thing-1.4/src/thing/core.py", CODE.encode(), tarfile.REGTYPE),
    ]
    found = listing(make_tar(tmp_path / "thing-1.4.tar.gz", members))
    assert found.reasons == {"PKG-INFO": "language", "src/thing/__init__.py": "", "src/thing/core.py": ""}
    assert {(row["collection"], row["revision"], row["license"]) for row in found.rows} == {("Thing", "1.4", "MIT")}
    documents, _ = found.read()
    assert [row["text"] for row in documents] == ["", CODE]


def test_a_wheel_keeps_its_package_folder(listing, tmp_path):
    wheel = make_zip(
        tmp_path / "thing-1.4-py3-none-any.whl",
        {"thing/__init__.py": "", "thing/core.py": CODE, "thing-1.4.dist-info/METADATA": PKG_INFO},
    )
    found = listing(wheel)
    assert set(found.used) == {"thing/__init__.py", "thing/core.py"}
    assert found.rows[0]["collection"] == "Thing"
    assert found.rows[0]["license"] == "MIT"


def test_a_zip_of_one_package_keeps_that_package(listing, tmp_path):
    found = listing(make_zip(tmp_path / "a.zip", {"pkg/__init__.py": "", "pkg/core.py": CODE}))
    assert set(found.used) == {"pkg/__init__.py", "pkg/core.py"}
    assert found.rows[0]["collection"] == "a"


@pytest.mark.parametrize("name", ["../slip.py", "a/../../slip.py", "/slip.py", "..\\slip.py", "C:\\slip.py"])
def test_a_name_that_leads_outside_is_skipped(listing, tmp_path, name):
    (tmp_path / "in").mkdir()
    found = listing(make_zip(tmp_path / "in" / "a.zip", {name: "SLIPPED = 1\n", "ok.py": CODE}))
    assert sorted(found.reasons.values()) == ["", "outside_root"]
    assert not list(tmp_path.rglob("slip.py"))


def test_links_and_devices_in_a_tar_are_special(listing, tmp_path):
    kinds = [
        ("s.py", tarfile.SYMTYPE),
        ("h.py", tarfile.LNKTYPE),
        ("c.py", tarfile.CHRTYPE),
        ("p.py", tarfile.FIFOTYPE),
    ]
    members = [(name, None, kind) for name, kind in kinds]
    found = listing(make_tar(tmp_path / "a.tar.gz", [*members, ("ok.py", CODE.encode(), tarfile.REGTYPE)]))
    assert found.reasons == {"s.py": "special", "h.py": "special", "c.py": "special", "p.py": "special", "ok.py": ""}


def test_a_link_in_a_zip_is_special(listing, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link.py")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("ok.py", CODE)
    assert listing(path).reasons == {"link.py": "special", "ok.py": ""}


def test_of_two_members_of_one_name_the_last_counts(listing, tmp_path):
    members = [("a.py", b"first = 1\n", tarfile.REGTYPE), ("a.py", b"last = 1\n", tarfile.REGTYPE)]
    documents, _ = listing(make_tar(tmp_path / "a.tar.gz", members)).read()
    assert [row["text"] for row in documents] == ["last = 1\n"]


def test_a_bomb_in_a_zip_is_never_unpacked(listing, tmp_path, monkeypatch):
    path = make_zip(tmp_path / "bomb.zip", {"bomb.py": b"0" * 200_000_000, "ok.py": CODE})
    written: list[int] = []
    copy = "synth.sources.archives._copy"
    from synth.sources import archives

    real = archives._copy
    monkeypatch.setattr(copy, lambda *arguments: written.append(real(*arguments)) or written[-1])
    assert listing(path).reasons == {"bomb.py": "too_large", "ok.py": ""}
    assert max(written) <= 1_000_000 + archives.CHUNK


def test_an_archive_that_unpacks_to_too_much_is_refused(listing, tmp_path):
    path = make_zip(tmp_path / "many.zip", {f"{index}.py": "x" * 1000 for index in range(50)})
    with pytest.raises(UserError, match=r"max_archive_bytes \(20,000\)"):
        listing(path, max_archive_bytes=20_000)


def test_an_encrypted_zip_is_refused_in_one_line(listing, tmp_path):
    path = make_zip(tmp_path / "locked.zip", {"a.py": CODE})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match="encrypted; unpack it yourself") as caught:
        listing(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_archive_is_refused_in_one_line(listing, tmp_path, damage):
    path = make_tar(tmp_path / "a.tar.gz", [("a.py", bytes(range(256)) * 400, tarfile.REGTYPE)])
    data = bytearray(path.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(UserError, match="cannot be unpacked") as caught:
        listing(path)
    assert "\n" not in str(caught.value)


def test_a_zip_member_with_a_wrong_checksum_is_refused(listing, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.py", CODE)
    path.write_bytes(path.read_bytes().replace(b"return 1", b"return 2"))
    with pytest.raises(UserError, match="cannot be unpacked"):
        listing(path)


def test_an_archive_lists_what_its_folder_lists(listing, write, tmp_path):
    files = {"a.py": CODE, "b.txt": "words", "sub/c.py": "c = 1\n", "vendor/d.py": "d = 1\n"}
    root = write(files)
    assert listing(make_zip(tmp_path / "a.zip", dict(files))).reasons == listing(root).reasons
