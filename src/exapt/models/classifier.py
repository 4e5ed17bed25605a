"""Classifiers of pairs: joint (both sides in one input, as in the papers) and siamese (each side alone, compared)."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import PreTrainedModel

from exapt.errors import BadInput
from exapt.models.first_token import only_first_token
from exapt.models.heads import redraw
from exapt.models.pooling import last_token, mean_tokens, positions, tokens_first

SIAMESE_HEAD = "head.safetensors"
Batch = dict[str, Tensor]


class Classifier(nn.Module):
    """A backbone that gives features and a head that gives two logits.

    Attributes:
        backbone: The pretrained network.
        head: From features to logits.
        deviation: Standard deviation from which a head's weights are drawn.
    """

    def __init__(self, backbone: PreTrainedModel, head: nn.Module, seed: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = head
        self.deviation = float(getattr(backbone.config, "initializer_range", 0.02))
        self.accepted = set(inspect.signature(backbone.base_model.forward).parameters)
        self.takes_positions = "position_ids" in self.accepted and not places_before_text(backbone)
        redraw(self.head, seed, self.deviation)

    def inputs(self, batch: Batch) -> dict[str, Any]:
        """The backbone's arguments: tokens before padding, positions counted over tokens.

        So padding on either side changes nothing; decoders count positions from a row's first column by themselves, and
        encoders pool there.
        """
        wanted = {"input_ids", "attention_mask"} | ({"token_type_ids"} & self.accepted)
        given: dict[str, Any] = tokens_first({name: values for name, values in batch.items() if name in wanted})
        if self.takes_positions:
            given["position_ids"] = positions(given["attention_mask"])
        return given

    def hidden(self, given: dict[str, Any]) -> Tensor:
        """Hidden states of the last layer, shape (n, tokens, width)."""
        cache = {"use_cache": False} if "use_cache" in self.accepted else {}
        states: Tensor = self.backbone.base_model(**given, **cache).last_hidden_state
        return states

    def features(self, batch: Batch) -> Tensor:
        """What the head sees: shape (n, ...)."""
        raise NotImplementedError

    def forward(self, batch: Batch) -> Tensor:
        """Logits of shape (n, 2), in float32."""
        features = self.features(batch)
        # a head in bf16 gives 2,000 pairs some 500 distinct scores, and the AUROC counts ties as half
        with torch.autocast(features.device.type, enabled=False):
            logits: Tensor = self.head(features.float())
        return logits

    def save(self, folder: Path) -> None:
        """Write the weights as tensors and text into a folder (float32, no pickle)."""
        raise NotImplementedError

    def load(self, folder: Path) -> None:
        """Read weights that `save` wrote, strictly: every tensor of the network and no other.

        Raises:
            BadInput: If a tensor is missing, left over or of another shape.
        """
        raise NotImplementedError


class Joint(Classifier):
    """Both sides in one input; the classification model of the Hub's own class."""

    HEADS = ("score", "classifier")  # decoders, encoders

    def __init__(self, model: PreTrainedModel, seed: int) -> None:
        self_name = next((n for n in self.HEADS if isinstance(getattr(model, n, None), nn.Module)), None)
        if self_name is None:
            raise BadInput(f"{type(model).__name__} has no head named {' or '.join(self.HEADS)}; use pair=siamese.")
        head = getattr(model, self_name)
        setattr(model, self_name, nn.Identity())
        super().__init__(model, head, seed)
        self.head_name = self_name
        self.decoder = self_name == "score"
        if not self.decoder:
            only_first_token(model)

    def features(self, batch: Batch) -> Tensor:
        """Shape (n, width), or (n, 1, width) for heads that read the first token of a sequence themselves."""
        given = self.inputs(batch)
        if self.decoder:
            # transformers pools at the last token that is not the pad id, which is wrong where pad = eos ends a text
            return last_token(self.hidden(given), given["attention_mask"])
        features: Tensor = self.backbone(**given).logits
        return features[:, :1] if features.dim() == 3 else features

    def save(self, folder: Path) -> None:
        """Opens again with `AutoModelForSequenceClassification.from_pretrained`."""
        setattr(self.backbone, self.head_name, self.head)
        try:
            _save(self.backbone, folder)
        finally:
            setattr(self.backbone, self.head_name, nn.Identity())

    def load(self, folder: Path) -> None:
        setattr(self.backbone, self.head_name, self.head)
        try:
            _load_strictly(self.backbone, folder / "model.safetensors")
        finally:
            setattr(self.backbone, self.head_name, nn.Identity())


class Siamese(Classifier):
    """Each side alone through one backbone, mean over its tokens, a linear head on |a - b| and a·b.

    Without a right side the head stands on a alone.
    """

    def __init__(self, model: PreTrainedModel, seed: int, paired: bool) -> None:
        width = int(model.config.hidden_size)
        super().__init__(model, nn.Linear(2 * width if paired else width, 2), seed)
        self.paired = paired
        # an unused pooler would wait for gradients that never come
        pooler = getattr(model, "pooler", None)
        if isinstance(pooler, nn.Module):
            pooler.requires_grad_(False)

    def features(self, batch: Batch) -> Tensor:
        """Shape (n, 2 · width), or (n, width) for single sequences; a batch holds all left sides, then all right."""
        given = self.inputs(batch)
        pooled = mean_tokens(self.hidden(given), given["attention_mask"])
        if not self.paired:
            return pooled
        left, right = pooled.chunk(2)
        return torch.cat([(left - right).abs(), left * right], dim=-1)

    def save(self, folder: Path) -> None:
        """Opens again with `AutoModel.from_pretrained`, the head beside it."""
        _save(self.backbone, folder)
        save_file({k: v.contiguous() for k, v in self.head.state_dict().items()}, folder / SIAMESE_HEAD)

    def load(self, folder: Path) -> None:
        _load_strictly(self.backbone, folder / "model.safetensors")
        _load_strictly(self.head, folder / SIAMESE_HEAD)


def places_before_text(model: PreTrainedModel) -> int:
    """Rows of the position table that stand for padding: RoBERTa-like models count positions from the pad id on."""
    table = getattr(getattr(model.base_model, "embeddings", None), "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return 0 if padding is None else int(padding) + 1


def _save(backbone: PreTrainedModel, folder: Path) -> None:
    # otherwise names of old checkpoints (LayerNorm.gamma) come back, which a strict load does not know
    backbone.save_pretrained(folder, save_original_format=False)


def _load_strictly(module: nn.Module, file: Path) -> None:
    if not file.is_file():
        raise BadInput(
            f"{file}: no such weights; the run kept none (keep_weights=none) or its folder was moved in part."
        )
    try:
        module.load_state_dict(load_file(file), strict=True)
    except (RuntimeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:300]
        raise BadInput(f"{file}: the weights do not fit the network: {reason}") from None
