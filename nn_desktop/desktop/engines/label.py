"""Says in the status bar what computes, and why."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from nn_desktop.desktop.engines.titles import engine_title
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.numbers import duration
from nn_desktop.desktop.look.plain_text import in_lines
from nn_desktop.engines.available import available_engines, why_missing
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import Choice
from nn_desktop.training.snapshot import Snapshot

DIGITS = 2


class EngineLabel(QLabel):
    """The engine in use, with what its choice was made from; as much of it as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "engine_in_use")
        # Words that grow longer must not make the window's least width grow.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(8, 0, 0, 0)
        self._choice: Choice | None = None
        self._texts: tuple[str, ...] = ("",)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Say what computed a snapshot."""
        self.show_choice(snapshot.engine)

    def show_choice(self, choice: Choice) -> None:
        """Say what computes, unless that is still to be measured."""
        if choice == self._choice or choice.is_provisional:
            return
        self._choice = choice
        self._texts = self._versions(choice)
        self.setAccessibleName(self._texts[0])
        self.setToolTip(in_lines(self._tool_tip(choice)))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= room)
        self.setText(next(fitting, self._texts[-1]))

    def _versions(self, choice: Choice) -> tuple[str, ...]:
        """Return what to say, from all of it to the least."""
        title = engine_title(choice.engine)
        if choice.wanted is choice.engine:
            return (self.tr("{engine} (chosen)").format(engine=title), title)
        if choice.wanted is not EngineName.AUTO:
            return (*self._in_place_of_a_missing_one(choice), title)
        if not choice.seconds:
            return (self.tr("{engine} (automatic)").format(engine=title), title)
        own = duration(choice.seconds[choice.engine], DIGITS)
        others = ", ".join(
            f"{engine_title(name)} {duration(seconds, DIGITS)}" for name, seconds in _others(choice)
        )
        short = self.tr("{engine} (automatic: computes an update in {time})").format(engine=title, time=own)
        if not others:
            return (short, title)
        long = self.tr("{engine} (automatic: computes an update in {time}; {others})")
        return (long.format(engine=title, time=own, others=others), short, title)

    def _in_place_of_a_missing_one(self, choice: Choice) -> tuple[str, str]:
        title, wanted = engine_title(choice.engine), engine_title(choice.wanted)
        long = self.tr("{engine}, as {wanted} is missing: {reason}")
        short = self.tr("{engine}, as {wanted} is missing")
        reason = why_missing(choice.wanted)
        return (
            long.format(engine=title, wanted=wanted, reason=reason),
            short.format(engine=title, wanted=wanted),
        )

    def _tool_tip(self, choice: Choice) -> str:
        title = engine_title(choice.engine)
        if choice.wanted is EngineName.AUTO:
            text = self.tr(
                "Engine: {engine}. It was measured to be the fastest, or close to it, for this network "
                "and batch size. The choice is remembered, so the same training gives the same numbers:"
            )
        elif choice.wanted is choice.engine:
            text = self.tr("Engine: {engine}, as it was chosen in the Learning panel, or named by the file.")
        else:
            text = self.tr("Engine: {engine}, the fastest that is here.")
        lines = [text.format(engine=title), *self._measured(choice)]
        if choice.seconds:
            lines.append(
                self.tr(
                    "This is the engine alone; how fast training is beside the window stands at the right."
                )
            )
        for name in EngineName:
            if reason := why_missing(name):
                missing = self.tr("{engine} is missing: {reason}")
                lines.append(missing.format(engine=engine_title(name), reason=reason))
        if choice.seconds:
            lines.append(
                self.tr(
                    "That is computing alone. The updates a second at the other end of this line are fewer: "
                    "there the losses, what the window shows and the pace count too."
                )
            )
        lines.append(self.tr("Train → Compare engines shows more."))
        return "\n".join(lines)

    def _measured(self, choice: Choice) -> list[str]:
        row = self.tr("{engine}: computes an update in {time}")
        fastest_first = sorted(choice.seconds.items(), key=lambda item: item[1])
        lines = [
            row.format(engine=engine_title(name), time=duration(seconds, DIGITS))
            for name, seconds in fastest_first
        ]
        for name in available_engines():
            if choice.seconds and name not in choice.seconds:
                text = self.tr("{engine}: not measured, as its update takes longer than the measurement may")
                lines.append(text.format(engine=engine_title(name)))
        return lines


def _others(choice: Choice) -> list[tuple[EngineName, float]]:
    others = [item for item in choice.seconds.items() if item[0] is not choice.engine]
    return sorted(others, key=lambda item: item[1])
