"""The verbs: `exapt VERB ...`. Everything heavy is imported by the verb that needs it."""

from __future__ import annotations

import os
import select
import sys

from exapt import __version__
from exapt.errors import BadInput, did_you_mean

VERBS = {
    "run": "one transfer run: model × source → targets; -m for sweeps",
    "predict": "score a finished fit on another task, without training",
    "claim": "a claim: its arms and seeds through the same run, then a verdict",
    "build": "make a task from genomes",
    "audit": "what is wrong with a task, and with a tokenizer on it, before training",
    "report": "tables from finished records, as Markdown or CSV",
    "doctor": "what this machine has: versions, accelerators, BLAST, Hub access, data",
}
EXAMPLES = {
    "run": """exapt run experiment=quickstart
  exapt run model=tiny source=text_match target=dna_synth_80 target=dna_synth_65 seed=0,1,2 -m
  exapt run model=tiny source=text_match seed=0,1,2 -m hydra/launcher=joblib hydra.launcher.n_jobs=2
  exapt run model=tiny source=text_match seed=0,1,2 -m hydra/launcher=submitit_slurm hydra.launcher.timeout_min=240
  exapt run model=minilm source=pawsx_en source.train=12k target=pawsx_de data_dir=DIR
  exapt run model=pretrained model.name=mine model.name_or_path=FOLDER source=paws_synth target=dna_synth""",
    "predict": """exapt predict fit=runs/NAME task=dna_synth
  exapt predict fit=runs/NAME task=table task.name=mine task.path=pairs.csv \\
    'task.labels={0: unrelated, 1: homologous}' task.positive=homologous
  exapt predict fit=runs/NAME task=table task.name=new task.path=new.csv task.columns.label=null
  (runs/NAME: the folder that a run left; pairs.csv: columns sentence1, sentence2, label; new.csv: no label)""",
    "claim": """exapt claim quickstart
  exapt claim quickstart --plan
  exapt claim quickstart seeds.count=10 workers=2
  exapt claim quickstart --budget 30min hydra/launcher=submitit_slurm workers=8 hydra.launcher.partition=cpu
  (does the judge judge well on this machine: exapt claim --self-test --seed 1)
  (does its rule hold its level: exapt claim --calibrate)""",
    "build": """exapt build task=dna_pair query=ecoli.gbff.gz against=salmonella.fna.gz out=pairs
  exapt build task=coding_pair genome=ecoli.gbff.gz negatives=frameshifted out=coding
  exapt build task=gene_location genome=ecoli.gbff.gz out=genes
  (genomes as FASTA or GenBank, gzipped or not; then: target=dna_pair targets.dna_pair.path=pairs)""",
    "audit": """exapt audit task=paws_synth task.train=2000
  exapt audit task=table task.path=pairs.csv 'task.labels={0: unrelated, 1: homologous}' \\
    task.positive=homologous model=minilm out=audits/mine
  exapt audit task=dna_pair source=pawsx_en model=minilm data_dir=DIR
  (task.signal=[edit]: what the task is about warns and is recorded as the bar; docs/checks has a page a check)
  (does the audit find what it should, on this machine: exapt audit --self-test --seed 1 data_dir=DIR)""",
    "report": """exapt report runs
  exapt report runs --format csv --out table.csv
  exapt report --claims runs/claims""",
    "doctor": """exapt doctor
  exapt doctor data_dir=../shared/data""",
}
ARGUMENTS = {
    "report": """arguments
  PATH ...        records, or folders that hold some at any depth (runs)
  --format FORM   md or csv (md)
  --claims        one table of verdicts (verdict.json) instead
  --out FILE      write there, not to the terminal""",
    "doctor": """arguments
  data_dir=DIR    also say which tasks find their files in DIR""",
}


def usage() -> str:
    """What `exapt --help` prints."""
    verbs = "\n".join(f"  {name:9}{text}" for name, text in VERBS.items())
    return f"""exapt {__version__}: does a capability learned in one language work in another?

usage: exapt VERB ...

{verbs}

exapt VERB --help shows a verb's settings and examples, exapt VERB --help task=NAME a sheet's keys.
First of all: exapt run experiment=quickstart"""


def main(argv: list[str] | None = None) -> int:
    """Run a verb.

    Returns:
        0 for success, 2 for input that the user can mend (one line on stderr), 1 for a fault of exapt's own,
        130 after an interrupt. `EXAPT_DEBUG=1` shows the traceback.
    """
    arguments = sys.argv[1:] if argv is None else argv
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _interrupted(arguments)
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # Lightning makes an exit of it
            return _interrupted(arguments)
        raise
    except Exception as error:
        if isinstance(error, BrokenPipeError) and _reader_left():
            return 0
        from exapt.cli.faults import tell

        return tell(error)


def _reader_left() -> bool:
    """Whether the reader of the output has seen enough, as in `exapt report | head`; the rest then goes nowhere."""
    watch = select.poll()
    watch.register(sys.stdout.fileno(), 0)
    left = any(event & select.POLLERR for _, event in watch.poll(0))
    if left:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return left


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if arguments[0] in ("-V", "--version"):
        print(f"exapt {__version__}")
        return 0
    verb, rest = arguments[0], arguments[1:]
    if verb not in VERBS:
        raise BadInput(f"'{verb}' is no verb.{did_you_mean(verb, VERBS)} See exapt --help.")
    if {"-h", "--help"} & set(rest):
        # a command with --help at its end asks for the verb; words behind it ask for sheets
        _help(verb, rest[min(rest.index(word) for word in ("-h", "--help") if word in rest) + 1 :])
        return 0
    return _work(verb, rest)


def _interrupted(arguments: list[str]) -> int:
    looks = {"--self-test", "--calibrate", "--plan"} & set(arguments)  # these leave nothing to continue
    runs = arguments[:1] in (["run"], ["predict"], ["claim"]) and not looks
    then = "the same command continues where this one stopped" if runs else "nothing unfinished was left"
    print(f"exapt: interrupted; {then}.", file=sys.stderr)
    return 130


def _help(verb: str, words: list[str]) -> None:
    said = ARGUMENTS.get(verb)
    if said is None:
        from exapt.cli.launch import conf_dir
        from exapt.cli.sheets import settings_help

        said = settings_help(verb, conf_dir(), words)
    if not words:
        print(f"exapt {verb}: {VERBS[verb]}\n\nexamples\n  {EXAMPLES[verb]}\n")
    print(said)


def _work(verb: str, rest: list[str]) -> int:
    if verb == "report":
        from exapt.cli.report import report

        return report(rest)
    if verb == "audit" and "--self-test" in rest:
        from exapt.audit.selftest.command import command

        return command(rest)
    if verb == "claim":
        return _claim(rest)
    if verb == "doctor":
        from pathlib import Path

        from exapt.cli.doctor import doctor

        unknown = [a for a in rest if not a.startswith("data_dir=")]
        if unknown:
            raise BadInput(f"doctor: '{unknown[0]}' is no argument; there is data_dir=DIR.")
        return doctor(Path(rest[-1].partition("=")[2]) if rest else None)
    from exapt.cli.launch import launch

    return launch(verb, rest)


def _claim(rest: list[str]) -> int:
    if "--self-test" in rest:
        from exapt.cli.judge_test import command as self_test

        return self_test(rest)
    if "--calibrate" in rest:
        from exapt.cli.calibrate import command as calibrate

        return calibrate(rest)
    from exapt.cli.claim import command

    return command(rest)


if __name__ == "__main__":
    sys.exit(main())
