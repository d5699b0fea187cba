"""Safetensors, piece by piece: what is written is what the format's own library reads, and the other way round."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

SHAPES = st.lists(st.integers(0, 7), min_size=0, max_size=3).map(tuple)
TYPES = st.sampled_from(["F64", "F32", "F16", "BF16", "I64", "I8", "U8", "BOOL"])
LAYOUTS = st.dictionaries(st.text("abc.", min_size=1, max_size=6), st.tuples(TYPES, SHAPES), min_size=1, max_size=6)


def random_tensor(dtype, shape):
    import torch

    from synth.train.tensors import DTYPES

    return (torch.randn(shape) * 9).to(DTYPES[dtype])


def write(folder, tensors, shard_bytes, step):
    from synth.train.tensors import Spec, write_tensors

    names = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "bool": "BOOL"}
    names |= {"int64": "I64", "int8": "I8", "uint8": "U8"}
    layout = {
        name: Spec(names[str(tensor.dtype).removeprefix("torch.")], tuple(tensor.shape))
        for name, tensor in tensors.items()
    }
    return write_tensors(folder, layout, lambda name: in_steps(tensors[name], step), shard_bytes)


def in_steps(tensor, step):
    return iter(tensor.split(step) if tensor.ndim else [tensor])


@settings(deadline=None, max_examples=40)
@given(layout=LAYOUTS, step=st.integers(1, 5), shard_bytes=st.integers(1, 2000))
def test_what_is_written_in_slices_is_read_by_the_library_and_by_rows(layout, step, shard_bytes, tmp_path_factory):
    import torch
    from safetensors.torch import load_file

    from synth.train.tensors import find_tensors, read_rows

    folder = tmp_path_factory.mktemp("model")
    tensors = {name: random_tensor(*spec) for name, spec in layout.items()}
    files = write(folder, tensors, shard_bytes, step)
    loaded = {name: tensor for file in files for name, tensor in load_file(file).items()}
    places = find_tensors(folder)
    assert loaded.keys() == places.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert torch.equal(loaded[name], tensor)
        n_rows = places[name].spec.n_rows
        parts = [read_rows(places[name], start, min(start + step, n_rows)) for start in range(0, n_rows, step)]
        assert torch.equal(torch.cat(parts) if tensor.ndim and parts else read_rows(places[name], 0, n_rows), tensor)


@settings(deadline=None, max_examples=40)
@given(layout=LAYOUTS)
def test_what_the_library_writes_is_read(layout, tmp_path_factory):
    import torch
    from safetensors.torch import save_file

    from synth.train.tensors import find_tensors, read_rows

    folder = tmp_path_factory.mktemp("model")
    tensors = {name: random_tensor(*spec) for name, spec in layout.items()}
    save_file(tensors, folder / "model.safetensors")
    places = find_tensors(folder)
    assert places.keys() == tensors.keys()
    for name, place in places.items():
        assert torch.equal(read_rows(place, 0, place.spec.n_rows), tensors[name])


def test_tensors_begin_where_a_map_of_the_file_can_use_them(tmp_path):
    import torch

    from synth.train.tensors import find_tensors

    tensors = {"odd": torch.zeros(3, dtype=torch.uint8), "wide": torch.zeros(2), "wider": torch.zeros(1).double()}
    write(tmp_path, tensors, shard_bytes=10**6, step=1)
    for place in find_tensors(tmp_path).values():
        assert place.offset % place.spec.item_bytes == 0


def test_no_shard_is_larger_than_asked_unless_one_tensor_is(tmp_path):
    import torch

    tensors = {f"{number}": torch.zeros(size) for number, size in enumerate([10, 10, 10, 100, 5, 5])}
    files = write(tmp_path, tensors, 100, 4)
    assert [file.name for file in files] == [f"model-{number:05}-of-00004.safetensors" for number in range(1, 5)]
