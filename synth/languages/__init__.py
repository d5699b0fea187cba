"""What is peculiar to each programming language, as prompts, recipes and checks see it.

To add a language, write its `Traits` and list them in `LANGUAGES` under the name that documents give the language.
"""

from synth.languages.c_family import CPP, C
from synth.languages.csharp import CSHARP
from synth.languages.ecmascript import JAVASCRIPT, TSX, TYPESCRIPT
from synth.languages.go import GO
from synth.languages.java import JAVA
from synth.languages.python import PYTHON
from synth.languages.ruby import RUBY
from synth.languages.rust import RUST
from synth.languages.traits import Grammar, Kinship, Traits

LANGUAGES: dict[str, Traits] = {
    "python": PYTHON,
    "go": GO,
    "java": JAVA,
    "javascript": JAVASCRIPT,
    "typescript": TYPESCRIPT,
    "tsx": TSX,
    "rust": RUST,
    "c": C,
    "cpp": CPP,
    "csharp": CSHARP,
    "ruby": RUBY,
}
FENCES: dict[str, str] = {
    word: name for name, traits in LANGUAGES.items() for word in (traits.fence, *traits.aliases)
}  # fmt: skip
"""The language of a block of code by the word after its fence."""

__all__ = ["FENCES", "LANGUAGES", "Grammar", "Kinship", "Traits"]
