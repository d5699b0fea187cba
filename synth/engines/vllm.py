"""The engine `vllm`: a model that answers here, on GPUs or on a CPU.

vLLM computes in processes of its own and takes requests at any time. So this side only keeps it supplied: it prepares
requests while the model works on those before them, and hands on the answers to a task as soon as they are all there.
There are no batches to wait for, and a bound on how many requests are held at once.
"""

import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import jinja2

from synth.config import EngineSettings
from synth.engines import vllm_setup as setup
from synth.engines.base import Answers, EngineStopped, Task, failure, part, sampling, split_reasoning
from synth.errors import UserError


@dataclass
class _Asked:
    """A task in flight: the requests of its samples, and the outputs of those that are finished."""

    task: Task
    requests: list[str]
    outputs: dict[str, Any] = field(default_factory=dict)


class VllmEngine:
    """Answers with a model that it loads.

    The samples of a task share its prefill. A task that vLLM refuses, such as one of an over-long prompt, fails alone.

    Raises:
        UserError: vLLM is not installed, the model cannot be loaded or has no chat template, or a setting is unknown.
    """

    name = "vllm"

    def __init__(self, settings: EngineSettings) -> None:
        if not settings.model:
            raise UserError(
                "engine.model: the engine vllm needs a model, by name or folder; set it with --set or MODEL="
            )
        if importlib.util.find_spec("vllm") is None:
            raise UserError("engine.name: vllm is not installed; install `synth[vllm]`, or choose another engine")
        for name, value in setup.ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        self.model = settings.model
        self._settings = settings
        self._numbers = count()
        self._core: Any = None
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 (vLLM's processes write to it as long as they live)
        try:
            with setup.diverted(self._noise):
                self._load()
        except UserError:
            self.close()
            raise
        except Exception as error:
            message = setup.explain(self.model, error, self._noise)
            self.close()
            raise UserError(message) from error

    def answer(self, tasks: Iterable[Task]) -> Iterator[Answers]:
        """Answer tasks, with at most `engine.vllm.in_flight` requests in the engine before it takes another task.

        Raises:
            EngineStopped: the engine died.
        """
        from vllm.v1.engine.exceptions import EngineDeadError

        source = iter(tasks)
        running: dict[str, _Asked] = {}
        more = True
        try:
            while more or running:
                while more and len(running) < self._settings.vllm.in_flight:
                    task = next(source, None)
                    more = task is not None
                    if task is not None and (refusal := self._ask(task, running)):
                        yield failure(task, self, refusal)
                for output in self._engine.step() if running else ():
                    asked = running.pop(output.request_id)
                    asked.outputs[output.request_id] = output
                    if len(asked.outputs) == len(asked.requests):
                        yield self._rows(asked)
        except EngineDeadError as error:
            cause = setup.cause_in(self._noise) or "its process was ended, as it is when memory runs out"
            raise EngineStopped(
                f"vLLM died with {self.model}: {cause}; what was answered is kept, and the same command goes on"
            ) from error
        finally:
            self._engine.abort_request(list(running))

    def close(self) -> None:
        """End vLLM's processes and give their memory back."""
        if self._core is not None:
            self._core.shutdown()
        self._noise.close()

    def _load(self) -> None:
        from vllm import LLM
        from vllm.lora.request import LoRARequest

        options = setup.arguments(self._settings)
        setup.check_sampling(self._settings)
        self._tokenizer, self._template = setup.open_tokenizer(self.model, options)
        self._render([{"role": "user", "content": "Hello"}])
        self._hide_special, self._split = self._reasoning()
        folder = self._settings.vllm.lora
        self._adapter = LoRARequest("adapter", 1, folder) if folder else None
        self._llm = LLM(self.model, **options)
        self._engine = self._llm.llm_engine
        self._core = self._engine.engine_core
        setup.watch(self._core)
        if self._adapter:
            self._engine.add_lora(self._adapter)

    def _render(self, messages: list[dict[str, str]]) -> list[int]:
        """The token ids of a conversation, as the model's chat template writes it."""
        tokens: list[int] = self._tokenizer.apply_chat_template(
            messages,
            chat_template=self._template,
            add_generation_prompt=True,
            return_dict=False,
            **self._settings.vllm.chat_template_kwargs,
        )
        return tokens

    def _reasoning(self) -> tuple[bool, Callable[[str], tuple[str, str]]]:
        """Whether special tokens stay out of the text, and how to part it into trace and answer."""
        from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionRequest
        from vllm.reasoning import ReasoningParserManager

        settings = self._settings.reasoning
        if not settings.parser:
            return all(map(self._shows, (settings.start, settings.end))), lambda text: split_reasoning(text, settings)
        try:
            make = ReasoningParserManager.get_reasoning_parser(settings.parser)
        except KeyError as error:
            raise UserError(f"engine.reasoning.parser: {error.args[0]}") from None
        parser = make(self._tokenizer, chat_template_kwargs=self._settings.vllm.chat_template_kwargs)
        request = parser.adjust_request(ChatCompletionRequest(model=self.model, messages=[]))

        def split(text: str) -> tuple[str, str]:
            reasoning, answer = parser.extract_reasoning(text, request)
            return (reasoning or "").strip(), (answer or "").strip()

        return request.skip_special_tokens, split

    def _shows(self, tag: str) -> bool:
        tokens = self._tokenizer.encode(tag, add_special_tokens=False)
        return tag in self._tokenizer.decode(tokens, skip_special_tokens=True)

    def _ask(self, task: Task, running: dict[str, _Asked]) -> str:
        """Hand a task to the engine; or the reason why it is refused."""
        from vllm.exceptions import VLLMClientError
        from vllm.inputs.engine import tokens_input

        asked = _Asked(task, [])
        try:
            messages = [{"role": message["role"], "content": message["content"]} for message in task["messages"]]
            prompt = tokens_input(self._render(messages))
            for parameters in self._parameters(task):
                request = str(next(self._numbers))
                self._engine.add_request(request, prompt, parameters, lora_request=self._adapter)
                asked.requests.append(request)
        except (VLLMClientError, ValueError, TypeError, jinja2.TemplateError) as error:
            self._engine.abort_request(asked.requests)
            return f"refused: {error}"
        running.update(dict.fromkeys(asked.requests, asked))
        return ""

    def _parameters(self, task: Task) -> list[Any]:
        """The parameters of each sample; as a request of its own, each reports its own tokens."""
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        values = sampling(task, self._settings)
        wanted, seed, schema = values.pop("n"), values.pop("seed"), task["response_schema"]
        return [
            SamplingParams(
                **values,
                seed=(seed + index) % 2**63,
                skip_special_tokens=self._hide_special,
                structured_outputs=StructuredOutputsParams(json=schema) if schema else None,
                output_kind=RequestOutputKind.FINAL_ONLY,
            )
            for index in range(wanted)
        ]

    def _rows(self, asked: _Asked) -> Answers:
        rows: Answers = []
        for index, request in enumerate(asked.requests):
            output = asked.outputs[request]
            answer = output.outputs[0]
            if answer.finish_reason in {"error", "abort"}:
                return failure(asked.task, self, f"vLLM gave up: {answer.finish_reason}")
            reasoning, text = part(answer.text, asked.task["response_schema"], self._split)
            first = index == 0  # it fills the cache, from which the others are served
            rows.append(
                {
                    "task_id": asked.task["task_id"], "sample_index": index, "status": "ok", "text": text,
                    "reasoning": reasoning, "finish_reason": answer.finish_reason or "", "error": "",
                    "prompt_tokens": len(output.prompt_token_ids) if first else 0,
                    "cached_tokens": output.num_cached_tokens or 0 if first else 0,
                    "output_tokens": len(answer.token_ids), "engine": self.name, "model": self.model,
                }
            )  # fmt: skip
        return rows
