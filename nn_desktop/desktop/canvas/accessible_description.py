"""What assistive technology says of the canvas."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.desktop.canvas.network_scene import NetworkScene
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.look.descriptions import layer_title, part_title, tip_line
from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.insight.inspection import exists
from nn_desktop.network.notation import format_layers


def accessible_description(scene: NetworkScene, selection: Selection) -> str:
    """Return what is drawn and what is selected, in words."""
    text = QCoreApplication.translate(
        "accessible_description", "Network {layers}. Selected: {selected}. Arrow keys walk through the units."
    )
    selected = _current(scene, selection)
    count = len(selection.units) + len(selection.connections) + len(selection.layers)
    if count > 1:
        several = QCoreApplication.translate(
            "accessible_description", "{count} parts, the last one {selected}"
        )
        selected = several.format(count=grouped(count), selected=selected)
    return text.format(layers=format_layers(scene.topology), selected=selected)


def _current(scene: NetworkScene, selection: Selection) -> str:
    topology, snapshot = scene.topology, scene.snapshot
    part = selection.connection or selection.unit
    if part is not None and exists(snapshot.parameters.topology, part):
        title = part_title(snapshot.parameters.topology, part, snapshot.dataset)
        return f"{title}, {tip_line(snapshot, part).replace(' · ', ', ')}"
    if selection.layer is not None and selection.layer in topology.layer_index:
        return layer_title(topology, topology.layer_index[selection.layer])
    return QCoreApplication.translate("accessible_description", "nothing")
