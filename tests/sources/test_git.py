"""Git URLs: one clone, and no way to make it run a program."""

import subprocess

import pytest

from synth.errors import UserError
from synth.sources.git import is_git_url, repository_name


@pytest.fixture
def repository(tmp_path):
    """A repository with two commits."""
    root = tmp_path / "work" / "project"
    root.mkdir(parents=True)
    settings = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "init.defaultBranch=main",
    ]

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    for text in ("def old():\n    return 1\n", "def new():\n    return 2\n"):
        (root / "mod.py").write_text(text)
        git("add", "-A")
        git("commit", "-q", "-m", "change")
    return root, git("rev-parse", "HEAD")


def test_a_url_is_cloned_at_its_newest_commit(listing, repository):
    root, head = repository
    found = listing(f"file://{root}")
    assert [(row["path"], row["collection"], row["revision"]) for row in found.rows] == [("mod.py", "project", head)]
    assert found.read()[0][0]["text"].startswith("def new")


def test_a_checkout_has_the_commit_that_git_says(listing, repository):
    root, head = repository
    assert {row["revision"] for row in listing(root).rows} == {head}


@pytest.mark.parametrize("url", ["ext::sh -c touch% /tmp/x", "--upload-pack=touch x", "-x"])
def test_what_would_run_a_command_is_refused(listing, url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError):
        listing(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["file://user:hunter22@{}/nowhere.git", "file://{}/no?private_token=hunter22"],
)
def test_a_url_that_leads_nowhere_is_one_line_without_the_password(listing, url, tmp_path):
    with pytest.raises(UserError, match="git cannot clone") as caught:
        listing(url.format(tmp_path))
    assert "hunter22" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/team/project.git", "project"),
        ("git@example.org:team/project.git", "project"),
        ("git@example.org:project", "project"),
        ("https://example.org/team/project/", "project"),
    ],
)
def test_the_collection_is_the_repository(url, name):
    assert is_git_url(url)
    assert repository_name(url) == name


@pytest.mark.parametrize("path", ["repo", "./repo", "/abs/repo", "a.tar.gz", "C:/x"])
def test_a_path_is_no_url(path):
    assert not is_git_url(path)
