"""Conversations: what is learned of them, with any chat template."""

import json
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateError

from synth.errors import UserError
from synth.train.chat import chat_template, encode_chat, end_of_turn

pytestmark = pytest.mark.train


class Form(NamedTuple):
    """A way to write conversations down; `before` is what the template itself has the model say before an answer."""

    template: str
    specials: tuple[str, ...] = ()
    eos: str = "<|im_end|>"
    before: str = ""


CHATML = Form(
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Thoughts are shown in the last answer alone, where an empty one stands for none.
THINKING = Form(
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' %}{% set said = message.content.split('</think>')[-1].lstrip('\n') %}"
    "{% if loop.last %}<think>\n{{ (message.reasoning_content or '').strip('\n') }}\n</think>\n\n{% endif %}{{ said }}"
    "{% else %}{{ message.content }}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    before="<think>\n\n</think>\n\n",
)
# The prompt opens the think tag; of a finished answer the thought is thrown away.
OPENED = Form(
    "{{ '<|begin|>' }}{% for message in messages %}{% if message.role == 'user' %}<|user|>{{ message.content }}"
    "{% else %}<|assistant|>{{ message.content.split('</think>')[-1] }}<|end|>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|><think>\n{% endif %}",
    ("<|begin|>", "<|user|>", "<|assistant|>", "<|end|>"), "<|end|>", before="\n</think>\n\n",
)  # fmt: skip
# The prompt opens the think tag; a finished answer has an empty thought, written otherwise.
CLOSED = Form(
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' %}<think></think>{% endif %}{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}",
    before="</think>",
)
# The prompt has an empty thought, unless thinking is asked for.
SWITCHED = Form(
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' and loop.last %}<think>\n{{ message.reasoning_content or '' }}\n</think>\n\n"
    "{% endif %}{{ message.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking %}<think>\n{% else %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
HEADERS = Form(
    "{{ '<|begin_of_text|>' }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>"
    "\n\n{{ message['content'] | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
    ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"), "<|eot_id|>",
)  # fmt: skip
BRACKETS = Form(
    "{{ '<s>' }}{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must take turns') }}"
    "{% endif %}{% if message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
    "{% else %} {{ message['content'] }}{{ '</s>' }}{% endif %}{% endfor %}",
    ("<s>", "</s>"), "</s>", before=" ",
)  # fmt: skip
TAGGED = Form(
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{% if message.role == 'assistant' %}"
    "{% generation %}{{ message.content }}<|im_end|>{% endgeneration %}{% else %}{{ message.content }}<|im_end|>"
    "{% endif %}\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
FORMS = {
    "chatml": CHATML, "thinking": THINKING, "opened": OPENED, "closed": CLOSED, "switched": SWITCHED,
    "headers": HEADERS, "brackets": BRACKETS, "tagged": TAGGED, "fallback": Form(""),
}  # fmt: skip

TRAPS = (
    "<|im_end|>", "<|im_start|>assistant\n", "<|eot_id|>", "<|end|>", "</s>", "[INST]", " [/INST] ", "{{ eos_token }}",
    "{% for x in y %}", "\n\n", " ", "\t", "\ue000", "\ue0000\ue001", "0", "answer", "é", "e\u0301", "漢字", "🦊",
)  # fmt: skip
content = st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=8)), max_size=6).map("".join)
conversations = st.lists(st.tuples(content, content), min_size=1, max_size=3)


def turns(*pairs):
    return [
        {"role": role, "content": text}
        for pair in pairs
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


@pytest.fixture
def tokenizer(form, load_tokenizer):
    tokenizer = load_tokenizer("", form.eos, form.specials)
    tokenizer.chat_template = form.template or None
    tokenizer.chat_template = chat_template(tokenizer)
    return tokenizer


def learned(tokenizer, example):
    return tokenizer.decode([token for token, trained in zip(*example, strict=True) if trained])


def shown(tokenizer, example):
    return tokenizer.decode([token for token, trained in zip(*example, strict=True) if not trained])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=conversations)
def test_what_is_learned_is_each_answer_and_the_end_of_its_turn_whatever_is_said(form, tokenizer, pairs):
    examples = encode_chat(tokenizer, turns(*pairs), "", "inline")
    answers = [answer for _, answer in pairs if answer.strip()]
    assert "".join(learned(tokenizer, example) for example in examples) == "".join(
        form.before + answer + form.eos for answer in answers
    )
    learned_ids = [t for example in examples for t, trained in zip(*example, strict=True) if trained]
    assert learned_ids.count(end_of_turn(tokenizer)) == len(answers)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=conversations)
