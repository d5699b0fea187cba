"""Which files are held out? One rule, by hash of the file, for every sample and window of text."""

from synth.schema import content_id

_HEX_DIGITS = 13  # 52 bits: as many as a float holds exactly, so that every machine compares alike


def assign_split(collection: str, source_path: str, seed: int, validation: float) -> str:
    """Say whether a source file belongs to `train` or to `validation`.

    The answer depends on nothing but the arguments: neither on other files nor on their order, so a file keeps its
    split when the source grows. It is applied in two ways, which together keep validation honest:

    - An instruction sample has the split of its primary file, the one in `source_path`. So no file is the subject of
      samples of both splits. Evidence from further files may be shown beside it, in either split.
    - A window of continued pretraining holds files of one split only: the recipe that packs windows asks this function
      first. So no text of a held-out file is in `cpt/train-*`.

    Args:
        collection: name of the source that the file is from.
        source_path: path relative to the source root, with forward slashes.
        seed: the run's seed; another seed holds out other files.
        validation: share of files to hold out, from 0 to 1. A larger share holds out the same files and more.
    """
    digest = content_id("split", str(seed), collection, source_path)
    position = int(digest[:_HEX_DIGITS], 16) / 16**_HEX_DIGITS
    return "validation" if position < validation else "train"
