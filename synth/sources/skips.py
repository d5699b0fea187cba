"""Why a file is not used: every reason that a file may be skipped for, with its meaning."""

SKIP_REASONS = {
    "binary": "holds null bytes or is of a binary file type",
    "broken": "is a damaged PDF, DOCX, EPUB or notebook, or its name says that it is one and it is not",
    "changed": "was changed or removed between listing and reading",
    "data": "is a text file of data: a table, a log, a list of words or numbers",
    "duplicate": "has the same bytes as a file listed before",
    "empty": "holds nothing but white space, or nothing but navigation",
    "encrypted": "is a document that opens with a password only",
    "generated": "is the output of a program, by its name or its first lines",
    "ignored": "is named by a .gitignore file",
    "language": "is not of a selected language",
    "license": "comes from a source whose licence is not allowed, or not known while only some are",
    "minified": "has lines too long to have been written by hand",
    "near_duplicate": "is nearly the same as a file of another collection, as in a fork or a vendored copy",
    "needs_docs_extra": "needs a library to be read: install synth with its extra docs, `pip install 'synth[docs]'`",
    "no_document": "is text but no document: a licence, a list of requirements or of names, a template",
    "no_text": "is a PDF of pictures, such as a scan, without a layer of text",
    "outside_root": "is, or links to, a place outside the source",
    "special": "is a device, socket or pipe, or a link inside an archive",
    "submodule": "belongs to a git submodule, and sources.submodules is off",
    "symlink": "is a link to another place in the source, which is read there",
    "too_costly": "takes more than sources.document_seconds, or more memory than any document should, to read",
    "too_large": "is larger than sources.max_file_bytes, or a document larger than sources.max_document_bytes",
    "undecodable": "is in no encoding that can be told for certain",
    "unpacks_too_large": "is a packed document (DOCX, EPUB) that unpacks to far more than its size",
    "unreadable": "cannot be opened",
    "vendored": "is a copy of third-party code, or of an environment",
}


class Skip(Exception):  # not an error: the file is set aside and counted
    """A file is set aside; `reason` is one of `SKIP_REASONS`, `detail` says more where there is more to say."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
