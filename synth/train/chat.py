"""Which tokens of a conversation are learned? What the assistant says, and the token that ends its turn.

A chat template is code that came with a model, so nothing is assumed of what it writes: it is asked for the prompt of
an answer, and for the conversation with a mark in place of the answer. What is before the mark and not in the prompt,
the answer, and what follows up to the first special token are what the model has to say.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any, Literal, NamedTuple

from jinja2 import TemplateError

from synth.errors import UserError

CHATML = Path(__file__).with_name("chatml.jinja")
"""For models without a template: ChatML, but a turn ends with the token that the model stops at already."""

OPEN, CLOSE = "<think>", "</think>"
THOUGHT = re.compile(rf"\s*{OPEN}(.*?){CLOSE}\s*", re.DOTALL)
NO_THOUGHT = re.compile(rf"{OPEN}\s*{CLOSE}\s*")
ENDS_OPEN = re.compile(rf"{OPEN}\s*$")
END_OF_NAME = "\ue002"

Reasoning = Literal["inline", "keep", "drop"]


class Encoded(NamedTuple):
    """What the model sees, and which of it the loss counts; both of one length."""

    input_ids: list[int]
    trained: list[bool]


class _Turn(NamedTuple):
    """An answer and what comes before it, as text; special tokens that contents only speak of are hidden."""

    prompt: str
    answer: str


class _Hidden(NamedTuple):
    """How special tokens in contents are told from those of the template."""

    mark: str
    """A string that is in no content: what stands for something else begins with it."""
    specials: re.Pattern[str]
    found: list[str]
    """What numbers stand for."""

    def stand_in(self, name: str) -> str:
        """What stands for something, in a text."""
        return f"{self.mark}{name}{END_OF_NAME}"

    def hide(self, text: str) -> str:
        """Put what stands for them in place of special tokens."""

        def name(match: re.Match[str]) -> str:
            self.found.append(match[0])
            return self.stand_in(str(len(self.found) - 1))

        return self.specials.sub(name, text)


def chat_template(tokenizer: Any, path: Path | None = None) -> str:
    """The template of a file, else the tokenizer's own, else ChatML.

    Raises:
        UserError: the file cannot be read, or the tokenizer has no token to end a turn with.
    """
    if path is not None:
        try:
            return path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"model.chat_template: {path} cannot be read: {error}; give a Jinja file") from None
    own = tokenizer.chat_template
    template = own.get("default") if isinstance(own, dict) else own
    if template is None and tokenizer.eos_token is None:
        raise UserError("the tokenizer has no chat template and no eos_token; give a file as model.chat_template")
    return template or CHATML.read_text()


def end_of_turn(tokenizer: Any) -> int:
    """The token that ends an answer, at which whoever generates has to stop.

    Raises:
        UserError: the template fails, or ends an answer without such a token.
    """
    turns = [{"role": "user", "content": "1 + 1?"}, {"role": "assistant", "content": "2"}]
    try:
        return encode_chat(tokenizer, turns, "", "drop")[0].input_ids[-1]
    except TemplateError as error:
        reason = str(error).split("\n", 1)[0]
        raise UserError(f"the chat template fails: {reason}; set model.chat_template to another") from None


def encode_chat(
    tokenizer: Any, messages: Sequence[Mapping[str, str]], reasoning: str, mode: Reasoning
) -> list[Encoded]:
    """Tokenise a conversation as the model will meet it when it is used.

    Answers that follow the prompt of an earlier one are one example with it. Where a template takes thoughts out of
    earlier answers, each answer is an example of its own. Special tokens in contents are tokenised as any text.

    Args:
        tokenizer: a fast one, with a chat template.
        messages: `role` and `content`, and maybe `reasoning_content`; thoughts before an answer, between think tags,
            are taken for that.
        reasoning: what leads to the last message.
        mode: inline: between think tags before the answer, whatever the template does with thoughts; keep: as
            `reasoning_content`, as the template writes it; drop.

    Returns:
        One example or several; none where the assistant says nothing, or nothing was said before it.

    Raises:
        jinja2.TemplateError: the template refuses the conversation.
        UserError: the template does not fit the mode, or ends an answer without a special token.
    """
    turns = [_apart(message) for message in messages]
    if turns and reasoning:
        turns[-1].setdefault("reasoning_content", reasoning)
    hidden = _Hidden(_unused("".join(part for turn in turns for part in turn.values())), _specials(tokenizer), [])
    turns = [{key: hidden.hide(part) if key != "role" else part for key, part in turn.items()} for turn in turns]
    examples: list[tuple[str, Encoded]] = []
    for index, turn in enumerate(turns):
        if index == 0 or turn["role"] != "assistant" or not turn["content"].strip():
            continue
        prompt, answer = _turn(tokenizer, turns[:index], turn, mode, hidden)
        text, encoded = "", Encoded([], [])
        if examples and prompt.startswith(examples[-1][0]):
            text, encoded = examples.pop()
        encoded = _extend(tokenizer, hidden, text, prompt[len(text) :], encoded, trained=False)
        encoded = _extend(tokenizer, hidden, prompt, answer, encoded, trained=True)
        examples.append((prompt + answer, encoded))
    return [encoded for _, encoded in examples]


def _apart(message: Mapping[str, str]) -> dict[str, str]:
    """A message whose thoughts, if its content begins with them, are in `reasoning_content`."""
    thought = THOUGHT.match(message["content"]) if message["role"] == "assistant" else None
    if thought is None:
        return dict(message)
    return {**message, "content": message["content"][thought.end() :], "reasoning_content": thought[1].strip()}


def _unused(text: str) -> str:
    return next(mark for number in count() if (mark := f"\ue000{number}\ue001") not in text)


def _specials(tokenizer: Any) -> re.Pattern[str]:
    return _special_pattern(tokenizer, len(tokenizer))


@lru_cache(maxsize=4)
def _special_pattern(tokenizer: Any, n_tokens: int) -> re.Pattern[str]:  # the number, since tokens may be added
    names = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special]
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")


def _turn(
    tokenizer: Any, history: Sequence[Mapping[str, str]], turn: Mapping[str, str], mode: Reasoning, hidden: _Hidden
) -> _Turn:
    """Ask the template for the prompt of an answer, and put the answer where it would write it."""
    here, why = hidden.stand_in("answer"), hidden.stand_in("reasoning")
    thought = turn.get("reasoning_content", "").strip() if mode != "drop" else ""
    asked = {"role": "assistant", "content": here} | ({"reasoning_content": why} if mode == "keep" and thought else {})
    shown = [_without(message, () if mode == "keep" else ("reasoning_content",)) for message in history]
    how = {"tokenize": False} | ({"enable_thinking": True} if thought else {})  # some ask for no thought unless told
    prompt = tokenizer.apply_chat_template(shown, add_generation_prompt=True, **how)
    head, *tails = tokenizer.apply_chat_template([*shown, asked], **how).split(here)
    if len(tails) != 1:
        raise UserError("the chat template does not write an answer once; set model.chat_template")
    end = hidden.specials.search(tails[0])
    if end is None:
        raise UserError("the chat template ends an answer without a special token; set model.chat_template")
    if mode == "keep" and thought:
        if why not in head:
            raise UserError("the chat template leaves reasoning_content out; set data.reasoning to inline or drop")
        head, thought = head.replace(why, thought), ""
    return _Turn(prompt, _before(prompt, head, thought) + turn["content"] + tails[0][: end.end()])


def _without(message: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    return {key: part for key, part in message.items() if key not in keys}


def _before(prompt: str, head: str, thought: str) -> str:
    """What the model says before its answer: what the template writes there, and its thought.

    Args:
        prompt: as the template writes it when it asks for an answer; some open the think tag.
        head: all that the template writes before the answer, in a finished conversation.
        thought: what goes between think tags; maybe empty.
    """
    opened = ENDS_OPEN.search(prompt)
    asked = prompt[: opened.start()] if opened else prompt
    if not head.startswith(asked):
        raise UserError("the chat template writes an answer otherwise than it asks for one; set model.chat_template")
    written = head[len(asked) :]
    if thought:
        written = NO_THOUGHT.sub("", written) + f"{OPEN}\n{thought}\n{CLOSE}\n\n"
    if opened is None:
        return written
    if not written.startswith(OPEN):
        written = f"{OPEN}\n\n{CLOSE}\n\n{written}"
    return written[len(opened[0]) :] if written.startswith(opened[0]) else written.removeprefix(OPEN).lstrip()


def _extend(tokenizer: Any, hidden: _Hidden, before: str, text: str, encoded: Encoded, trained: bool) -> Encoded:
    """Add tokens of a text to those of the text before it.

    They are those of both texts in one, as far as the border between the two is one between tokens; a generated
    answer always begins with a token of its own.
    """
    n_before = len(encoded.input_ids)
    whole = _encode(tokenizer, before + text, hidden)
    if whole[:n_before] != encoded.input_ids:
        whole = encoded.input_ids + _encode(tokenizer, text, hidden)
    return Encoded(whole, encoded.trained + [trained] * (len(whole) - n_before))


def _encode(tokenizer: Any, text: str, hidden: _Hidden) -> list[int]:
    parts = re.split(hidden.stand_in("([0-9]+)"), text)
    parts[1::2] = [hidden.found[int(number)] for number in parts[1::2]]
    ids: list[int] = []
    for index, part in enumerate(parts):
        is_text = index % 2 == 1
        ids += tokenizer(part, add_special_tokens=False, split_special_tokens=is_text, verbose=False)["input_ids"]
    return ids
