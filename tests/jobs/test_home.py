from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlwidgets.errors import StorageError
from mlwidgets.jobs.home import Home, home_id, known_id
from mlwidgets.settings import Settings


def test_a_home_keeps_its_id_wherever_it_is_moved(tmp_path: Path) -> None:
    first = home_id(Settings(home=tmp_path / "here"))
    (tmp_path / "here").rename(tmp_path / "there")

    assert home_id(Settings(home=tmp_path / "there")) == first
    assert known_id(Settings(home=tmp_path / "there")) == first


def test_two_homes_have_different_ids(tmp_path: Path) -> None:
    assert home_id(Settings(home=tmp_path / "a")) != home_id(Settings(home=tmp_path / "b"))


def test_asking_for_a_known_id_gives_none_out(tmp_path: Path) -> None:
    assert known_id(Settings(home=tmp_path)) is None
    assert [*tmp_path.iterdir()] == []


def test_many_that_name_a_home_at_once_agree(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as threads:
        ids = [*threads.map(lambda _: home_id(settings), range(32))]

    assert len({*ids}) == 1
    assert [path.name for path in settings.data_dir.iterdir()] == ["home-id"]


def test_a_home_is_within_reach_only_where_it_is_the_same_folder(tmp_path: Path) -> None:
    home = Home.of(Settings(home=tmp_path))
    assert home.reachable

    (tmp_path / "data" / "home-id").write_text("another\n")
    assert not home.reachable


def test_a_home_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")

    with pytest.raises(StorageError, match="the home's id"):
        home_id(Settings(home=tmp_path))


def test_an_empty_id_is_no_id(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "home-id").touch()

    with pytest.raises(StorageError, match="delete it"):
        home_id(Settings(home=tmp_path))
