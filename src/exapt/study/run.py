"""One run: fine-tune a model on a source task, score the same head on target tasks, leave a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from exapt.errors import BadInput
from exapt.example import Examples
from exapt.learning.devices import Devices
from exapt.learning.method import Method
from exapt.models.classifier import Classifier
from exapt.models.pretrained import Pretrained
from exapt.models.scratch import Scratch
from exapt.record import Record
from exapt.settings import settings
from exapt.study.arms import LINEAR, Arm, arranged, begun, linear_kind, recipe
from exapt.study.auditing import audit_run
from exapt.study.fitting import obtain_fit
from exapt.study.folder import find_run, locked, write_settings
from exapt.study.linear import linear_facts
from exapt.study.materials import Encoder, Material, Unencoded, draw_groups
from exapt.study.provenance import identity, settings_of, without_secrets
from exapt.study.recording import check_sides, score_and_record
from exapt.tasks.task import Task


@dataclass(frozen=True)
class Finished:
    """What a run leaves.

    Attributes:
        record: The record.
        folder: The run's folder.
        trained: Whether this call trained; False where a finished fit was reused.
    """

    record: Record
    folder: Path
    trained: bool


@settings
class Run:
    """One transfer run: model × arm × source → targets, with one set of seeds.

    Attributes:
        model: The model.
        source: The task to fine-tune on.
        method: The recipe.
        trainer: Where to compute.
        targets: Tasks to score the same head on, by the name they have in the record; their test splits are read.
        logger: Makes a tracker from (folder, name, identity); None for `metrics.csv` alone.
        name: The run's name; None joins the names of model and source.
        arm: What is taken away, as a control: nothing (`treatment`), the labels' meaning (`permuted_labels`) or the
            order of words (`shuffled_source`) of the source's train and dev split, or what the model had learned before
            (`random_init`). The first two controls keep `method.keep_epoch`, the last epoch if there is none. Without
            a network, `feature_transfer` fits a logistic regression on what the sides share and `bag_of_words` on their
            words. `structure_only` and `target_supervised` are names for runs whose source has no words, or is the
            target.
        seed: The seed that `seeds` follow where they are not given.
        seeds: `init` (head, and weights drawn from scratch), `order` (batches, dropout), `draw` (subsampling).
        data_dir: Folder with local data that task sheets refer to.
        out: Folder for runs.
        audit: `stop` ends the run before training where an audit finds leaks between splits, erased or truncated input,
            contradictory labels or format shortcuts; `accept` goes on, and the record tells what was accepted.
        strict_tokens: Refuse tasks of which the tokenizer loses more than 1%, whatever else `audit: accept` accepts.
        keep_weights: `best` keeps the checkpoint, `none` drops it after scoring.

    Raises:
        BadInput: For seeds of other names or out of range, or a target named as the source.
    """

    model: Pretrained | Scratch
    source: Task
    method: Method
    trainer: Devices
    targets: dict[str, Task]
    logger: Callable[..., Any] | None = None
    name: str | None = None
    arm: Arm = "treatment"
    seed: int = 0
    seeds: dict[str, int] | None = None
    data_dir: str | None = None
    out: str = "runs"
    audit: Literal["stop", "accept"] = "stop"
    strict_tokens: bool = False
    keep_weights: Literal["best", "none"] = "best"

    def __post_init__(self) -> None:
        seeds = self.seeds or {}
        unknown = sorted(set(seeds) - {"init", "order", "draw"})
        if unknown:
            raise BadInput(f"seeds.{unknown[0]}: there is no such seed; there is init, order and draw.")
        if any(not 0 <= s < 2**31 for s in (self.seed, *seeds.values())):
            raise BadInput("seed: seeds lie between 0 and 2147483647.")
        begun(self.arm, self.model)
        if self.source.name in self.targets:
            raise BadInput(
                f"targets.{self.source.name}: the source's own test split is always scored; give the target "
                "another name (in `exapt predict`: task.name=mine)."
            )
        for word in (self.title, *self.targets):
            if not word or word.startswith(".") or any(c in word for c in '/\\:*?"<>|\n\0'):
                raise BadInput(f"name: '{word}' cannot name a folder; use letters, digits, '-', '_' and '.'.")

    @property
    def title(self) -> str:
        """The run's name."""
        return self.name or f"{self.model.name}-{self.source.name}"

    @property
    def beginning(self) -> Pretrained | Scratch:
        """The model that the arm begins from."""
        return begun(self.arm, self.model)

    @property
    def recipe(self) -> Method:
        """The recipe that the arm follows."""
        return recipe(self.arm, self.method)

    def all_seeds(self) -> dict[str, int]:
        """`init`, `order` and `draw`, following `seed` where not given; those that change nothing are 0."""
        asked = {"init": self.seed, "order": self.seed, "draw": self.seed} | (self.seeds or {})
        if self.arm not in LINEAR:
            return asked
        return {"init": 0, "order": 0, "draw": 0 if self.method.train_examples is None else asked["draw"]}

    def limit(self) -> int:
        """Longest input in tokens."""
        return min(self.model.limit, self.method.max_length or self.model.limit)

    def encoder(self) -> Encoder | Unencoded:
        """The model's tokenizer, with the way it wants its input."""
        if self.arm in LINEAR:
            return Unencoded()
        return Encoder(self.model.tokenizer(), self.model.pair, self.limit(), self.strict_tokens)

    def network(self, paired: bool) -> Classifier:
        """The network before training."""
        return self.beginning.network(seed=self.all_seeds()["init"], paired=paired, dropout=self.method.dropout)

    def execute(self) -> Finished:
        """Do the work, or as much of it as is not done: fit, predict, score, record.

        Raises:
            BadInput: For anything in settings or data that the user can mend.
        """
        self.trainer.join()
        encoder = self.encoder()
        train, dev = self._train(encoder), encoder.material(self.source, "dev", self.learned("dev"))
        for task in (self.source, *self.targets.values()):  # a fault in what comes last is told before training
            check_sides(self, train.data.paired, task.name, task.load("test").paired)
        key, parts = self.identify(train.examples, dev.examples)
        folder = self.trainer.decide(find_run(Path(self.out), self.title, key))
        audits = audit_run(self)  # nothing is written before
        with locked(folder, self.trainer):
            write_settings(folder, without_secrets(settings_of(self)), self.trainer)
            made, trained = obtain_fit(self, folder, key, parts, train, dev)
            record = score_and_record(self, folder, made, encoder, audits, source=True)
        return Finished(record, folder, trained)

    def facts(self, paired: bool) -> dict[str, Any]:
        """What identifies the model that the arm begins from; `paired`: whether the source's examples are pairs."""
        kind = linear_kind(self.arm)
        return self.beginning.facts() if kind is None else linear_facts(kind, paired)

    def identify(self, train: Examples, dev: Examples) -> tuple[str, dict[str, Any]]:
        """The fit's identity, and what the record says of it: `arm`, `model`, `method`, `precision`, `seeds`.

        Args:
            train: The source's train split as it is used.
            dev: The source's dev split.
        """
        method = Method(precision="32-true") if self.arm in LINEAR else self.method
        precision = method.resolved_precision(self.trainer.kind)
        model, recipe = self.facts(train.paired), self.recipe.facts()
        if self.arm in LINEAR:
            recipe = {"train_examples": recipe["train_examples"]}
        parts: dict[str, Any] = {
            "arm": self.arm, "model": model, "method": recipe | {"precision": precision}, "precision": precision,
            "seeds": self.all_seeds(),
        }  # fmt: skip
        content = {k: v for k, v in model.items() if k not in ("name", "hub")}  # names change no number
        return identity(**parts | {"model": content}, source={"train": train.digest, "dev": dev.digest}), parts

    def place(self) -> tuple[Path, str]:
        """The run's folder and its identity, which need the data and no training."""
        key, _ = self.identify(self.learned("train"), self.learned("dev"))
        return find_run(Path(self.out), self.title, key), key

    def training(self) -> Examples:
        """The source's train split as it is used: all of it, or whole groups drawn with `seeds.draw`.

        Raises:
            BadInput: If there is none, or less than is asked for.
        """
        examples = self.source.load("train")
        if self.method.train_examples is None:
            return examples
        return draw_groups(examples, self.method.train_examples, self.all_seeds()["draw"])

    def learned(self, split: Literal["train", "dev"]) -> Examples:
        """A split of the source as the arm learns from it, or watches it."""
        examples = self.training() if split == "train" else self.source.load(split)
        return arranged(self.arm, examples, split, self.all_seeds()["draw"])

    def _train(self, encoder: Encoder | Unencoded) -> Material:
        return encoder.material(self.source, "train", self.learned("train"))
