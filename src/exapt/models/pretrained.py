"""A pretrained encoder or decoder, from a folder, an installed package or the Hub, made into a classifier."""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import torch
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging as transformers_logging

from exapt.errors import BadInput
from exapt.models.classifier import Classifier, Joint, Siamese
from exapt.settings import settings
from exapt.tokenizers.repair import ensure_padding, raise_word_limit

FILES = ["*.json", "*.txt", "*.model", "model*.safetensors"]
# parts between backbone and head that many checkpoints lack; drawn from seeds.init and named in the facts
DRAWN = ("pooler", "pre_classifier", "classifier", "score")


@settings
class Pretrained:
    """A pretrained model by name.

    Attributes:
        name: Short name for folders and reports.
        name_or_path: A local folder, or an id on the Hub.
        revision: Commit, tag or branch on the Hub; the resolved commit goes into the facts.
        package: An installed Python package (`package/folder`) that carries the same files; used when it is installed.
        pair: `joint` or `siamese`.
        word_limit: WordPiece's longest word in characters is raised to this; None leaves the tokenizer as it is.
        attention: Implementation of attention; None takes `eager` on CPU (faster at these lengths) and `sdpa` elsewhere.
        trust_remote_code: Only with a pinned 40-digit `revision`.

    Raises:
        BadInput: For remote code without a pinned revision.
    """

    name: str
    name_or_path: str
    revision: str | None = None
    package: str | None = None
    pair: Literal["joint", "siamese"] = "joint"
    word_limit: int | None = 10_000
    attention: Literal["eager", "sdpa"] | None = None
    trust_remote_code: bool = False

    def __post_init__(self) -> None:
        pinned = (
            self.revision is not None and len(self.revision) == 40 and set(self.revision) <= set("0123456789abcdef")
        )
        if self.trust_remote_code and not pinned:
            raise BadInput("model.trust_remote_code: only with model.revision pinned to a commit of 40 digits.")

    @cached_property
    def _place(self) -> tuple[Path, str | None]:
        """The folder with the files, and the Hub's commit if they came from there."""
        if Path(self.name_or_path).is_dir():
            return Path(self.name_or_path), None
        if self.package is not None:
            module, _, inner = self.package.partition("/")
            spec = find_spec(module)
            if spec is not None and spec.submodule_search_locations:
                return Path(spec.submodule_search_locations[0]) / inner, None
        return _from_hub(self.name_or_path, self.revision, FILES + (["*.py"] if self.trust_remote_code else []))

    @cached_property
    def weights(self) -> str:
        """SHA-256 over the weight files."""
        files = sorted(self._place[0].glob("model*.safetensors"))
        if not files:
            raise BadInput(
                f"model {self.name}: no model*.safetensors in {self._place[0]}; other formats can run code and are not read."
            )
        state = hashlib.sha256()
        for file in files:
            with file.open("rb") as stream:
                state.update(hashlib.file_digest(stream, "sha256").digest())
        return state.hexdigest()

    def facts(self) -> dict[str, Any]:
        """What identifies the model: all that can change its numbers, no path."""
        config = hashlib.sha256((self._place[0] / "config.json").read_bytes()).hexdigest()
        tokenizer = self.tokenizer()
        return {
            "class": "pretrained",
            "name": self.name,
            "hub": {"id": self.name_or_path, "revision": self.revision, "commit": self._place[1]}
            if self._place[1]
            else None,
            "weights": self.weights,
            "config": config,
            "tokenizer": hashlib.sha256(tokenizer.backend_tokenizer.to_str().encode()).hexdigest(),
            "pair": self.pair,
            "limit": self.limit,
            "word_limit_raised": self._word_limits,
            "pad_token": tokenizer.pad_token,
        }

    @cached_property
    def _word_limits(self) -> dict[str, int] | None:
        before = getattr(self._open_tokenizer().backend_tokenizer.model, "max_input_chars_per_word", None)
        if before is None or self.word_limit is None or before >= self.word_limit:
            return None
        return {"from": int(before), "to": self.word_limit}

    def _open_tokenizer(self) -> PreTrainedTokenizerFast:
        try:
            tokenizer = AutoTokenizer.from_pretrained(self._place[0], trust_remote_code=self.trust_remote_code)
        except (OSError, ValueError) as error:
            raise BadInput(f"model {self.name}: no tokenizer in {self._place[0]} ({_first(error)}).") from None
        if not isinstance(tokenizer, PreTrainedTokenizerFast):
            raise BadInput(f"model {self.name}: only fast tokenizers (tokenizer.json) can be checked for erased input.")
        return tokenizer

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The tokenizer, repaired: word limit raised, pad token given."""
        tokenizer = self._open_tokenizer()
        if self._word_limits is not None and self.word_limit is not None:
            raise_word_limit(tokenizer, self.word_limit)
        ensure_padding(tokenizer)
        return tokenizer

    @cached_property
    def limit(self) -> int:
        """Longest input in tokens: the smaller of the model's positions and the tokenizer's own limit."""
        config = AutoConfig.from_pretrained(self._place[0], trust_remote_code=self.trust_remote_code)
        places = getattr(config, "max_position_embeddings", None)
        if places is not None and "roberta" in config.model_type:
            places -= 2  # positions start behind the pad id
        # tokenizers that know no limit say 10^30
        known = [n for n in (places, self._open_tokenizer().model_max_length) if n is not None and n < 10**6]
        return min(known, default=512)

    @property
    def backbone_depends_on_seed(self) -> bool:
        """Whether `seeds.init` changes features before training (here: never, the backbone is given)."""
        return False

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
        config = AutoConfig.from_pretrained(folder, trust_remote_code=self.trust_remote_code)
        set_dropout(config, dropout)
        config.num_labels = 2
        tokenizer = self.tokenizer()
        config.pad_token_id = tokenizer.pad_token_id
        opener = AutoModelForSequenceClassification if self.pair == "joint" else AutoModel
        attention = self.attention or ("sdpa" if torch.cuda.is_available() else "eager")
        # its report on missing tensors is replaced by the check below
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        torch.manual_seed(seed)  # for parts that the checkpoint lacks
        try:
            model, info = opener.from_pretrained(
                folder, config=config, dtype=torch.float32, attn_implementation=attention, use_safetensors=True,
                output_loading_info=True, trust_remote_code=self.trust_remote_code,
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError) as error:
            raise BadInput(f"model {self.name}: cannot be loaded from {folder} ({_first(error)}).") from None
        missing = [k for k in info["missing_keys"] if not any(part in k for part in DRAWN)]
        if missing or info["mismatched_keys"]:
            fault = sorted(map(str, missing or info["mismatched_keys"]))[0]
            raise BadInput(
                f"model {self.name}: the weights lack or do not fit '{fault}'; they are not of this architecture."
            )
        return Joint(model, seed) if self.pair == "joint" else Siamese(model, seed, paired)


def set_dropout(config: Any, dropout: float | None) -> None:
    """Set every dropout probability of a configuration, whatever the architecture calls it."""
    if dropout is None:
        return
    for key, value in config.to_dict().items():
        if isinstance(value, float) and (key.endswith(("dropout", "dropout_prob", "_pdrop"))):
            setattr(config, key, dropout)


def _from_hub(name: str, revision: str | None, patterns: list[str]) -> tuple[Path, str]:
    try:
        commit = HfApi().model_info(name, revision=revision, timeout=5).sha
    except (RepositoryNotFoundError, HFValidationError):
        raise BadInput(
            f"model '{name}' is neither a folder here nor a model on the Hub (or it is private: `hf auth login`)."
        ) from None
    except Exception:  # no network, offline mode, a proxy's refusal: the local cache may still have it
        commit = None
    try:
        folder = snapshot_download(
            name, revision=commit or revision, allow_patterns=patterns, local_files_only=commit is None
        )
    except LocalEntryNotFoundError:
        raise BadInput(
            f"model '{name}' is not in the local cache and the Hub cannot be reached; connect once, or give a folder: model.name_or_path=DIR."
        ) from None
    except (HfHubHTTPError, OSError) as error:
        raise BadInput(f"model '{name}' could not be fetched from the Hub ({_first(error)}).") from None
    return Path(folder), Path(folder).name


def _first(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
