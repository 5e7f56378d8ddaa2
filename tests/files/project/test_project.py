"""A project that was saved and opened goes on exactly as if it had never been closed."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from known_data import make_setup, unknown_settings
from reopening import best_contents, write_project

from nn_desktop.data.sampling import SplitRule
from nn_desktop.drawing.placement import Layout
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.files.atomic import FileError
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.project import checkpoint_document, project_document
from nn_desktop.files.project.project import OpenedProject, Panel, Project
from nn_desktop.files.project.project_document import read_project
from nn_desktop.files.project.project_file import backup_of, open_project, save_project
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.setup import make_setup as setup_of


def make(dataset: str = "sine", layers: str = "6-5", **choices: object) -> Setup:
    setup = make_setup(dataset, parse_layers(layers), Activation.TANH)
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))  # type: ignore[arg-type]


def by_class(setup: Setup) -> Setup:
    """Part the data as version 0.1 did."""
    return replace(setup, data=replace(setup.data, split=SplitRule.BY_CLASS))


def through_file(project: Project) -> Project:
    file = io.BytesIO()
    write_project(project, file)
    opened = read_project(file)
    assert opened.remarks == ()
    return opened.project


def reopened(session: Session) -> Session:
    """Close a session into a file, and open it in another one."""
    checkpoint = through_file(Project(session.checkpoint())).checkpoint
    return Session.at(checkpoint)


def everything(session: Session) -> tuple[object, ...]:
    checkpoint = session.checkpoint()
    initial = checkpoint.initial
    start = None if initial.parameters is None else initial.parameters.vector.tobytes()
    user_set = None if initial.user_set is None else initial.user_set.vector.tobytes()
    milestones = [(m.setup, m.epoch, m.updates, m.vector.tobytes()) for m in checkpoint.milestones]
    return (
        *(checkpoint.setup, checkpoint.parameters.vector.tobytes(), checkpoint.parameters.vector.dtype),
        *(
            checkpoint.epoch,
            checkpoint.position,
            checkpoint.updates,
            checkpoint.order.tobytes(),
            checkpoint.diverged,
        ),
        *(checkpoint.history.rows().tobytes(), checkpoint.history.stride, start, user_set, milestones),
        *(checkpoint.engine, session.losses(), best_contents(checkpoint), checkpoint.marks),
    )


@pytest.mark.parametrize("engine", list(available_engines()))
@pytest.mark.parametrize("mode", list(Mode))
def test_it_goes_on_bit_by_bit_at_random_moments(engine: EngineName, mode: Mode) -> None:
    generator = np.random.default_rng(list(Mode).index(mode))
    setup = make(mode=mode, engine=engine, precision=Precision.FLOAT32, batch_size=7)
    straight, session = Session(setup), Session(setup)
    in_the_middle = 0
    for _ in range(20):
        updates = int(generator.integers(1, 60 if mode is not Mode.BATCH else 4))
        straight.advance(updates)
        session.advance(updates)
        session = reopened(session)
        assert everything(session) == everything(straight)
        in_the_middle += session.checkpoint().position > 0
    straight.advance(30)
    session.advance(30)
    assert everything(session) == everything(straight)
    assert in_the_middle > 10 or mode is Mode.BATCH


def test_edits_afterwards_are_the_same_too() -> None:
    """New units draw their weights by the ids of the network: those are kept."""
    sessions = [Session(make("iris", "5-6")) for _ in range(2)]
    for number, session in enumerate(sessions):
        first = session.setup.topology.layers[1]
        for units in (6, 4, 7):
            topology = edits.resize_layer(session.setup.topology, first.id, units)
            session.change(session.setup.with_topology(topology))
            session.advance(9)
            if number == 1:
                session = reopened(session)
        sessions[number] = session
    assert everything(sessions[0]) == everything(sessions[1])


def test_typed_numbers_a_start_and_a_divergence_are_kept() -> None:
    setup = make()
    start = Parameters.zeros(setup.topology, np.float64)
    start.vector[:] = np.linspace(-1, 1, start.vector.size)
    session = Session(setup, start)
    layer = setup.topology.layers[1]
    session.change(setup, assign=lambda parameters: parameters.set_bias(layer.units[0], 0.25))
    session.advance(11)
    other = reopened(session)
    assert everything(other) == everything(session)
    for each in (session, other):
        each.reset()
        each.change(
            each.setup.with_topology(
                edits.set_initializer(each.setup.topology, layer.id, Initializer.HE_NORMAL)
            )
        )
    assert everything(other) == everything(session)
    wild = Session(make(learning_rate=1e6))
    wild.advance(1000)
    assert wild.diverged
    assert everything(reopened(wild)) == everything(wild)


def test_a_setup_that_changed_on_the_way_keeps_its_milestones() -> None:
    session = Session(make("iris", "5-6"))
    session.advance(100)
    topology = session.setup.topology
    skipping = wiring.link_layers(topology, topology.layers[0].id, topology.layers[-1].id)
    session.change(session.setup.with_topology(skipping))
    session.advance(100)
    session.change(replace(session.setup, hyperparameters=replace(session.setup.hyperparameters, seed=0)))
    other = reopened(session)
    assert len({m.setup for m in other.milestones}) == 2
    assert everything(other) == everything(session)


def test_layout_notes_and_panels_are_kept() -> None:
    session = Session(make())
    topology = session.setup.topology
    layout = Layout({topology.layers[1].id: (3.5, -2.0)}, {topology.layers[1].units[0]: (0.1, 1 / 3)})
    panels = (Panel("dock_fit", "right", True, 300, 400), Panel("dock_loss", "left", False, 1, 2, "dock_fit"))
    notes = "Zeile 1\n\tמשקולות 🧠"
    project = through_file(Project(session.checkpoint(), layout, notes, panels))
    assert (project.layout, project.notes, project.panels) == (layout, notes, panels)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(make())
    session.advance(50)
    save_project(Project(session.checkpoint()), tmp_path / "a.nnd")
    monkeypatch.setattr("time.time", lambda: 2e9)
    save_project(open_project(tmp_path / "a.nnd").project, tmp_path / "b.nnd")
    assert (tmp_path / "a.nnd").read_bytes() == (tmp_path / "b.nnd").read_bytes()


def test_many_removed_connections_become_arrays() -> None:
    setup = make("digits", "64-40-10")
    layers = setup.topology.layers
    pairs = [(s, t) for s in layers[0].units for t in layers[1].units if (s + t) % 3]
    links = (replace(setup.topology.links[0], removed=frozenset(pairs)), setup.topology.links[1])
    session = Session(setup.with_topology(replace(setup.topology, links=links)))
    file = io.BytesIO()
    write_project(Project(session.checkpoint()), file)
    assert "topology0_0_1_removed.npy" in zipfile.ZipFile(file).namelist()
    assert everything(reopened(session)) == everything(session)


def test_the_version_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.nnd"
    session = Session(make())
    contents = []
    for _ in range(3):
        session.advance(10)
        save_project(Project(session.checkpoint()), path)
        contents.append(path.read_bytes())
    assert path.read_bytes() == contents[2]
    assert backup_of(path).read_bytes() == contents[1]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.nnd", "a.nnd.bak"]
    assert open_project(backup_of(path)).project.checkpoint.updates == 20


def test_what_was_written_is_read_back_before_it_replaces_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.nnd"
    session = Session(make())
    save_project(Project(session.checkpoint()), path)
    content = path.read_bytes()
    session.parameters.vector[2] = np.nan
    with pytest.raises(
        FileError, match=r'"a\.nnd" was left.*not finite.*kept beside it as "a\.unreadable\.nnd"'
    ):
        save_project(Project(session.checkpoint()), path)
    assert path.read_bytes() == content
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.nnd", "a.unreadable.nnd"]
    assert zipfile.ZipFile(tmp_path / "a.unreadable.nnd").testzip() is None
    with pytest.raises(FileError, match=r"a\.unreadable2\.nnd"):  # what is there may be all that is left
        save_project(Project(session.checkpoint()), path)


def other_notes(opened: OpenedProject) -> OpenedProject:
    return replace(opened, project=replace(opened.project, notes="something else"))


def other_numbers(opened: OpenedProject) -> OpenedProject:
    checkpoint = opened.project.checkpoint
    parameters = checkpoint.parameters.copy()
    parameters.vector[0] = np.nextafter(parameters.vector[0], 1)
    return replace(
        opened, project=replace(opened.project, checkpoint=replace(checkpoint, parameters=parameters))
    )


def left_out(opened: OpenedProject) -> OpenedProject:
    return replace(opened, damage=("Its picture was left out.",))


@pytest.mark.parametrize(
    ("change", "words"),
    [(other_notes, "description"), (other_numbers, "parameters"), (left_out, "picture was left out")],
)
def test_what_reads_back_as_something_else_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[..., OpenedProject], words: str
) -> None:
    path = tmp_path / "a.nnd"
    save_project(Project(Session(make()).checkpoint()), path)
    content = path.read_bytes()
    read = project_document.read_project
    monkeypatch.setattr(project_document, "read_project", lambda file: change(read(file)))
    with pytest.raises(FileError, match=words):
        save_project(Project(Session(make(layers="3")).checkpoint()), path)
    assert path.read_bytes() == content


def test_a_fault_of_the_reader_replaces_nothing_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(file: object) -> OpenedProject:
        raise KeyError("now")

    monkeypatch.setattr(project_document, "read_project", fail)
    with pytest.raises(FileError, match="KeyError"):
        save_project(Project(Session(make()).checkpoint()), tmp_path / "a.nnd")
    assert [each.name for each in tmp_path.iterdir()] == ["a.unreadable.nnd"]


def test_a_damaged_project_names_its_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.nnd"
    for _ in range(2):
        save_project(Project(Session(make()).checkpoint()), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FileError, match=r'damaged.*"a\.nnd\.bak" beside it'):
        open_project(path)


def rewritten(session: Session, change: object) -> io.BytesIO:
    """Write a project whose document somebody has changed."""
    file = io.BytesIO()
    write_project(Project(session.checkpoint()), file)
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "project.json":
                document = json.loads(content)
                change(document)  # type: ignore[operator]
                content = json.dumps(document).encode()
            new.writestr(name, content)
    return changed


def test_a_newer_version_is_refused_by_name() -> None:
    file = rewritten(Session(make()), lambda document: document.update(version=7))
    with pytest.raises(ReadError, match=r"its format is 7, this program reads up to 3.*update"):
        read_project(file)


def version_in(session: Session) -> int:
    file = io.BytesIO()
    write_project(Project(session.checkpoint()), file)
    assert read_project(file).remarks == ()
    with zipfile.ZipFile(file) as archive:
        version: int = json.loads(archive.read("project.json"))["version"]
    return version


def test_the_version_grows_only_with_what_version_0_1_would_misunderstand() -> None:
    iris = by_class(make("iris"))
    session = Session(by_class(make("iris", label_smoothing=0.3)))
    assert version_in(session) == 2
    session.advance(3 * session.walk.updates_per_epoch)
    session.change(iris)
    assert {m.setup.hyperparameters.label_smoothing for m in session.checkpoint().milestones} == {0.3}
    assert version_in(session) == 2
    assert version_in(Session(iris)) == 1
    assert version_in(Session(make("iris"))) == 2  # its split is exact
    unknown = setup_of(unknown_settings(2, 3), parse_layers("2-3"), Activation.TANH)
    assert version_in(Session(unknown)) == 2


def test_without_that_it_is_written_bit_by_bit_as_before() -> None:
    old = Path(__file__).parents[1] / "old" / "sine.nnd"
    with zipfile.ZipFile(old) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    document = json.loads(members["project.json"])
    for setup in document["setups"]:
        setup["hyperparameters"] = {
            key: value
            for name, kept in setup["hyperparameters"].items()
            for key, value in ((name, kept), *([("label_smoothing", 0.0)] if name == "loss" else []))
        }
    members["project.json"] = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    file = io.BytesIO()
    write_project(open_project(old).project, file)
    with zipfile.ZipFile(file) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == members


def test_an_older_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(document: dict[str, object]) -> dict[str, object]:
        return {**document, "notes": document["remarks"]}

    file = rewritten(Session(make()), lambda document: document.update(remarks="old", notes=None))
    monkeypatch.setattr(project_document, "VERSION", 2)
    monkeypatch.setattr(project_document, "MIGRATIONS", {1: rename})
    assert read_project(file).project.notes == "old"


@pytest.mark.skipif(EngineName.CPP not in available_engines(), reason="the C++ engine is not here")
def test_an_engine_that_is_not_here_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    write_project(Project(Session(make(engine=EngineName.CPP)).checkpoint()), file)
    others = {name: make for name, make in available_engines().items() if name is not EngineName.CPP}
    monkeypatch.setattr(checkpoint_document, "available_engines", lambda: others)
    opened = read_project(file)
    assert '"cpp"' in opened.remarks[0]


DAMAGES = {
    "an epoch below 0": lambda d: d["now"].update(epoch=-1),
    "a setup that is not there": lambda d: d["now"].update(setup=3),
    "no setups": lambda d: d.update(setups=[]),
    "a topology that is not there": lambda d: d["setups"][0].update(topology=1),
    "too many topologies": lambda d: d.update(topologies=d["topologies"] * 600),
    "a number of layers": lambda d: d["topologies"][0].update(layers=3),
    "another array of ids": lambda d: d["topologies"][0].update(ids="order"),
    "ids beyond the next": lambda d: d["topologies"][0].update(next_id=2),
    "a huge next id": lambda d: d["topologies"][0].update(next_id=2**40),
    "very many pairs": lambda d: d["topologies"][0]["links"][0].update(
        removed={"array": "a", "pairs": 10**9}
    ),
    "an unknown dataset": lambda d: d["setups"][0]["data"].update(name="moon"),
    "another width": lambda d: d["topologies"][0]["layers"][1].update(units=7),
    "an absurd width": lambda d: d["topologies"][0]["layers"][1].update(units=10**9),
    "no format": lambda d: d.pop("format"),
    "no version": lambda d: d.pop("version"),
    "version 0": lambda d: d.update(version=0),
    "no moment": lambda d: d.pop("now"),
    "updates below 0": lambda d: d["now"].update(updates=-1),
    "a divergence that is none": lambda d: d["now"].update(diverged=3),
}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_a_document_that_is_wrong_is_refused(damage: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_project(rewritten(Session(make()), DAMAGES[damage]))
    assert len(str(caught.value)) < 300


def rich_project() -> Project:
    """Return a project with something in each of its parts."""
    session = Session(make("iris", "5-6"))
    layer = session.setup.topology.layers[1]
    session.change(session.setup, assign=lambda parameters: parameters.set_bias(layer.units[0], 0.25))
    session.advance(3 * session.walk.updates_per_epoch)
    topology = edits.resize_layer(session.setup.topology, layer.id, 6)
    session.change(session.setup.with_topology(topology))
    session.advance(2 * session.walk.updates_per_epoch)
    hyperparameters = replace(session.setup.hyperparameters, learning_rate=0.125)
    session.change(replace(session.setup, hyperparameters=hyperparameters))
    session.advance(session.walk.updates_per_epoch + 2)
    session.optimizer_state = OptimizerState(vectors={"velocity": session.parameters.copy()})
    layers = session.setup.topology.layers
    layout = Layout(
        {layers[1].id: (3.0, -2.0), layers[2].id: (1.0, 1.0)},
        {layers[1].units[0]: (0.5, 0.25), layers[1].units[1]: (1.0, 2.0)},
    )
    panels = (Panel("dock_fit", "right", True, 300, 400), Panel("dock_loss", "left", False, 1, 2))
    return Project(session.checkpoint(), layout, "Noted.", panels)


def members_of(project: Project) -> dict[str, bytes]:
    file = io.BytesIO()
    write_project(project, file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def to_file(members: dict[str, bytes]) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def all_parts(project: Project) -> dict[str, object]:
    """Return all of a project, part by part, as values that can be compared."""
    checkpoint = project.checkpoint
    initial = checkpoint.initial
    return {
        "setup": checkpoint.setup,
        "parameters": checkpoint.parameters.vector.tobytes(),
        "progress": (checkpoint.epoch, checkpoint.updates, checkpoint.diverged),
        "order": (checkpoint.position, checkpoint.order.tobytes()),
        "history": (checkpoint.history.rows().tobytes(), checkpoint.history.stride),
        "engine": (checkpoint.engine.engine, checkpoint.engine.wanted),
        "seconds": dict(checkpoint.engine.seconds),
        "start": None if initial.parameters is None else initial.parameters.vector.tobytes(),
        "typed": None if initial.user_set is None else initial.user_set.vector.tobytes(),
        "optimizer_state": {
            name: vector.vector.tobytes() for name, vector in checkpoint.optimizer_state.vectors.items()
        },
        "milestones": [(m.setup, m.epoch, m.updates, m.vector.tobytes()) for m in checkpoint.milestones],
        "best": best_contents(checkpoint),
        "marks": checkpoint.marks,
        "layers": dict(project.layout.layers),
        "units": dict(project.layout.units),
        "panels": project.panels,
        "notes": project.notes,
    }


def check_only_left_out(file: io.BytesIO, project: Project, parts: set[str], sentence: str) -> None:
    """See that a damaged file opens, says so, goes on, and differs in nothing but some parts."""
    opened = read_project(file)
    assert len(opened.damage) == 1 and sentence in opened.damage[0]
    assert opened.damage[0].endswith(".") and opened.remarks[:1] == opened.damage
    expected, read = all_parts(project), all_parts(opened.project)
    assert {part for part in expected if expected[part] != read[part]} == parts
    check_usable(opened.project)


def check_usable(project: Project) -> None:
    """See that a project can be trained and saved, now and at every milestone that it goes back to."""
    session = Session.at(project.checkpoint)
    for checkpoint in (project.checkpoint, *map(session.checkpoint_at, project.checkpoint.milestones)):
        session.restore(checkpoint)
        assert np.isfinite(session.snapshot().history[-1]).all()
        saved = replace(project, checkpoint=session.checkpoint())
        assert all_parts(through_file(saved)) == all_parts(saved)
        session.advance(2 * session.walk.updates_per_epoch)
        session.snapshot()
        through_file(replace(project, checkpoint=session.checkpoint()))
    session.reset()


def test_a_file_names_an_optimizers_state_only_if_there_is_one() -> None:
    project = rich_project()
    assert json.loads(members_of(project)["project.json"])["now"]["optimizer_state"] == ["velocity"]
    plain = replace(project, checkpoint=replace(project.checkpoint, optimizer_state=OptimizerState()))
    members = members_of(plain)
    assert b"optimizer" not in members["project.json"]
    assert not any("optimizer" in name for name in members)
    assert all_parts(through_file(plain)) == all_parts(plain)


LEFT_OUT = {
    "moved_layers": ({"layers"}, "positions of moved parts of the drawing were damaged"),
    "moved_units": ({"units"}, "positions of moved parts of the drawing were damaged"),
    "history": ({"history"}, "losses of earlier epochs were damaged"),
    "order": ({"order"}, "the present epoch starts again"),
    "start": ({"start", "typed"}, "a reset draws new ones"),
    "typed": ({"typed"}, "biases that were typed was damaged"),
    "best": ({"best"}, "best snapshot of the run was damaged"),
    "optimizer_velocity": ({"optimizer_state"}, "optimizer's state was damaged"),
    "milestones_of_0": ({"milestones"}, "Some of the timeline's snapshots were damaged"),
    "milestones_of_1": ({"milestones"}, "Some of the timeline's snapshots were damaged"),
    "topology1_ids": ({"milestones"}, "Some of the timeline's snapshots were damaged"),
}
SPOILED = {
    "missing": lambda content: None,
    "empty": lambda content: b"",
    "cut off": lambda content: content[:-5],
    "too long": lambda content: content + b"12345678",
    "another type": lambda content: re.sub(rb"'<(.)", rb"'>\1", content),
    "no array": lambda content: b"x" * len(content),
}


@pytest.mark.parametrize("spoiled", list(SPOILED))
@pytest.mark.parametrize("member", list(LEFT_OUT))
def test_an_array_that_is_not_needed_to_train_is_left_out(member: str, spoiled: str) -> None:
    project = rich_project()
    members = members_of(project)
    content = SPOILED[spoiled](members.pop(f"{member}.npy"))
    if content is not None:
        members[f"{member}.npy"] = content
    check_only_left_out(to_file(members), project, *LEFT_OUT[member])


@pytest.mark.parametrize("member", list(LEFT_OUT))
def test_an_array_with_a_wrong_checksum_is_left_out(member: str) -> None:
    project = rich_project()
    file = io.BytesIO()
    write_project(project, file)
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo(f"{member}.npy")
    content = bytearray(file.getvalue())
    content[info.header_offset + 30 + len(info.filename) + info.file_size - 1] ^= 1
    check_only_left_out(io.BytesIO(bytes(content)), project, *LEFT_OUT[member])


@pytest.mark.parametrize("member", ["parameters", "topology0_ids"])
def test_what_training_needs_is_not_left_out(member: str) -> None:
    members = members_of(rich_project())
    del members[f"{member}.npy"]
    with pytest.raises(ReadError):
        read_project(to_file(members))


ANYTHING = (None, 3, -1, 10**12, 0.5, float("nan"), "x", "x" * 300, True, [], {}, [3], [[]], {"x": 1})
KEYS = {
    "layout": (("layout",), {"layers", "units"}, "positions of moved parts"),
    "moved layers": (("layout", "layers"), {"layers"}, "positions of moved parts"),
    "moved units": (("layout", "units"), {"units"}, "positions of moved parts"),
    "notes": (("notes",), {"notes"}, "notes were damaged"),
    "panels": (("panels",), {"panels"}, "positions of the window's panels"),
    "a panel": (("panels", 0), {"panels"}, "Some of the positions of the window's panels"),
    "the width of a panel": (
        ("panels", 0, "width"),
        {"panels"},
        "Some of the positions of the window's panels",
    ),
    "milestones": (("milestones",), {"milestones"}, "timeline's snapshots"),
    "a milestone": (("milestones", 2), {"milestones"}, "Some of the timeline's snapshots"),
    "an epoch": (("milestones", 2, "epoch"), {"milestones"}, "Some of the timeline's snapshots"),
    "updates": (("milestones", 2, "updates"), {"milestones"}, "Some of the timeline's snapshots"),
    "another setup": (("setups", 1), {"milestones"}, "Some of the timeline's snapshots"),
    "its data": (("setups", 1, "data", "name"), {"milestones"}, "Some of the timeline's snapshots"),
    "another topology": (("topologies", 1), {"milestones"}, "Some of the timeline's snapshots"),
    "its layers": (("topologies", 1, "layers"), {"milestones"}, "Some of the timeline's snapshots"),
    "rows": (("now", "history_rows"), {"history"}, "losses of earlier epochs"),
    "stride": (("now", "history_stride"), {"history"}, "losses of earlier epochs"),
    "position": (("now", "position"), {"order"}, "the present epoch starts again"),
    "start": (("now", "start"), {"start", "typed"}, "a reset draws new ones"),
    "typed": (("now", "has_typed"), {"typed"}, "biases that were typed was damaged"),
    "optimizer state": (("now", "optimizer_state"), {"optimizer_state"}, "optimizer's state was damaged"),
    "best": (("now", "best"), {"best"}, "best snapshot of the run was damaged"),
    "the best epoch": (("now", "best", "epoch"), {"best"}, "best snapshot of the run was damaged"),
    "the best loss": (("now", "best", "train_loss"), {"best"}, "best snapshot of the run was damaged"),
    "the setup of the best": (("now", "best", "setup"), {"best"}, "best snapshot of the run was damaged"),
    "marks": (("now", "marks"), {"marks"}, "timeline's marks were damaged"),
    "a mark": (("now", "marks", 0), {"marks"}, "Some of the timeline's marks were damaged"),
    "the place of a mark": (
        ("now", "marks", 0, "epoch"),
        {"marks"},
        "Some of the timeline's marks were damaged",
    ),
    "the changes of a mark": (
        ("now", "marks", 0, "changes"),
        {"marks"},
        "Some of the timeline's marks were damaged",
    ),
    "a setting that changed": (
        ("now", "marks", 1, "changes", 0, "name"),
        {"marks"},
        "Some of the timeline's marks were damaged",
    ),
    "its value": (
        ("now", "marks", 1, "changes", 0, "after"),
        {"marks"},
        "Some of the timeline's marks were damaged",
    ),
    "engine": (
        ("now", "engine"),
        {"engine", "seconds"},
        "The name of the engine was damaged",
    ),
    "taken": (
        ("now", "engine", "taken"),
        {"engine", "seconds"},
        "The name of the engine was damaged",
    ),
    "wanted": (
        ("now", "engine", "wanted"),
        {"engine", "seconds"},
        "The name of the engine was damaged",
    ),
    "seconds": (("now", "engine", "seconds"), {"seconds"}, "measured times of the engines"),
    "a time": (("now", "engine", "seconds", "numpy"), {"seconds"}, "measured times of the engines"),
}


@pytest.mark.parametrize("part", list(KEYS))
def test_a_key_that_is_not_needed_to_train_can_be_missing_or_anything(part: str) -> None:
    (*path, last), may_differ, sentence = KEYS[part]
    project = rich_project()
    members = members_of(project)
    expected = all_parts(project)
    told = 0
    for value in (..., *ANYTHING):
        document = json.loads(members["project.json"])
        holder = document
        for key in path:
            holder = holder[key]
        if value is ...:
            del holder[last]
        else:
            holder[last] = value
        opened = read_project(to_file({**members, "project.json": json.dumps(document).encode()}))
        read = all_parts(opened.project)
        assert {each for each in expected if expected[each] != read[each]} <= may_differ
        assert len(opened.damage) <= 1 and all("damaged" in each for each in opened.damage)
        told += any(sentence in each for each in opened.damage)
        check_usable(opened.project)
    assert told > len(ANYTHING) / 2


def test_only_the_damaged_pieces_are_left_out() -> None:
    project = rich_project()
    layers, units = project.layout.layers, project.layout.units
    stale = Layout(
        {**layers, 10**6: (1.0, 1.0)}, {**units, 10**6: (5.0, 5.0), next(iter(units)): (np.nan, 0)}
    )
    opened = read_project(to_file(members_of(replace(project, layout=stale))))
    assert opened.project.layout.layers == layers
    assert opened.project.layout.units == dict(list(units.items())[1:])
    assert opened.damage == (
        "Some of the positions of moved parts of the drawing were damaged and left out.",
    )
    milestones = project.checkpoint.milestones
    vector = milestones[1].vector.copy()
    vector[3] = np.inf
    wrong = (milestones[0], replace(milestones[1], vector=vector), *milestones[2:])
    opened = read_project(
        to_file(members_of(replace(project, checkpoint=replace(project.checkpoint, milestones=wrong))))
    )
    assert [m.updates for m in opened.project.checkpoint.milestones] == [
        m.updates for m in milestones if m is not milestones[1]
    ]
    assert opened.damage == ("Some of the timeline's snapshots were damaged and left out.",)


def test_notes_that_are_too_long_are_cut_and_half_characters_go() -> None:
    members = members_of(rich_project())
    for notes, kept in (("x" * 100_001, "x" * 100_000), ("a\ud800b", "ab")):
        document = {**json.loads(members["project.json"]), "notes": notes}
        opened = read_project(to_file({**members, "project.json": json.dumps(document).encode()}))
        assert opened.project.notes == kept
        assert opened.damage == ("Some of the notes were damaged and left out.",)


def test_a_start_that_is_not_finite_is_left_out() -> None:
    project = rich_project()
    start = project.checkpoint.initial.parameters
    assert start is not None
    start.vector[0] = np.inf
    opened = read_project(to_file(members_of(project)))
    assert opened.project.checkpoint.initial.parameters is None
    assert "a reset draws new ones" in opened.damage[0]


def test_numbers_that_are_not_finite_are_refused() -> None:
    session = Session(make())
    session.parameters.vector[2] = np.nan
    file = io.BytesIO()
    write_project(Project(session.checkpoint()), file)
    with pytest.raises(ReadError, match="not finite"):
        read_project(file)


def test_a_milestone_leads_back_bit_by_bit() -> None:
    straight, session = Session(make()), Session(make())
    straight.advance(5 * straight.walk.updates_per_epoch)
    session.advance(40 * session.walk.updates_per_epoch + 3)
    fifth = next(m for m in session.milestones if m.epoch == 5)
    session.restore(session.checkpoint_at(fifth))
    assert everything(session) == everything(straight)
    for each in (straight, session):
        each.advance(123)
    assert everything(session) == everything(straight)


def test_a_run_of_many_setups_can_be_read_again() -> None:
    """What cannot be read again is not written: the oldest milestones go before that."""
    session = Session(make("digits", "64-30-20-10"))
    layers = session.setup.topology.layers
    many = [(s, t) for s in layers[0].units for t in layers[1].units if (s + t) % 3]
    first = replace(session.setup.topology.links[0], removed=frozenset(many))
    links = (first, *session.setup.topology.links[1:])
    session.change(session.setup.with_topology(replace(session.setup.topology, links=links)))
    for number in range(300):
        h = replace(session.setup.hyperparameters, learning_rate=0.01 + number * 1e-6)
        session.change(replace(session.setup, hyperparameters=h))
        session.advance(session.walk.updates_per_epoch)
    assert len({m.setup for m in session.milestones}) > 30
    assert everything(reopened(session)) == everything(session)


def test_the_oldest_milestones_go_where_there_would_be_too_many_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = Session(make())
    session.advance(30 * session.walk.updates_per_epoch)
    monkeypatch.setattr(project_document, "MAX_DOCUMENT_BYTES", 2000)
    checkpoint = through_file(Project(session.checkpoint())).checkpoint
    assert 0 < len(checkpoint.milestones) < len(session.milestones)
    assert checkpoint.milestones[-1].epoch == session.milestones[-1].epoch


def test_a_packed_archive_is_refused() -> None:
    """This program packs nothing: what unpacks to far more than it is long is a trick."""
    file, packed = io.BytesIO(), io.BytesIO()
    write_project(Project(Session(make()).checkpoint()), file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(ReadError, match="damaged"):
        read_project(packed)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(FileError, match="cannot be opened"):
        open_project(Path("a\0b.nnd"))
