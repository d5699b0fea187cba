"""Credentials are hidden, code around them stays as it was."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_hostile import planted

from synth.sources.secrets import redact

ORDINARY = '''
import os

password = form.password
token = tokens[0]
key = "some_key_name"
PASSWORD_FIELD = "password"
secret = os.environ["APP_SECRET"]
api_key = config.get("api_key", "")
URL = "https://example.org/path?x=1"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
digest = hashlib.sha256(b"data").hexdigest()
name, password = line.split(":")
labels = {"password": "Enter your password", "new_password1": "new_password1"}
template = "{user}:{password}@{host}"
MARKER = "-----BEGIN CERTIFICATE-----"


def check(password: str, token: str | None = None) -> bool:
    """Whether the password `password` fits; see https://user:password@host."""
    return password == "" or token == "none"
'''


@pytest.mark.parametrize("seed", range(5))
def test_no_planted_credential_stays_and_the_code_still_parses(seed):
    secrets = planted(seed)
    text = "\n".join(line for _, _, line in secrets)
    hidden, found = redact(text, "settings.py")
    leaked = [kind for kind, value, _ in secrets for line in value.split("\n") if line in hidden]
    assert leaked == []
    assert len(found) >= 30
    assert hidden.count("\n") == text.count("\n")
    ast.parse(hidden)


def test_each_is_reported_by_kind_and_line_and_never_by_value():
    secrets = planted()
    text = "\n".join(line for kind, _, line in secrets if kind != "private_key")
    hidden, found = redact(text, "settings.py")
    assert {item.line for item in found} == set(range(1, 28))
    assert len({item.kind for item in found}) >= 7
    assert not [value for _, value, _ in secrets if value in repr(found)]
    assert hidden.count("<redacted:") >= 27


def test_ordinary_code_stays_as_it_is():
    assert redact(ORDINARY, "app.py") == (ORDINARY, [])


def test_a_credential_is_hidden_wherever_the_file_repeats_it():
    value = next(value for kind, value, _ in planted() if kind == "github")
    hidden, _ = redact(f'token = "{value}"\nprint("{value}")\n# {value}\n', "a.py")
    assert value not in hidden
    assert hidden.count("<redacted:") == 3


def test_a_password_that_is_also_a_name_of_the_code_hides_the_string_alone():
    hidden, found = redact('password = "swordfish"\n\n\ndef swordfish():\n    return "swordfish"\n', "a.py")
    assert len(found) == 1
    assert "def swordfish():" in hidden
    assert '"swordfish"' not in hidden


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_keeps_its_lines(text):
    hidden, _ = redact(text, "a.py")
    assert hidden.count("\n") == text.count("\n")
