"""What the demonstration prints: steps in plain words, what each one proves, and progress."""

import os
import shlex
import sys
import textwrap

WIDTH = 100
BAR_WIDTH = 30


class Screen:
    """Writes to standard output; colours and moving bars only where a person watches."""

    def __init__(self):
        self.watched = sys.stdout.isatty()
        self.coloured = self.watched and "NO_COLOR" not in os.environ
        self.step = ""

    def title(self, number: int, what: str) -> None:
        self.step = f"step {number}: {what}"
        print(f"\n{self._styled(f'{number}. {what}', '1')}", flush=True)

    def says(self, sentence: str) -> None:
        print(filled(sentence, "   ", "   "), flush=True)

    def proves(self, sentence: str) -> None:
        print(self._styled(filled(f"=> {sentence}", "   ", "      "), "32"), flush=True)

    def command(self, words) -> None:
        print(self._styled(f"   $ {shlex.join(str(word) for word in words)}", "36"), flush=True)

    def output(self, text: str) -> None:
        """What another program printed, indented."""
        print(textwrap.indent(text.rstrip("\n"), "     "), flush=True)

    def bar(self, done: int, total: int, what: str) -> None:
        """Moves on a terminal; elsewhere only its end is printed."""
        over = done >= total
        if not (self.watched or over):
            return
        filled = BAR_WIDTH if not total else BAR_WIDTH * done // total
        line = f"   [{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {done}/{total} {what}"
        print(f"\r{line:<{WIDTH}}" if self.watched else line, end="\n" if over else "", flush=True)

    def _styled(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.coloured else text


def filled(sentence: str, first: str, others: str) -> str:
    """Broken at spaces only, so that paths stay whole."""
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
