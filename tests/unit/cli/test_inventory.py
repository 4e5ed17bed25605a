"""What is said to be here is here: models by their files, tasks by reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from exapt.cli.inventory import models, tasks


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    for group in ("model", "task"):
        (tmp_path / "conf" / group).mkdir(parents=True)
    return tmp_path / "conf"


def test_models_by_where_their_files_are(conf: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    sheets = {
        "drawn": "_target_: x\nname: drawn\n",
        "folder": f"_target_: x\nname_or_path: {weights}\n",
        "package": "_target_: x\nname_or_path: nobody/none\npackage: numpy/linalg\n",
        "remote": "_target_: x\nname_or_path: nobody/none\npackage: no_such_package/model\n",
    }
    for name, text in sheets.items():
        (conf / "model" / f"{name}.yaml").write_text(text)
    found = {line.what: line for line in models(conf)}
    assert {name: line.state for name, line in found.items()} == {
        "drawn": "ok",
        "folder": "ok",
        "package": "ok",
        "remote": "-",
    }
    assert found["folder"].found == str(weights)
    assert "numpy" in found["package"].found
    assert "nobody/none" in found["remote"].found


SHEET = """
_target_: exapt.tasks.table.Table
name: NAME
data_dir: ${data_dir}
path: NAME.csv
labels: {"0": "no", "1": "yes"}
positive: "yes"
"""


def test_tasks_are_read(conf: Path, tmp_path: Path) -> None:
    for name in ("here", "gone"):
        (conf / "task" / f"{name}.yaml").write_text(SHEET.replace("NAME", name))
    (conf / "task" / "wrong.yaml").write_text(SHEET.replace("NAME", "wrong") + "no_such_key: 1\n")
    (conf / "task" / "elsewhere.yaml").write_text("_target_: exapt.tasks.hub.Hub\nname: elsewhere\n")
    (tmp_path / "here.csv").write_text("sentence1,sentence2,label\nACGT,ACGA,1\nTTTT,CCCC,0\n")
    found = {line.what: line for line in tasks(conf, tmp_path)}
    assert set(found) == {"here", "gone", "wrong"}
    assert found["here"][1:] == ("ok", "test 2")
    assert found["gone"].state == "-" and "gone.csv" in found["gone"].found and str(tmp_path) not in found["gone"].found
    assert found["wrong"].state == "!" and "no_such_key" in found["wrong"].found


def test_what_would_be_built_is_not_built(conf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAPT_CACHE", str(tmp_path / "cache"))
    (conf / "task" / "pairs.yaml").write_text("_target_: exapt.tasks.dna_pair.DnaPair\ndata_dir: ${data_dir}\n")
    (line,) = tasks(conf, tmp_path)
    assert line.state == "-" and "ecoli_k12_mg1655.gbff.gz" in line.found
    (tmp_path / "genomes").mkdir()
    for name in ("ecoli_k12_mg1655.gbff.gz", "salmonella_lt2.fna.gz"):
        (tmp_path / "genomes" / name).write_bytes(b"")
    (line,) = tasks(conf, tmp_path)
    assert line.state == "ok" and not (tmp_path / "cache").exists()


def test_the_shared_data_is_found(data_dir: Path) -> None:
    from exapt.cli.launch import conf_dir

    found = {line.what: line for line in tasks(conf_dir(), data_dir)}
    assert found["pawsx_en"][1:] == ("ok", "dev 2,000, test 2,000")
    assert found["dna_protein_150"][1:] == ("ok", "test 16,000")
    assert found["sentence_polarity"][1:] == ("ok", "train 8,529, dev 1,066, test 1,067")
    assert found["gue_tf_0"][1:] == ("ok", "train 32,378, dev 1,000, test 1,000")
    assert found["gue_prom_core_tata"][1:] == ("ok", "train 4,904, dev 613, test 613")
