"""Progress where nobody watches, and on a terminal."""

import io

from rich.console import Console

from mlwidgets.cli.meters import LineMeter, open_meter


def test_a_log_gets_a_line_every_so_often():
    log = io.StringIO()
    meter = LineMeter(Console(file=log), "Searching", every=0)
    meter.show(1, 4, "trial 1 of 4", 75)
    assert log.getvalue() == "Searching: trial 1 of 4, 1 min 15 s left\n"


def test_short_work_leaves_a_log_alone():
    log = io.StringIO()
    with open_meter(Console(file=log), "Searching") as meter:
        meter.show(1, 4, "trial 1 of 4")
    assert log.getvalue() == ""


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end():
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    with open_meter(console, "Searching") as meter:
        meter.show(1, 4, "trial 1 of 4", 75)
    assert "trial 1 of 4" in screen.getvalue()
    assert "1:15 left" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")
