"""Trains, keeps its work and saves it until it is killed: ``python saving_victim.py FOLDER NAME COUNT``.

It saves a project of its own, one that other programs save too, and files of an export, in one folder. What
is kept and saved is numbered from COUNT on, in the notes. It prints "ready" when it has begun, and ends if
anything goes wrong.
"""

import random
import sys
from pathlib import Path

from nn_desktop.data.tables import DIGITS
from nn_desktop.files.atomic import write_all_atomically
from nn_desktop.files.project.about import About
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.recovery import RecoveryFolder
from nn_desktop.files.project.stamps import stamp_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session
from nn_desktop.training.setup import make_setup


def main() -> None:
    folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    chance = random.Random(f"{name} {count}")
    session = Session(make_setup(DIGITS.default_settings, parse_layers("64-24-10"), Activation.TANH))
    kept = RecoveryFolder.make(folder / "recovery")
    seen = {path: stamp_of(path) for path in (folder / f"{name}.nnd", folder / "both.nnd")}
    path = folder / f"{name}.nnd"
    print("ready", flush=True)
    while True:
        session.advance(chance.randrange(1, 40))
        count += 1
        project = Project(session.checkpoint(), notes=f"{name} {count}")
        choice = chance.random()
        if choice < 0.4:
            kept.keep(project, About(path.stem, path, seen[path]), b"no picture")
        elif choice < 0.8:
            remarks = kept.save(project, path)
            assert remarks == (), remarks
            seen[path] = stamp_of(path)
        elif choice < 0.9:
            text = f"{name} {count}".encode()
            write_all_atomically({folder / f"{name}.csv": text, folder / f"{name}.check.csv": text})
        else:
            kept.forget()  # what is kept of one project is not that of another one
            path = chance.choice(list(seen))


main()
