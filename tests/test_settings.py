"""Where state lives and which engines are used: environment, defaults, nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from pydantic import ValidationError

from mlwidgets.settings import Settings, as_environment, get_settings, project_home


def test_all_state_lies_under_the_home_that_the_environment_names(home: Path) -> None:
    settings = get_settings()

    assert settings.home == home
    assert settings.models_dir == home / "models"
    assert settings.candles_dir == home / "data" / "candles"
    assert settings.study_url == f"sqlite:///{home / 'data' / 'mlwidgets.db'}"


def test_reading_settings_creates_no_folders(home: Path) -> None:
    assert get_settings().candles_dir.parent == home / "data"
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("mark", ["pyproject.toml", ".git", "models"])
@pytest.mark.parametrize("below", ["", "notebooks", "notebooks/btc/2025"])
def test_without_a_home_it_is_the_project_that_one_works_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str, below: str
) -> None:
    here = tmp_path / "project" / below
    here.mkdir(parents=True)
    (tmp_path / "project" / mark).mkdir()
    monkeypatch.delenv("MLWIDGETS_HOME", raising=False)
    monkeypatch.chdir(here)

    assert get_settings().home == tmp_path / "project"


def test_outside_any_project_home_is_the_folder_itself(tmp_path: Path) -> None:
    if project_home(tmp_path.parent) != tmp_path.parent:
        pytest.skip("the temporary folder lies in a project")

    assert project_home(tmp_path) == tmp_path


def test_a_link_into_a_project_leads_to_the_same_home(tmp_path: Path) -> None:
    (tmp_path / "project" / "models").mkdir(parents=True)
    (tmp_path / "project" / "notebooks").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "project" / "notebooks")

    assert project_home(tmp_path / "link") == tmp_path / "project"


def test_every_engine_is_chosen_by_a_variable_of_its_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {
        "models": Path("/srv/models"),
        "exchange": "kraken",
        "exchange_url": "http://127.0.0.1:8080",
        "offline": True,
        "database_url": "postgresql://db/mlwidgets",
        "scheduler": "tls://10.0.0.5:8786",
        "tls": Path("/etc/mlwidgets/tls"),
        "workers": 3,
        "worker_memory": "2GiB",
        "cluster_dir": Path("/run/mlwidgets"),
        "linger": math.inf,
        "page_limit": 3,
        "warm_kernels": 0,
        "orphan_seconds": 30.0,
        "dashboards_only": True,
        "job_rate": 5,
    }
    for name, value in chosen.items():
        monkeypatch.setenv(f"MLWIDGETS_{name.upper()}", str(value))

    assert get_settings().model_dump(exclude={"home"}) == chosen
    assert get_settings().study_url == "postgresql://db/mlwidgets"


def test_the_defaults_need_no_other_machine(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLWIDGETS_CLUSTER_DIR", "MLWIDGETS_WORKERS"):
        monkeypatch.delenv(name)

    assert get_settings().model_dump(exclude={"home"}) == {
        "models": None,
        "exchange": "binance",
        "exchange_url": None,
        "offline": False,
        "database_url": None,
        "scheduler": None,
        "tls": None,
        "workers": None,
        "worker_memory": None,
        "cluster_dir": None,
        "linger": 60.0,
        "page_limit": 8,
        "warm_kernels": 2,
        "orphan_seconds": 120.0,
        "dashboards_only": False,
        "job_rate": 30,
    }


def test_the_environment_is_read_afresh_each_time(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = get_settings().exchange
    monkeypatch.setenv("MLWIDGETS_EXCHANGE", "bybit")

    assert (before, get_settings().exchange) == ("binance", "bybit")


def test_another_process_is_given_the_same_settings_as_variables(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = Settings(models=home / "elsewhere", offline=True, exchange="kraken", linger=math.inf)
    for name, value in as_environment(chosen).items():
        monkeypatch.setenv(name, value)

    assert get_settings() == chosen
    assert get_settings().models_dir == home / "elsewhere"


def test_settings_do_not_change_once_read(home: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().exchange = "kraken"  # type: ignore[misc]
