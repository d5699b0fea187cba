"""From a script's text to its facts: what the queries tell, and what only the whole file does."""

from collections.abc import Callable

from synth.graph.code.facts import FileFacts
from synth.graph.code.javascript.jsdoc import with_documented_types
from synth.graph.code.javascript.settling import with_classes, with_exported_members, with_exports
from synth.graph.code.language import ReadFile
from synth.graph.code.toolkit.reader import reader_of
from synth.graph.code.toolkit.syntax import Syntax


def script_reader(make_syntax: Callable[[], Syntax]) -> ReadFile:
    """The function that reads files of JavaScript or TypeScript, for its `Language`."""
    read = reader_of(make_syntax)

    def read_script(collection: str, path: str, text: str, *, is_test: bool) -> FileFacts:
        facts = read(collection, path, text, is_test=is_test)
        facts = facts._replace(parameters=[item for item in facts.parameters if item.name != "this"])
        return with_documented_types(with_exports(with_classes(with_exported_members(facts))))

    return read_script
