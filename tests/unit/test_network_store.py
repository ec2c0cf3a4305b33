import json
from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from mips_core.errors import BadInputError, FormatVersionError
from mips_core.networks import (
    AffineMap,
    Argmax,
    Card,
    CellLayer,
    CellNetwork,
    EmbeddingInput,
    MlpNetwork,
    OneHotInput,
    RawInput,
    Rounded,
    load_network,
    network_bytes,
    network_digest,
    read_network,
    save_network,
)
from mips_core.networks.tensors import parse_safetensors
from mips_core.stepping import trace
from mips_core.tasks import Vocabulary
from mips_core.tasks.integers import Integers

RNG = np.random.default_rng(0)


def layer(rows, columns):
    return AffineMap(RNG.normal(size=(rows, columns)), RNG.normal(size=rows))


def mlp():
    card = Card("mlp", 1, 1, 2, (Integers(0, 4),), 10, "Sum_All", None, 3, 1.0, {"steps": 5})
    hidden = (layer(5, 6), layer(2, 5))
    return MlpNetwork(
        card, OneHotInput((Integers(0, 4),)), Rounded(1), hidden, (layer(1, 2),), "tanh", RNG.normal(size=2)
    )


def raw_mlp():
    return MlpNetwork(Card("linear", 2, 2, 3), RawInput(2), Rounded(2), (layer(3, 5),), (layer(2, 3),))


def lstm():
    layers = (
        CellLayer(RNG.normal(size=(12, 2)), RNG.normal(size=(12, 3)), RNG.normal(size=12), RNG.normal(size=12)),
        CellLayer(RNG.normal(size=(12, 3)), RNG.normal(size=(12, 3)), RNG.normal(size=12), RNG.normal(size=12)),
    )
    card = Card("lstm", 1, 1, 3, (Integers(-1, 3),))
    encoding = EmbeddingInput(RNG.normal(size=(4, 2)), -1)
    return CellNetwork(card, encoding, Argmax((Integers(0, 4),)), "lstm", layers, (layer(5, 3), layer(4, 5)))


NETWORKS = {"mlp": mlp(), "raw": raw_mlp(), "lstm": lstm()}


@pytest.fixture(params=NETWORKS)
def network(request):
    return NETWORKS[request.param]


def sample(network):
    return np.random.default_rng(1).integers(0, 3, size=(5, 12, network.input_width))


def test_loading_gives_back_the_same_function_card_and_bytes(network, tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(network, path)
    loaded = load_network(path)
    assert type(loaded) is type(network)
    assert loaded.card == network.card
    x = sample(network)
    assert np.array_equal(trace(loaded, x).states, trace(network, x).states)
    assert np.array_equal(trace(loaded, x).outputs, trace(network, x).outputs)
    assert network_bytes(loaded) == path.read_bytes()
    assert network_digest(loaded) == network_digest(network)
    assert [p.name for p in tmp_path.iterdir()] == ["network.safetensors"]


def test_float32_weights_are_stored_in_half_the_space():
    def rounded(m):
        return AffineMap(m.weight.astype(np.float32).astype(np.float64), m.bias.astype(np.float32).astype(np.float64))

    wide = raw_mlp()
    narrow = replace(
        wide, hidden=tuple(map(rounded, wide.hidden)), readout_layers=tuple(map(rounded, wide.readout_layers))
    )
    assert len(network_bytes(wide)) - len(network_bytes(narrow)) >= 4 * wide.parameters - 16


def test_digest_ignores_the_card_and_sees_every_weight_and_choice():
    network = NETWORKS["mlp"]
    same = replace(network, card=replace(network.card, seed=99, task=None))
    assert network_digest(same) == network_digest(network)
    nudged = replace(network, readout_layers=(AffineMap(network.readout_layers[0].weight + 1e-9, np.zeros(1)),))
    other = replace(network, activation="relu")
    moved = replace(network, start_state=network.start_state + 1)
    assert len({network_digest(n) for n in (network, nudged, other, moved)}) == 4
    assert len(network_digest(network)) == 16


def test_unwritable_folder_leaves_nothing(tmp_path):
    with pytest.raises(BadInputError, match="Cannot write"):
        save_network(raw_mlp(), tmp_path / "missing" / "network.safetensors")
    assert not list(tmp_path.iterdir())


def rewritten(network, tmp_path, change_tensors=None, change_card=None):
    """Write a network file with its tensors or its card tampered with."""
    data = network_bytes(network)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    card = json.loads(header["__metadata__"]["card"])
    tensors = {k: v.copy() for k, v in safetensors.numpy.load(data).items()}
    if change_tensors:
        change_tensors(tensors)
    if change_card:
        change_card(card)
    path = tmp_path / "changed.safetensors"
    path.write_bytes(safetensors.numpy.save(tensors, metadata={"card": json.dumps(card)}))
    return path


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda t: t.pop("hidden.1.bias"), r"hidden\.1\.bias"),
        (lambda t: t.pop("readout.0.weight"), r"readout\.0\.weight"),
        (lambda t: t.update({"hidden.0.bias": np.zeros(4)}), r"hidden\.0\.bias.*\(4,\).*\(5,\)"),
        (lambda t: t.update({"hidden.0.bias": np.full(5, np.nan)}), r"hidden\.0\.bias.*5 values"),
        (lambda t: t.update({"hidden.0.bias": np.full(5, np.inf)}), r"hidden\.0\.bias"),
        (lambda t: t.update({"hidden.0.bias": np.zeros(5, dtype=np.int32)}), r"hidden\.0\.bias.*int32"),
        (lambda t: t.update({"hidden.0.bias": np.zeros((0, 5))}), r"hidden\.0\.bias.*empty"),
        (lambda t: t.update({"extra": np.zeros(5)}), "extra"),
        (lambda t: t.update({"start_state": np.zeros(5)}), "start_state"),
        (lambda t: t.update({"hidden.1.weight": np.zeros(5)}), r"hidden\.1\.weight"),
    ],
)
def test_bad_tensors_are_named(change, named, tmp_path):
    path = rewritten(NETWORKS["mlp"], tmp_path, change_tensors=change)
    with pytest.raises(BadInputError, match=named):
        load_network(path)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda c: c.pop("kind"), "kind"),
        (lambda c: c.update(kind="transformer"), "transformer"),
        (lambda c: c.update(encoding={"kind": "morse"}), "morse"),
        (lambda c: c.update(encoding="raw"), "malformed"),
        (lambda c: c.update(decoding={"kind": "softmax"}), "softmax"),
        (lambda c: c.update(decoding={"kind": "argmax", "ranges": [[3, 1]]}), "empty"),
        (lambda c: c.update(hidden_size=17), "17"),
        (lambda c: c.update(inputs=[[0, 2], [0, 2]]), "2 ranges"),
        (lambda c: c.update(activation="swish"), "swish"),
        (lambda c: c.update(format="other"), "other"),
    ],
)
def test_bad_cards_are_explained(change, named, tmp_path):
    path = rewritten(NETWORKS["mlp"], tmp_path, change_card=change)
    with pytest.raises(BadInputError, match=named):
        load_network(path)


