"""Why a file is not used: every reason that a file may be skipped for, with its meaning."""

SKIP_REASONS = {
    "binary": "holds null bytes or is of a binary file type",
    "changed": "was changed or removed between listing and reading",
    "duplicate": "has the same bytes as a file listed before",
    "empty": "holds nothing but white space",
    "generated": "is the output of a program, by its name or its first lines",
    "ignored": "is named by a .gitignore file",
    "language": "is not of a selected language",
    "license": "comes from a source whose licence is not allowed, or not known while only some are",
    "minified": "has lines too long to have been written by hand",
    "outside_root": "is, or links to, a place outside the source",
    "special": "is a device, socket or pipe, or a link inside an archive",
    "submodule": "belongs to a git submodule, and sources.submodules is off",
    "symlink": "is a link to another place in the source, which is read there",
    "too_large": "is larger than sources.max_file_bytes",
    "undecodable": "is in no encoding that can be told for certain",
    "unreadable": "cannot be opened",
    "vendored": "is a copy of third-party code, or of an environment",
}
