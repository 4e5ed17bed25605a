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
    "build": "make a task from genomes",
    "report": "tables from finished records, as Markdown or CSV",
    "doctor": "what this machine has: versions, accelerators, BLAST, Hub access, data",
}
EXAMPLES = {
    "run": """exapt run experiment=quickstart
  exapt run model=tiny source=text_match target=dna_synth_80 target=dna_synth_65 seed=0,1,2 -m
  exapt run model=minilm source=pawsx_en source.train=12k target=pawsx_de data_dir=DIR
  exapt run model=pretrained model.name=mine model.name_or_path=FOLDER source=paws_synth target=dna_synth""",
    "predict": """exapt predict fit=runs/NAME task=dna_synth
  exapt predict fit=runs/NAME task=table task.name=mine task.path=pairs.csv \\
    'task.labels={0: unrelated, 1: homologous}' task.positive=homologous
  exapt predict fit=runs/NAME task=table task.path=new.csv task.columns.label=null
  (runs/NAME: the folder that a run left; pairs.csv: columns sentence1, sentence2, label; new.csv: no label)""",
    "build": """exapt build task=dna_pair query=ecoli.gbff.gz against=salmonella.fna.gz out=pairs
  (genomes as FASTA or GenBank, gzipped or not; then: target=dna_pair targets.dna_pair.path=pairs)""",
    "report": """exapt report runs
  exapt report runs --format csv --out table.csv""",
    "doctor": """exapt doctor
  exapt doctor data_dir=../shared/data""",
}
ARGUMENTS = {
    "report": """arguments
  PATH ...        records, or folders that hold some at any depth (runs)
  --format FORM   md or csv (md)
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

exapt VERB --help shows a verb's settings and examples. First of all: exapt run experiment=quickstart"""


def main(argv: list[str] | None = None) -> int:
    """Run a verb.

    Returns:
        0 for success, 2 for input that the user can mend (one line on stderr), 1 for a fault of exapt's own,
        130 after an interrupt. `EXAPT_DEBUG=1` shows the traceback.
    """
    try:
        code = _dispatch(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _interrupted()
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # Lightning makes an exit of it
            return _interrupted()
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
        _help(verb)
        return 0
    return _work(verb, rest)


def _interrupted() -> int:
    print("exapt: interrupted; the same command continues where this one stopped.", file=sys.stderr)
    return 130


def _help(verb: str) -> None:
    print(f"exapt {verb}: {VERBS[verb]}\n\nexamples\n  {EXAMPLES[verb]}\n")
    if verb in ARGUMENTS:
        print(ARGUMENTS[verb])
        return
    from exapt.cli.launch import settings_help

    print(settings_help(verb))


def _work(verb: str, rest: list[str]) -> int:
    if verb == "report":
        from exapt.cli.report import report

        return report(rest)
    if verb == "doctor":
        from pathlib import Path

        from exapt.cli.doctor import doctor

        unknown = [a for a in rest if not a.startswith("data_dir=")]
        if unknown:
            raise BadInput(f"doctor: '{unknown[0]}' is no argument; there is data_dir=DIR.")
        return doctor(Path(rest[-1].partition("=")[2]) if rest else None)
    from exapt.cli.launch import launch

    return launch(verb, rest)


if __name__ == "__main__":
    sys.exit(main())
