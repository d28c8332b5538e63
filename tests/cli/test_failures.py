"""Exceptions become messages and exit codes."""

import json

import pytest
import typer

from mlwidgets.cli.failures import failures_reported
from mlwidgets.errors import SpecError


def fail(error: BaseException, *, as_json: bool = False) -> int:
    with pytest.raises(typer.Exit) as raised, failures_reported(as_json):
        raise error
    return raised.value.exit_code


def test_an_error_is_told_without_a_traceback(capsys):
    assert fail(SpecError("trials is 0; ask for one.")) == 1
    assert capsys.readouterr().err == "Error: trials is 0; ask for one.\n"


def test_brackets_in_a_message_are_no_markup(capsys):
    fail(SpecError("window [red]1, 2[/red] is odd"))
    assert "[red]1, 2[/red]" in capsys.readouterr().err


def test_json_holds_type_message_and_details(capsys):
    assert fail(SpecError("no", field="trials"), as_json=True) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "error": {"type": "SpecError", "message": "no", "details": {"field": "trials"}}
    }
    assert captured.err == ""


def test_an_unexpected_exception_names_its_type_and_how_to_see_more(capsys):
    assert fail(ZeroDivisionError("by zero")) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in err
    assert "MLWIDGETS_DEBUG=1" in err
    assert "Traceback" not in err


def test_debugging_shows_the_traceback(capsys, monkeypatch):
    monkeypatch.setenv("MLWIDGETS_DEBUG", "1")
    fail(ZeroDivisionError("by zero"))
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_exits_with_130(capsys):
    assert fail(KeyboardInterrupt()) == 130
    assert "Interrupted" in capsys.readouterr().err
