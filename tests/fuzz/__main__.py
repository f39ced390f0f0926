"""
Feeds the targets with what a coverage-guided fuzzer makes up: `make fuzz`, or `make fuzz FOR=60` for a minute each.

Each target runs in a process of its own, because the fuzzer ends the one that it runs in. What it finds interesting is
kept under `build/fuzz`; what covers most with least goes into `corpus`, which the suite replays. A crash, or an input
that takes longer than ten seconds, ends the run with the input's path.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
FOUND = HERE.parents[1] / "build" / "fuzz"
LONGEST = 65_536
SECONDS = 600
SLOW = 10
KEPT = 40
"""How many inputs of each target the suite replays, at most."""

LARGEST_KEPT = 4_096


def run_all(seconds: int) -> int:
    """Fuzzes every target for so long; gives what the first failing run exited with."""
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - the run of one target must instrument before it imports

    for name in TARGETS:
        found = FOUND / name
        found.mkdir(parents=True, exist_ok=True)
        limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOW}", f"-artifact_prefix={found}-"]
        seeds = [str(found), *map(str, _seeds(name))]
        run = _run(name, *limits, *seeds) or _run(name, "-merge=1", str(_emptied(FOUND / f"{name}-least")), *seeds)
        if run:
            return run
        _keep(name)
    return 0


def run_one(name: str, arguments: list[str]) -> None:
    """Fuzzes one target in this process, which ends with it."""
    atheris = import_module("atheris")  # only here: the suite runs without it

    with atheris.instrument_imports(include=["ticketcore"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415 - what is imported here is what is instrumented

    # The fuzzer starts itself again, through a shell, to find out which inputs cover what.
    itself = f"{sys.executable} -m tests.fuzz --target {name}"
    atheris.Setup([itself, *arguments], TARGETS[name])
    atheris.Fuzz()


def _run(name: str, *arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "tests.fuzz", "--target", name, *arguments], check=False).returncode


def _seeds(name: str) -> list[Path]:
    """Folders of inputs to begin with."""
    own = [HERE / "corpus" / name]
    return [*own, HERE.parent / "data" / "mail"] if name == "mail" else own


def _emptied(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    return folder


def _keep(name: str) -> None:
    """Puts the richest of the inputs that cover everything into the corpus, beside those that people wrote."""
    corpus = HERE / "corpus" / name
    for path in corpus.glob("found-*"):
        path.unlink()
    least = [path for path in (FOUND / f"{name}-least").iterdir() if path.stat().st_size <= LARGEST_KEPT]
    for path in sorted(least, key=lambda it: (-it.stat().st_size, it.name))[:KEPT]:
        (corpus / f"found-{path.name[:12]}").write_bytes(path.read_bytes())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--target"]:
        run_one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(run_all(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