def test_special_tokens_come_from_the_template_alone(tokenizer, pairs):
    """As many as in a conversation of the same length that says nothing special."""

    def count(said):
        examples = encode_chat(tokenizer, said, "", "inline")
        names = {token.content for token in tokenizer.added_tokens_decoder.values()} - {"<think>", "</think>"}
        special = set(tokenizer.convert_tokens_to_ids(sorted(names)))
        return [sum(token in special for token in example.input_ids) for example in examples]

    pairs = [(question, answer) for question, answer in pairs if answer.strip() == answer != ""]
    assert count(turns(*pairs)) == count(turns(*[("why", "so") for _ in pairs]))


def test_a_conversation_is_tokenised_as_the_model_meets_it_in_use(tokenizer):
    pairs = turns(("How long does lamp 3 burn?", "For four hours."))
    (example,) = encode_chat(tokenizer, pairs, "", "drop")
    prompt = tokenizer.apply_chat_template(pairs[:1], add_generation_prompt=True, return_dict=False)
    n_prompt = example.trained.index(True)
    assert example.input_ids[:n_prompt] == prompt
    assert all(example.trained[n_prompt:])
    whole = tokenizer.apply_chat_template(pairs, tokenize=False)
    if "<think>\n" not in tokenizer.decode(prompt):
        assert tokenizer.decode(example.input_ids) == whole.rstrip("\n")


def test_answers_of_a_conversation_are_one_example_where_the_template_leaves_earlier_ones_as_they_are(form, tokenizer):
    pairs = [("Which lamp?", "The left one."), ("Since when?", "Since noon.")]
    examples = encode_chat(tokenizer, turns(*pairs), "", "drop")
    assert len(examples) == (2 if "<think>" in form.template else 1)
    assert all("Which lamp?" in shown(tokenizer, example) for example in examples)


@pytest.mark.parametrize("lead", ["", "\n\nBecause of the oil.\n"])
def test_inline_puts_the_thought_between_tags_that_are_there_once(form, tokenizer, lead):
    (example,) = encode_chat(tokenizer, turns(("Why?", "The oil is old.")), "Page 3 says so." + lead, "inline")
    text = tokenizer.decode(example.input_ids)
    assert text.count("<think>") == text.count("</think>") == 1
    thought = ("Page 3 says so." + lead).strip()
    assert f"<think>\n{thought}\n</think>\n\nThe oil is old.{form.eos}" in text
    assert learned(tokenizer, example).endswith(f"{thought}\n</think>\n\nThe oil is old.{form.eos}")


def test_drop_leaves_thoughts_out_also_those_within_the_answer(form, tokenizer):
    said = turns(("Why?", "<think>\nPage 3 says so.\n</think>\n\nThe oil is old."))
    (example,) = encode_chat(tokenizer, said, "", "drop")
    assert learned(tokenizer, example) == f"{form.before}The oil is old.{form.eos}"
    (inline,) = encode_chat(tokenizer, said, "", "inline")
    assert inline == encode_chat(tokenizer, turns(("Why?", "The oil is old.")), "Page 3 says so.", "inline")[0]


def test_keep_hands_the_thought_to_a_template_that_writes_it_and_says_where_one_does_not(form, tokenizer):
    said = turns(("Why?", "The oil is old."))
    if "reasoning_content" in form.template:
        (example,) = encode_chat(tokenizer, said, "Page 3 says so.", "keep")
        assert tokenizer.decode(example.input_ids).count("<think>") == 1
        assert "<think>\nPage 3 says so.\n</think>\n\nThe oil is old.<|im_end|>" in tokenizer.decode(example.input_ids)
        assert learned(tokenizer, example).endswith("Page 3 says so.\n</think>\n\nThe oil is old.<|im_end|>")
    else:
        with pytest.raises(UserError, match=r"leaves reasoning_content out; set data\.reasoning to inline or drop"):
            encode_chat(tokenizer, said, "Page 3 says so.", "keep")
    assert encode_chat(tokenizer, said, "", "keep") == encode_chat(tokenizer, said, "", "drop")


def test_a_thought_belongs_to_the_last_answer_unless_a_message_has_its_own(load_tokenizer):
    tokenizer = load_tokenizer(CHATML.template)
    said = turns(("Which?", "Left."), ("Why?", "Old oil."))
    said[1]["reasoning_content"] = "I look."
    examples = encode_chat(tokenizer, said, "I know.", "inline")
    assert [learned(tokenizer, example) for example in examples] == [
        "<think>\nI look.\n</think>\n\nLeft.<|im_end|>",
        "<think>\nI know.\n</think>\n\nOld oil.<|im_end|>",
    ]
    assert "I look." not in shown(tokenizer, examples[1])
    said[3]["reasoning_content"] = "I smell it."
    assert "I smell it." in learned(tokenizer, encode_chat(tokenizer, said, "I know.", "inline")[1])


