import pytest


@pytest.fixture
def supply(tmp_path):
    (tmp_path / "log.txt").write_text("on")
    yield {"volts": 3.3}


@pytest.mark.parametrize("low, high", [(3, 4), (1, 2)])
def test_limits(supply, low, high):
    assert low < supply["volts"] < high


def test_raises():
    with pytest.raises(ValueError, match="b.d"):
        raise ValueError("bad")


def test_output(capsys, monkeypatch):
    monkeypatch.setenv("DUT", "1")
    print("hello")
    assert capsys.readouterr().out == "hello\n"


@pytest.mark.skip(reason="why")
def test_skipped():
    pass
