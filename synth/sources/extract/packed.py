"""Documents that are ZIP archives (DOCX, EPUB): opened with what they may unpack to bounded, and no tricks of XML."""

import io
import zipfile
import zlib

from synth.sources.skips import Skip

MAX_UNPACKED = 200_000_000  # bytes of text parts
MAX_PART = 30_000_000  # a tree of XML takes fifty times its text
MAX_PARTS = 20_000
_MEDIA = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".webp",
    ".mp3",
    ".mp4",
    ".ttf",
    ".otf",
    ".woff",
    ".woff2",
    ".emf",
    ".wmf",
)
_ENCRYPTED = b"\xd0\xcf\x11\xe0"  # a DOCX with a password is a file of the older Office format


class Parts:
    """The parts of a packed document by name."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_ENCRYPTED):
            raise Skip("encrypted")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Skip("broken", str(error)) from None
        infos = self._archive.infolist()
        if any(info.flag_bits & 1 for info in infos):
            raise Skip("encrypted")
        # zipfile never unpacks more of a part than the size that is declared for it.
        read = [info.file_size for info in infos if not info.filename.lower().endswith(_MEDIA)]
        if sum(read) > MAX_UNPACKED or max(read, default=0) > MAX_PART or len(infos) > MAX_PARTS:
            raise Skip("unpacks_too_large", f"{sum(read):,} bytes in {len(infos):,} parts")
        self.names = {info.filename for info in infos if not info.is_dir()}

    def read(self, name: str) -> bytes:
        """The contents of a part.

        Raises:
            Skip: it is missing or damaged.
        """
        try:
            return self._archive.read(name)
        except KeyError:
            raise Skip("broken", f"no {name}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Skip("broken", f"{name}: {error}") from None

    def read_xml(self, name: str) -> bytes:
        """The contents of a part that a parser of XML is to see.

        Raises:
            Skip: it is missing or damaged, or declares entities: no document has need of these, and they can be made to
                grow without end or to point at other files.
        """
        data = self.read(name)
        if b"<!ENTITY" in data.replace(b"\0", b""):  # in UTF-16 too
            raise Skip("broken", f"{name} declares entities")
        return data
