"""What the repository holds: small text files that name no machine, and code that loads tensors and text only."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 2 * 1024 * 1024

# Put together here so that this file does not match itself.
HOSTS = "|".join(name + r"\." + end for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org")))
LOCAL = [
    re.compile(r"(?<![\w.~-])/(?:home|Users)/\w+"),
    re.compile(r"(?<![\w.~-])/roo[t]/"),
    re.compile(r"--(?:(?:extra-)?index[-]url|trusted[-]host|find[-]links)\b"),
    re.compile(HOSTS),
]
if len(ROOT.parts) > 2:  # a checkout at /src says nothing: the letters "/src" are everywhere
    LOCAL.append(re.compile(r"(?<![\w./-])" + re.escape(str(ROOT)) + r"(?![\w-])"))

PICKLES = {"pickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
PICKLE_CALLS = {"read_pickle", "to_pickle"}


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def local(text: str) -> list[str]:
    return [match.group() for pattern in LOCAL for match in pattern.finditer(text)]


def unsafe(source: str) -> list[str]:
    """Loads that can run code, and loads that let a key be missing."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"{node.lineno}: {name}" for name in names if name.split(".")[0] in PICKLES]
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        keys = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if called.rsplit(".")[-1] in PICKLE_CALLS or keys.get("allow_pickle") == "True":
            found.append(f"{node.lineno}: {called} reads or writes a pickle")
        if called == "torch.load" and keys.get("weights_only") != "True":
            found.append(f"{node.lineno}: torch.load without weights_only=True")
        if keys.get("strict") == "False" and called != "zip":
            found.append(f"{node.lineno}: strict=False")
        if keys.get("trust_remote_code") == "True":
            found.append(f"{node.lineno}: remote code is on without a sheet that says so")
    return found


def test_no_tracked_file_is_large() -> None:
    files = tracked()
    assert len(files) > 20
    assert [(file.name, file.stat().st_size) for file in files if file.stat().st_size > LARGEST] == []


def test_no_file_names_a_machine() -> None:
    found = {}
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a figure or a Parquet file
        if places := local(text):
            found[str(file.relative_to(ROOT))] = places
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        f"see {ROOT}/runs" if len(ROOT.parts) > 2 else "at /" + "root/.cache",
        "in /" + "home/ada/exapt",
        "/" + "Users/ada",
        "pip install --index" + "-url x",
        "https://pypi" + ".org/simple",
    ],
)
def test_the_check_sees_a_machine(text: str) -> None:
    assert local(text)


@pytest.mark.parametrize("file", sorted((ROOT / "src").rglob("*.py")), ids=lambda f: str(f.relative_to(ROOT / "src")))
def test_no_file_loads_code_or_loads_loosely(file: Path) -> None:
    assert unsafe(file.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(p)",
        "torch.load(p, weights_only=False)",
        "m.load_state_dict(s, strict=False)",
        "np.load(p, allow_pickle=True)",
        "pd.read_pickle(p)",
        "AutoModel.from_pretrained(p, trust_remote_code=True)",
    ],
)
def test_the_check_sees_a_loose_load(source: str) -> None:
    assert len(unsafe(source)) == 1


def test_one_version_stands_everywhere() -> None:
    """Every library that pyproject.toml asks for is pinned in constraints.txt, inside its range, and exapt is not."""
    import tomllib

    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line and not line.startswith("#")]
    pins = {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(text for group in project["optional-dependencies"].values() for text in group)]
    wrong = [
        f"{wanted} but {pins.get(canonicalize_name(wanted.name))}"
        for wanted in map(Requirement, asked)
        if not wanted.specifier.contains(pins.get(canonicalize_name(wanted.name), "0"), prereleases=True)
    ]
    assert wrong == []
    assert "exapt" not in pins
