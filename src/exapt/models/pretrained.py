"""A pretrained encoder or decoder, from a folder, an installed package or the Hub, made into a classifier."""

from __future__ import annotations

import copy
import dataclasses
import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from exapt.errors import BadInput
from exapt.models.classifier import Classifier, Joint, Siamese, places_before_text
from exapt.models.dropout import set_dropout
from exapt.models.place import find_files, find_tensor, first_line, lacking
from exapt.settings import settings
from exapt.tokenizers.opening import open_tokenizer
from exapt.tokenizers.repair import Repair, ensure_padding, mended

# parts that many checkpoints lack; those between backbone and head are drawn from seeds.init and named in the facts
BETWEEN = ("pooler", "pre_classifier")
HEAD = ("classifier", "score")


@settings
class Pretrained:
    """A pretrained model by name.

    Attributes:
        name: Short name for folders and reports.
        name_or_path: A local folder, or an id on the Hub.
        revision: Commit, tag or branch on the Hub; the resolved commit goes into the facts.
        package: An installed Python package (`package/folder`) that carries the same files; used when it is installed.
        pair: `joint` or `siamese`.
        repair: What is done about words that the tokenizer erases or cuts badly. `raise_limit`: WordPiece's longest
            word is raised to `word_limit`. `space_kmers`: that, and runs of 30 and more sequence letters are read as
            words of `kmer` letters. `characters`: the same with words of one letter. None: nothing.
        word_limit: In characters; None leaves WordPiece's own limit, whatever `repair` says.
        kmer: Letters of a word of `space_kmers`, at least 2.
        attention: Implementation of attention; None takes `eager` on CPU (faster at these lengths), elsewhere `sdpa`.
        anew: Draw all weights anew from `seeds.init`: the architecture and the tokenizer without what was learned.
        trust_remote_code: Only with a pinned 40-digit `revision`.

    Raises:
        BadInput: For remote code without a pinned revision, or a `kmer` under 2.
    """

    name: str
    name_or_path: str
    revision: str | None = None
    package: str | None = None
    pair: Literal["joint", "siamese"] = "joint"
    repair: Repair | None = "raise_limit"
    word_limit: int | None = 10_000
    kmer: int = 6
    attention: Literal["eager", "sdpa"] | None = None
    anew: bool = False
    trust_remote_code: bool = False

    def __post_init__(self) -> None:
        pinned = (
            self.revision is not None and len(self.revision) == 40 and set(self.revision) <= set("0123456789abcdef")
        )
        if self.trust_remote_code and not pinned:
            raise BadInput("model.trust_remote_code: only with model.revision pinned to a commit of 40 digits.")
        if self.kmer < 2:
            raise BadInput(f"model.kmer: words have at least 2 letters (got {self.kmer}); or model.repair=characters.")

    @cached_property
    def _place(self) -> tuple[Path, str | None]:
        """The folder with the files, and the Hub's commit if they came from there."""
        return find_files(self.name_or_path, self.revision, self.package, self.trust_remote_code)

    @property
    def _code(self) -> dict[str, Any]:
        # False is said aloud, else transformers asks on a terminal; and a configuration may name code of another
        # repository, which would come unpinned without code_revision
        pinned = {"code_revision": self.revision} if self.trust_remote_code else {}
        return {"trust_remote_code": self.trust_remote_code, **pinned}

    @cached_property
    def _files(self) -> list[Path]:
        files = sorted(self._place[0].glob("model*.safetensors"))
        if not files:
            raise BadInput(
                f"model {self.name}: no model*.safetensors in {self._place[0]}; other formats can run code and are "
                "not read."
            )
        return files

    @cached_property
    def weights(self) -> str:
        """SHA-256 over the weight files."""
        state = hashlib.sha256()
        for file in self._files:
            with file.open("rb") as stream:
                state.update(hashlib.file_digest(stream, "sha256").digest())
        return state.hexdigest()

    @cached_property
    def _config(self) -> PreTrainedConfig:
        try:
            found: PreTrainedConfig = AutoConfig.from_pretrained(self._place[0], **self._code)
        except Exception as error:  # whatever a broken file or foreign code raises
            raise BadInput(
                f"model {self.name}: no usable config.json in {self._place[0]} ({first_line(error)})."
            ) from error
        return found

    @cached_property
    def _skeleton(self) -> PreTrainedModel:
        """The network without its numbers."""
        config = copy.deepcopy(self._config)
        config.num_labels = 2
        try:
            with torch.device("meta"):
                made: PreTrainedModel = self._opener.from_config(config, **self._code)
        except ValueError as error:
            raise BadInput(
                f"model {self.name}: {config.model_type} cannot be made into a classifier ({first_line(error)})."
            ) from None
        return made

    @property
    def _opener(self) -> Any:
        return AutoModelForSequenceClassification if self.pair == "joint" else AutoModel

    def facts(self) -> dict[str, Any]:
        """What identifies the model: all that can change its numbers, no path."""
        weights = "drawn from seeds.init" if self.anew else self.weights
        limit = self.limit
        config = hashlib.sha256((self._place[0] / "config.json").read_bytes()).hexdigest()
        tokenizer, repairs = self._mended()
        hub = {"id": self.name_or_path, "revision": self.revision, "commit": self._place[1]}
        return {
            "class": "pretrained", "name": self.name, "hub": hub if self._place[1] else None, "weights": weights,
            "config": config, "tokenizer": hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest(),
            "pair": self.pair, "limit": limit, **repairs, "pad_token": tokenizer.pad_token,
            **({"drawn": self._drawn} if self._drawn and not self.anew else {}),
        }  # fmt: skip

    @cached_property
    def _drawn(self) -> list[str]:
        """Tensors between backbone and head that the weight files lack; a siamese head has nothing in between."""
        if self.pair == "siamese":
            return []
        return lacking(self._files, list(self._skeleton.state_dict()), BETWEEN)

    def _opened(self) -> PreTrainedTokenizerFast:
        return open_tokenizer(self._place[0], self.name, **self._code)

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The tokenizer, repaired: word limit raised, sequences cut if asked, pad token given."""
        return self._mended()[0]

    def _mended(self) -> tuple[PreTrainedTokenizerFast, dict[str, Any]]:
        tokenizer, done = mended(self._opened(), self.repair, self.word_limit, self.kmer)
        ensure_padding(tokenizer)
        return tokenizer, done

    def repaired(self, repair: Repair, word_limit: int) -> Pretrained:
        """The same model with another repair; its files are not looked for again."""
        return self._with(repair=repair, word_limit=word_limit)

    def drawn_anew(self) -> Pretrained:
        """The same model before any training."""
        return self._with(anew=True)

    def _with(self, **changed: Any) -> Pretrained:
        other = dataclasses.replace(self, **changed)
        vars(other).update({name: found for name, found in vars(self).items() if name == "_place"})
        return other

    def embeddings(self) -> np.ndarray:
        """Input embeddings as the files hold them, float32 of shape (rows, width).

        Raises:
            BadInput: If the files lack them.
        """
        table = self._skeleton.get_input_embeddings().weight
        name = next(key for key, tensor in self._skeleton.named_parameters() if tensor is table)
        found = find_tensor(self._files, name)
        if found is None:
            raise BadInput(f"model {self.name}: no input embeddings ('{name}') in {self._place[0]}; fetch it again.")
        return found

    @cached_property
    def limit(self) -> int:
        """Longest input in tokens: the smaller of the model's positions and the tokenizer's own limit."""
        places = getattr(self._config, "max_position_embeddings", None)
        if places is not None:
            places -= places_before_text(self._skeleton)
        # tokenizers that know no limit say 10^30
        known = [n for n in (places, self._opened().model_max_length) if n is not None and n < 10**6]
        return min(known, default=512)

    @property
    def backbone_depends_on_seed(self) -> bool:
        """Whether `seeds.init` changes features before training: only where the checkpoint lacks a part of the way."""
        return self.anew or bool(self._drawn)

    def network(self, *, seed: int, paired: bool, dropout: float | None) -> Classifier:
        """The classifier with a head drawn from a seed, in float32.

        Args:
            seed: `seeds.init`.
            paired: Whether examples have a right side.
            dropout: Replaces every dropout probability of the configuration; None keeps them.

        Raises:
            BadInput: If the files are no model of a known class, or lack tensors of the backbone.
        """
        folder = self._place[0]
        config = copy.deepcopy(self._config)
        set_dropout(config, dropout)
        config.num_labels = 2
        config.pad_token_id = self.tokenizer().pad_token_id
        attention = self.attention or ("sdpa" if torch.cuda.is_available() else "eager")
        torch.manual_seed(seed)  # for parts that the checkpoint lacks
        if self.anew:
            model = self._opener.from_config(config, dtype=torch.float32, attn_implementation=attention, **self._code)
            return Joint(model, seed) if self.pair == "joint" else Siamese(model, seed, paired)
        try:
            model, info = self._opener.from_pretrained(
                folder, config=config, dtype=torch.float32, attn_implementation=attention, use_safetensors=True,
                output_loading_info=True, ignore_mismatched_sizes=True, **self._code,
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise BadInput(f"model {self.name}: cannot be loaded from {folder} ({first_line(error)}).") from None
        # a head is drawn anew anyway, whatever task it was trained for
        missing = [key for key in info["missing_keys"] if not set(key.split(".")) & {*BETWEEN, *HEAD}]
        unfit = [key for key, *_ in info["mismatched_keys"] if not set(key.split(".")) & set(HEAD)]
        if missing or unfit:
            raise BadInput(
                f"model {self.name}: the weights lack or do not fit '{min(missing + unfit)}'; they are not of this "
                "architecture."
            )
        return Joint(model, seed) if self.pair == "joint" else Siamese(model, seed, paired)