def test_newer_versions_are_refused_by_name(tmp_path):
    path = rewritten(NETWORKS["mlp"], tmp_path, change_card=lambda c: c.update(version=3))
    with pytest.raises(FormatVersionError, match="version 3"):
        load_network(path)


@pytest.mark.parametrize("keep", [0, 4, 8, 60, -1])
def test_truncated_files_are_refused(keep, tmp_path):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(network_bytes(NETWORKS["lstm"])[:keep])
    with pytest.raises(BadInputError, match="cut off"):
        load_network(path)


def test_a_card_that_is_no_json_and_a_file_without_card_are_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors.numpy.save({"a": np.zeros(2)}, metadata={"card": "{"}))
    with pytest.raises(BadInputError, match="JSON"):
        load_network(path)
    path.write_bytes(safetensors.numpy.save({"a": np.zeros(2)}))
    with pytest.raises(BadInputError, match="no card"):
        load_network(path)


def test_reading_our_own_file_may_name_inputs_and_length(tmp_path):
    path = tmp_path / "network.safetensors"
    save_network(NETWORKS["raw"], path)
    named = read_network(path, inputs=Integers(0, 3), length=7)
    assert named.card.inputs == (Integers(0, 3), Integers(0, 3))
    assert named.card.length == 7
    assert network_digest(named) == network_digest(NETWORKS["raw"])
    with pytest.raises(BadInputError, match="3 ranges"):
        read_network(path, inputs=(Integers(0, 3),) * 3)
    save_network(NETWORKS["lstm"], path)
    assert read_network(path, inputs=(Integers(0, 2),)).card.inputs == (Integers(0, 2),)
    with pytest.raises(BadInputError, match="-1:3"):
        read_network(path, inputs=(Integers(0, 9),))


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_a_header_length_that_begins_like_a_pickle_is_read(length):
    """Eight bytes of length come first in a safetensors file; 0x80 0x02 is also how a pickle begins."""
    tensor = {"w": np.ones(2, dtype=np.float32)}
    fixed = len(safetensors.numpy.save(tensor, metadata={"note": ""})) - 8 - 8  # the length and two numbers
    data = next(
        data
        for padding in range(length - fixed - 8, length - fixed + 9)
        if (data := safetensors.numpy.save(tensor, metadata={"note": "x" * padding}))[:8]
        == length.to_bytes(8, "little")
    )
    assert parse_safetensors(data, "odd.safetensors").metadata["note"].startswith("x")


def test_a_pickle_named_safetensors_is_refused_as_one():
    with pytest.raises(BadInputError, match="pickle"):
        parse_safetensors(b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}.", "trick.safetensors")


def wordy():
    """A network over two input words and three output words."""
    card = Card("mlp", 1, 1, 2, (Integers(0, 2),), 5)
    card = replace(card, input_words=(Vocabulary.of(["coin", "push"]),))
    card = replace(card, output_words=(Vocabulary.of(["locked", "open", "unlocked"]),))
    hidden = (AffineMap(np.eye(2, 4), np.zeros(2)),)
    readout = (AffineMap(np.ones((3, 2)), np.zeros(3)),)
    return MlpNetwork(card, OneHotInput((Integers(0, 2),)), Argmax((Integers(0, 3),)), hidden, readout)


def test_vocabularies_travel_with_the_network(tmp_path):
    save_network(wordy(), tmp_path / "words.safetensors")
    for again in (load_network(tmp_path / "words.safetensors"), read_network(tmp_path / "words.safetensors")):
        assert again.card == wordy().card
        assert again.card.to_dict()["version"] == 2
    assert NETWORKS["mlp"].card.to_dict()["version"] == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda c: c.update(input_words=[["coin", "kick", "push"]]), "3 words for input 1"),
        (lambda c: c.update(output_words=[["locked", "open"]]), "2 words for output 1"),
        (lambda c: c.update(output_words=[["open", "locked", "unlocked"]]), "sorted"),
        (lambda c: c.update(output_words="open"), "output_words"),
        (lambda c: c.update(input_words=[None, None]), "input_words"),
    ],
)
def test_vocabularies_that_do_not_fit(change, named, tmp_path):
    with pytest.raises(BadInputError, match=named):
        load_network(rewritten(wordy(), tmp_path, change_card=change))