def test_a_system_message_and_tools_are_shown_and_not_learned(load_tokenizer):
    tokenizer = load_tokenizer(CHATML.template)
    said = [{"role": "system", "content": "Be brief."}, *turns(("Which?", "Left.")), {"role": "tool", "content": "ok"}]
    (example,) = encode_chat(tokenizer, said, "", "drop")
    assert learned(tokenizer, example) == "Left.<|im_end|>"
    assert "system\nBe brief." in shown(tokenizer, example)


@pytest.mark.parametrize("said", [[], turns(("Which?", "Left."))[:1], turns(("Which?", " \n")), turns(("a", "b"))[1:]])
def test_a_conversation_without_an_answer_to_learn_gives_nothing(load_tokenizer, said):
    assert encode_chat(load_tokenizer(CHATML.template), said, "", "inline") == []


def test_a_conversation_that_the_template_refuses_is_told_by_its_error(load_tokenizer):
    tokenizer = load_tokenizer(BRACKETS.template, "</s>", BRACKETS.specials)
    with pytest.raises(TemplateError, match="roles must take turns"):
        encode_chat(tokenizer, [turns(("a", "b"))[0], *turns(("a", "b"))], "", "drop")


def test_the_end_of_a_turn_is_the_token_that_the_template_writes(form, tokenizer):
    assert tokenizer.convert_ids_to_tokens(end_of_turn(tokenizer)) == form.eos


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}",
         "ends an answer without a special token"),
        ("{{ messages[0].content }}", "does not write an answer once"),
        ("{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}A: {% endif %}",
         "otherwise than it asks for one"),
        ("{% for m in messages %}", "the chat template fails: .*Unexpected end of template"),
        ("{{ raise_exception('no') }}", "the chat template fails: no; set model.chat_template"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_teach_when_to_stop_is_one_line(load_tokenizer, template, message):
    with pytest.raises(UserError, match=message) as caught:
        end_of_turn(load_tokenizer(template))
    assert "\n" not in str(caught.value)


def test_a_template_comes_from_the_settings_else_the_model_else_it_is_chatml(load_tokenizer, tmp_path):
    tokenizer = load_tokenizer("own")
    (tmp_path / "mine.jinja").write_text("mine")
    assert chat_template(tokenizer, tmp_path / "mine.jinja") == "mine"
    assert chat_template(tokenizer) == "own"
    tokenizer.chat_template = {"default": "one of several", "rag": "other"}
    assert chat_template(tokenizer) == "one of several"
    tokenizer.chat_template = None
    assert "<|im_start|>" in chat_template(tokenizer)
    tokenizer.eos_token = None
    with pytest.raises(UserError, match="no chat template and no eos_token"):
        chat_template(tokenizer)
    with pytest.raises(UserError, match=r"model\.chat_template: .* cannot be read"):
        chat_template(tokenizer, tmp_path / "none.jinja")


def test_the_fallback_ends_a_turn_with_the_end_that_the_model_knows(load_tokenizer):
    tokenizer = load_tokenizer(None, "<|endoftext|>")
    tokenizer.chat_template = None
    tokenizer.chat_template = chat_template(tokenizer)
    (example,) = encode_chat(tokenizer, turns(("Which?", "Left.")), "", "drop")
    assert learned(tokenizer, example) == "Left.<|endoftext|>"
    assert tokenizer.decode(example.input_ids) == (
        "<|im_start|>user\nWhich?<|endoftext|>\n<|im_start|>assistant\nLeft.<|endoftext|>"
    )


def test_a_tokenizer_that_marks_the_start_of_words_learns_the_token_that_it_will_generate():
    """As SentencePiece does: a text that is tokenised apart begins with a mark of its own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = ["<s>", "</s>", "?", "▁", "▁[INST]", "▁[/INST]", "▁which", "▁left", "left", "▁one"]
    backend = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="?"))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    backend.decoder = decoders.Metaspace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>", bos_token="<s>")
    tokenizer.chat_template = BRACKETS.template
    (example,) = encode_chat(tokenizer, turns(("which one", "left one")), "", "drop")
    assert tokenizer.convert_ids_to_tokens(example.input_ids) == (
        ["<s>", "▁[INST]", "▁which", "▁one", "▁[/INST]", "▁left", "▁one", "</s>"]
    )
    assert example.trained == [False] * 5 + [True] * 3


def test_tokens_that_were_added_later_are_special_in_the_template_alone_too(load_tokenizer):
    tokenizer = load_tokenizer(CHATML.template)
    said = turns(("Is it <|verified|>?", "Yes, <|verified|>."))
    before = encode_chat(tokenizer, said, "", "drop")
    tokenizer.add_special_tokens({"extra_special_tokens": ["<|verified|>"]}, replace_extra_special_tokens=False)
    assert encode_chat(tokenizer, said, "", "drop") == before
    assert "<|verified|>" in json.dumps(tokenizer.get_vocab())
