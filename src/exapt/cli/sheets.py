"""What `--help` says of configuration: a verb's settings, the sheets that can be chosen, and the keys of a sheet."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import yaml

from exapt.errors import BadInput, did_you_mean


def settings_help(verb: str, conf: Path, words: list[str]) -> str:
    """The verb's settings and the names of the sheets for each; for a word such as `task=table` the keys of that sheet.

    Args:
        verb: Name of the verb.
        conf: The folder of sheets.
        words: The words beside `--help`.

    Raises:
        BadInput: For a word that names no sheet.
    """
    chosen = [word.partition("=") for word in words if "=" in word]
    if chosen:
        return "\n\n".join(_keys(conf, "task" if key in ("source", "target") else key, name) for key, _, name in chosen)
    text = (conf / f"{verb}.yaml").read_text(encoding="utf-8")
    lines = ["settings (KEY=VALUE; a sheet's own keys as GROUP.KEY=VALUE; ??? must be given)"]
    groups: dict[str, None] = {}
    for entry in yaml.safe_load(text)["defaults"]:
        if isinstance(entry, dict):
            ((place, choice),) = entry.items()
            group, _, key = place.partition("@")
            if not group.startswith("experiment"):
                groups[group] = None
                lines.append(f"  {key or group}: {choice}")
    shown = [line for line in text[text.index("_target_") :].splitlines()[1:] if line]
    lines += [f"  {line}" for line in shown]
    if verb in ("run", "claim"):
        lines.append("  target: add a task to targets, once for each")
    if verb == "run":
        groups["experiment"] = None
    if verb == "claim":
        lines.append("  --plan: cells, time, power; --budget 30min: what decides most; workers=N: processes")
        lines.append("  structure: sources without words, by name; nearby: targets that must work if anything does")
        lines.append("  publication: paper, place, value, metric, n, seeds of a published number")
        lines.append("  leave_out: arms that are not run; chosen: what was chosen on target labels, in words")
    if verb == "build":
        lines.append("  negatives: kind of the negatives of a task of pairs")
        groups["negatives"] = None
    for group in sorted(groups):
        folder = _folder(conf, group, verb)
        found = [sheet.relative_to(folder).with_suffix("") for sheet in folder.rglob("*.yaml")]
        names = sorted(str(sheet) for sheet in found if not any(part.startswith("_") for part in sheet.parts))
        if verb == "build" and group == "task":
            names = [name for name in names if _is_built(conf, name)]
        lines.append(f"\n{group}: {', '.join(names)}")
    return "\n".join([*lines, f"\nthe keys of a sheet: exapt {verb} --help task=NAME"])


def _folder(conf: Path, group: str, verb: str) -> Path:
    return conf / group / verb if group == "experiment" else conf / group


def _sheet(conf: Path, group: str, name: str) -> dict[str, Any]:
    """A sheet with those that it begins from."""
    if not (conf / group).is_dir():
        known = [folder.name for folder in conf.iterdir() if folder.is_dir()]
        raise BadInput(f"{group}: there are no sheets of this kind.{did_you_mean(group, known)}")
    file = conf / group / f"{name}.yaml"
    if not file.is_file():
        known = [sheet.stem for sheet in (conf / group).glob("*.yaml")]
        raise BadInput(f"{group} '{name}': there is no such sheet.{did_you_mean(name, known)}")
    held: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    made: dict[str, Any] = {}
    for entry in held.pop("defaults", []):
        if isinstance(entry, str) and entry != "_self_":
            made = _over(made, _sheet(conf, group, entry.partition("@")[0].removeprefix(f"/{group}/")))
    return _over(made, held)


def _over(made: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    """Keys with those of another sheet over them, mappings key by key."""
    both = {key: _over(made[key], held[key]) for key in held if _mappings(made.get(key), held[key])}
    return made | held | both


def _mappings(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _is_built(conf: Path, name: str) -> bool:
    from exapt.builders.build import BUILT

    return str(_sheet(conf, "task", name).get("_target_", "")).split(".")[-2:-1] in [[task] for task in BUILT]


def _keys(conf: Path, group: str, name: str) -> str:
    """A sheet's keys with their values, then those that the class has beside them, with their defaults."""
    from hydra.utils import get_object

    sheet = _sheet(conf, group, name)
    target = sheet.pop("_target_", None)
    role = " (in a run: source.KEY, targets.NAME.KEY)" if group == "task" else ""
    lines = [f"{group}={name}: keys as {group}.KEY=VALUE{role}"]
    lines += [f"  {key}: {_shown(value)}" for key, value in sheet.items()]
    made = get_object(target) if target else None
    for field in dataclasses.fields(made) if dataclasses.is_dataclass(made) else ():
        if field.name in sheet:
            continue
        default = field.default
        if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        lines.append(
            f"  {field.name}: {'???' if default is dataclasses.MISSING else _shown(default)}  (not in the sheet)"
        )
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if dataclasses.is_dataclass(value):
        return str(getattr(value, "kind", type(value).__name__))
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
