"""What one sees and touches: the window and its parts. Qt lives here and nowhere else."""

# As soon as PySide6 is imported it reads the source of every module that is imported after it, to see whether
# that names PySide6. So what the first window needs of the floors below, numpy included, comes before it.
import nn_desktop.data.catalogue
import nn_desktop.drawing.options
import nn_desktop.drawing.weight_style
import nn_desktop.files.engine_memory
import nn_desktop.files.places
import nn_desktop.files.project.recovery
import nn_desktop.insight.inspection
import nn_desktop.network.parameter_edits
import nn_desktop.process
import nn_desktop.training.examples
import nn_desktop.training.looking_back
import nn_desktop.training.settings
import nn_desktop.training.worker  # noqa: F401
