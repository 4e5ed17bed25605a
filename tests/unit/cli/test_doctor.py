"""The doctor's page: true of this machine, narrow, plain when piped, and never a traceback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from exapt.cli import doctor as module
from exapt.cli.doctor import doctor
from exapt.errors import BadInput


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(403 if self.path == "/private" else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def test_page_is_narrow_plain_and_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    started = time.monotonic()
    assert doctor(tmp_path) == 0
    page = capsys.readouterr().out
    assert time.monotonic() - started < 30
    for title in ("Versions", "Machine", "Tools and network", "Extras", "Models", "Tasks"):
        assert f"\n{title}" in f"\n{page}"
    assert max(map(len, page.splitlines())) <= 80
    assert "\x1b" not in page and "Traceback" not in page and "could not be looked at" not in page
    assert metadata.version("torch") in page


def test_data_dir_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"data_dir=.*gone: not a folder"):
        doctor(tmp_path / "gone")


def test_a_library_outside_its_range_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [("numpy", SpecifierSet(">=999"), None), ("no-such-library", SpecifierSet(">=1"), None)]
    monkeypatch.setattr(module, "_requirements", lambda: iter(asked))
    assert doctor() == 1
    page = " ".join(capsys.readouterr().out.split())
    assert "data_dir - not given: exapt doctor data_dir=DIR" in page
    assert "numpy ! " in page and "tested with >=999" in page
    assert "no-such-library ! missing" in page


def test_core_and_extras_come_from_the_installed_package() -> None:
    found = list(module._requirements())
    assert ("torch", None) in [(name, extra) for name, _, extra in found]
    assert ("mlflow", "track") in [(name, extra) for name, _, extra in found]
    assert ("mlflow", None) not in [(name, extra) for name, _, extra in found]


def test_missing_extra_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [("numpy", SpecifierSet(), "one"), ("no-such-library", SpecifierSet(), "two")]
    monkeypatch.setattr(module, "_requirements", lambda: iter(asked))
    one, two = module.extras()
    assert (one.state, one.found) == ("ok", "installed")
    assert two.state == "-" and "pip install '.[two]' in the checkout" in two.found


def test_missing_programs_say_how_to_install_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    blast, mmseqs, slurm, *_ = module.tools(0.1)
    assert (blast.what, blast.state) == ("BLAST", "-") and "apt install ncbi-blast+" in blast.found
    assert (mmseqs.what, mmseqs.state) == ("MMseqs2", "-") and "apt install mmseqs2" in mmseqs.found
    assert (slurm.what, slurm.state) == ("Slurm", "-") and "hydra/launcher=joblib" in slurm.found


def test_blast_says_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("blastn", "makeblastdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'blastn: 9.8.7+'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert next(module.tools(0.1)) == ("BLAST", "ok", "9.8.7+")


def test_mmseqs_says_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mmseqs").write_text('#!/bin/sh\n[ "$1" = version ] && echo 99-abc\n')
    (tmp_path / "mmseqs").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert ("MMseqs2", "ok", "99-abc") in list(module.tools(0.1))


def test_slurm_says_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sbatch").write_text("#!/bin/sh\necho 'slurm 99.8'\n")
    (tmp_path / "sbatch").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert module._slurm(9) == ("Slurm", "ok", "99.8: sweeps may say hydra/launcher=submitit_slurm")
    (tmp_path / "sbatch").write_text("#!/bin/sh\nexit 1\n")
    assert module._slurm(9) == ("Slurm", "-", f"{tmp_path}/sbatch finds no cluster")


def test_hub_offline_flag_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub = list(module.tools(0.1))[-1]
    assert hub.state == "-" and "HF_HUB_OFFLINE is set" in hub.found


def test_hub_is_asked(monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", server)
    assert list(module.tools(2))[-1] == ("Hub", "ok", f"{server} answers")


def test_reach_names_what_went_wrong(server: str) -> None:
    assert module._reach(server, 2) is None
    assert module._reach(f"{server}/private", 2) == "refuses (403)"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert "cannot be reached" in str(module._reach(closed, 2))
        silent.listen()
        started = time.monotonic()
        assert module._reach(closed, 0.3) is not None
        assert time.monotonic() - started < 2


def test_what_cannot_be_looked_at_is_a_line() -> None:
    def broken() -> Iterator[module.Finding]:
        yield module.Finding("first", "ok", "here")
        raise RuntimeError("the driver\nis gone")

    first, second = module._looked_at("Machine", broken)
    assert first.what == "first"
    assert second == ("machine", "!", "could not be looked at: RuntimeError: the driver is gone")
