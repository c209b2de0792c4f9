"""Another process of this program, which writes lines and takes commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from app.training.command_line import own_command, source_folder

# Of what it wrote to standard error, the end is kept.
WORDS_CHARACTERS = 4000
_PREFIX = "stepless: "


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a process ended.

    Attributes:
        code: Exit code; None where it crashed, was killed, or could not be started.
        words: The last line that it wrote to standard error; empty if there is none.
    """

    code: int | None
    words: str


class Child(QObject):
    """One process, from `start` to `ended`.

    Args:
        arguments: Of `stepless`.

    Signals:
        line: One line of its output, without its end.
        ended: A `ChildEnd`, after all lines.
    """

    line = Signal(str)
    ended = Signal(object)

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__()
        # Of a line that has no end yet.
        self._pieces: list[bytes] = []
        self._words = ""
        self._is_over = False
        self._process = QProcess(self)
        program, own = own_command(arguments)
        self._process.setProgram(program)
        self._process.setArguments(own)
        folder = source_folder()
        if folder is not None:
            self._process.setWorkingDirectory(str(folder))
        environment = QProcessEnvironment.systemEnvironment()
        # Names of files in its last words are in no code page of Windows.
        environment.insert("PYTHONUTF8", "1")
        self._process.setProcessEnvironment(environment)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_words)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        """Begin; connect the signals before."""
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number; 0 when it does not run."""
        return self._process.processId()

    def send(self, command: str) -> None:
        """Hand it a line; a process that is over does not hear it."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.write(f"{command}\n".encode())

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def wait(self, *, timeout_s: float) -> bool:
        """Wait for its end, when the program ends; whether it came in time."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return True
        return self._process.waitForFinished(round(timeout_s * 1000))

    def _read(self) -> None:
        *lines, rest = bytes(self._process.readAllStandardOutput().data()).split(b"\n")
        if lines:
            lines[0] = b"".join([*self._pieces, lines[0]])
            self._pieces = []
        self._pieces.append(rest)
        for line in lines:
            self.line.emit(line.decode("utf-8", "replace").strip())

    def _read_words(self) -> None:
        more = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._words = (self._words + more)[-WORDS_CHARACTERS:]

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_words()
        self._end(code if status == QProcess.ExitStatus.NormalExit else None)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        # Others come with `finished`.
        if error == QProcess.ProcessError.FailedToStart:
            self._words = self._process.errorString()
            self._end(None)

    def _end(self, code: int | None) -> None:
        if self._is_over:
            return
        self._is_over = True
        lines = [line.strip() for line in self._words.splitlines() if line.strip()]
        self.ended.emit(ChildEnd(code, lines[-1].removeprefix(_PREFIX) if lines else ""))
