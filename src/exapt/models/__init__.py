"""Networks: they know tokens and logits, and nothing of tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transformers.utils import logging


def _silent(bar: Callable[..., Any], arguments: Any, options: Any) -> Any:
    return bar(*arguments, **{**options, "disable": True})


# transformers tells on stderr of every tensor it loads or writes, and of those a checkpoint lacks: `Pretrained` checks
# them itself. Its switch for progress bars would silence the Hub's downloads as well, which are worth a bar.
logging.set_verbosity_error()
logging.set_tqdm_hook(_silent)
