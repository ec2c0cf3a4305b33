import io

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.tasks import dataset_from_bytes, is_dataset_file, read_dataset, readers


def test_the_issue_row(tmp_path):
    path = tmp_path / "Lift.CSV"
    path.write_text("x,y\n0;1 1;1 1;0,0 1 0\n")
    data = read_dataset(path)
    assert data.x.tolist() == [[[0, 1], [1, 1], [1, 0]]]
    assert data.y.tolist() == [[[0], [1], [0]]]
    assert (data.name, data.task) == ("Lift.CSV", None)
    assert read_dataset(str(path)).digest == data.digest


def test_what_counts_as_a_data_file(tmp_path):
    np.savez(tmp_path / "data.npz", x=[[1]], y=[[1]])
    np.savez(tmp_path / "network.npz", weight=[[1.0]])
    np.savez(tmp_path / "half.npz", x=[[1]])
    (tmp_path / "broken.npz").write_bytes(b"PK")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "data.txt").write_text("x,y\n1,1\n")
    names = ("data.npz", "network.npz", "half.npz", "broken.npz", "folder.npz", "missing.npz", "data.txt", "Prev1")
    assert [name for name in names if is_dataset_file(tmp_path / name)] == ["data.npz"]
    assert is_dataset_file(tmp_path / "missing.csv")
    assert is_dataset_file("DATA.CSV")


@pytest.mark.parametrize("name", ["missing.csv", "missing.npz"])
def test_missing_files(tmp_path, name):
    with pytest.raises(BadInputError, match=r"There is no file .*missing"):
        read_dataset(tmp_path / name)


def test_folders_and_other_endings(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(BadInputError, match="is a folder"):
        read_dataset(tmp_path / "folder.csv")
    (tmp_path / "data.txt").write_text("1,1\n")
    with pytest.raises(BadInputError, match=r"data.txt does not end in .csv or .npz"):
        read_dataset(tmp_path / "data.txt")


def test_files_that_are_too_large(tmp_path, monkeypatch):
    monkeypatch.setitem(readers.MAX_FILE_BYTES, ".csv", 5)
    (tmp_path / "data.csv").write_text("1 2 3,1 2 3\n")
    with pytest.raises(BadInputError, match="has 12 bytes; at most 5 are read"):
        read_dataset(tmp_path / "data.csv")
    with pytest.raises(BadInputError, match="has 12 bytes; at most 5 are read"):
        dataset_from_bytes(b"1 2 3,1 2 3\n", "data.csv")


def test_uploads():
    buffer = io.BytesIO()
    np.savez(buffer, x=[[1, 2]], y=[[1, 2]])
    assert dataset_from_bytes(buffer.getvalue(), "up.npz").digest == dataset_from_bytes(b"1 2,1 2", "up.csv").digest
