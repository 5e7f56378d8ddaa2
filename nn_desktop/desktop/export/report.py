"""What the user is told of an export that has ended."""

from pathlib import Path

from PySide6.QtCore import QObject

from nn_desktop.desktop.export.exporting import ExportJob
from nn_desktop.desktop.look.numbers import figure, grouped
from nn_desktop.errors import UserError, bug_in_words
from nn_desktop.files.checking import Check
from nn_desktop.files.exporters import Exported
from nn_desktop.texts import shown_file

MAX_NAMES = 4
"""So many files are named one by one."""


class ExportReport(QObject):
    """Describes exports that have ended."""

    def describe(self, exported: Exported, job: ExportJob) -> str:
        """Say what was written, and what a check of it gave."""
        wrote = self.tr("Wrote {files}: the network of update {update}.")
        wrote = wrote.format(files=self._list_files(exported.paths), update=grouped(job.updates))
        return " ".join((wrote, self._describe_check(exported.check, job.is_cancelled), *exported.remarks))

    def _describe_check(self, check: Check, is_cancelled: bool) -> str:
        if not check.is_checked and is_cancelled:
            return self.tr("The check was cancelled: the files stay, and nothing was compared.")
        if not check.is_checked:
            text = self.tr("It could not be checked: {why}.")
            return text.format(why=check.why_not)
        if check.is_good and check.difference == 0:
            text = self.tr("Checked with {reader}: no difference over {inputs} inputs.")
        elif check.is_good:
            text = self.tr("Checked with {reader}: largest difference {difference} over {inputs} inputs.")
        else:
            text = self.tr(
                "Do not rely on this file: {reader} computes something else from it. Largest difference "
                "{difference} over {inputs} inputs; rounding explains no more than {tolerance}."
            )
        return text.format(
            reader=check.reader,
            difference=figure(check.difference),
            inputs=grouped(check.inputs),
            tolerance=figure(check.tolerance),
        )

    def _list_files(self, paths: tuple[Path, ...]) -> str:
        first, *others = (shown_file(path.name) for path in paths)
        if not others:
            return first
        if len(others) <= MAX_NAMES:
            text = self.tr("{first} (and {others})")
            return text.format(first=first, others=", ".join(others))
        text = self.tr("{first} (and {others}, and {number} more files)")
        named = others[: MAX_NAMES - 1]
        return text.format(first=first, others=", ".join(named), number=len(others) - len(named))

    def explain(self, job: ExportJob) -> str:
        """Say why nothing was written."""
        if isinstance(job.error, UserError):
            return str(job.error)
        if isinstance(job.error, OSError):
            text = self.tr("The file {name} cannot be written ({error}): choose another name or place.")
            return text.format(name=shown_file(job.path.name), error=job.error.strerror or job.error)
        text = self.tr("The export of {name} stopped at an error of the program ({error}).")
        return text.format(name=shown_file(job.path.name), error=bug_in_words(job.error))
