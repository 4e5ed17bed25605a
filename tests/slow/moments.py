"""Moments of a run at which a process kills itself, as hard as the system can: nothing is flushed, closed or caught."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytorch_lightning as pl

from exapt.learning import history, module, resume
from exapt.study import fitting, recording, scoring


def die(*_: Any, **__: Any) -> NoReturn:
    """SIGKILL to this process."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def before(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Die at the begin of a call for which `when` holds."""
    original = getattr(owner, name)

    def patched(*args: Any, **kwargs: Any) -> Any:
        return die() if when(*args, **kwargs) else original(*args, **kwargs)

    setattr(owner, name, patched)


def after(owner: Any, name: str, when: Callable[..., bool] = lambda *_, **__: True) -> None:
    """Die at the end of a call for which `when` holds (asked before the call)."""
    original = getattr(owner, name)

    def patched(*args: Any, **kwargs: Any) -> Any:
        now = when(*args, **kwargs)
        made = original(*args, **kwargs)
        return die() if now else made

    setattr(owner, name, patched)


def _at(step: int) -> Callable[..., bool]:
    return lambda callback, trainer, *_, **__: trainer.global_step == step


def _second_batch_of(epoch: int) -> Callable[..., bool]:
    return lambda module, batch, batch_idx: module.current_epoch == epoch and batch_idx == 1


def _named(word: str) -> Callable[..., bool]:
    return lambda path, *_, **__: word in str(path)


MOMENTS: dict[str, Callable[[], None]] = {
    # the row of training loss at step 10 is written, the state is that of step 9
    "middle of an epoch, before its state": lambda: before(resume.Resume, "on_train_batch_end", _at(10)),
    "state half in place": lambda: after(pl.Trainer, "save_checkpoint", lambda t, *_, **__: t.global_step == 12),
    "middle of an epoch, after its state": lambda: after(resume.Resume, "on_train_batch_end", _at(13)),
    "last step of an epoch": lambda: after(resume.Resume, "on_train_batch_end", _at(16)),
    "during dev evaluation": lambda: before(module.Classification, "validation_step", _second_batch_of(1)),
    "best weights half kept": lambda: before(Path, "rename", _named("best-2.part")),
    "best weights kept, not in the state": lambda: after(history.History, "on_validation_end", _at(16)),
    "first step after an epoch": lambda: before(resume.Resume, "on_train_batch_end", _at(17)),
    "end of the last epoch": lambda: after(resume.Resume, "on_train_epoch_end", _at(24)),
    "weights copied, fit not written": lambda: before(fitting, "write_json", _named("fit.json")),
    "fit written, state not dropped": lambda: after(fitting, "write_json", _named("fit.json")),
    "first predictions": lambda: after(scoring, "write_predictions"),
    "record written, report not": lambda: after(recording, "write_record"),
}
