import yaml


def work():
    text = "limits: &l {low: 1.5, high: 0x1F}\nnames: [a, 'b: c', null, yes]\nsame:\n  <<: *l\n  high: 2\ntext: |\n  one\n  zwei ü\nday: 2026-11-23\n"
    read = yaml.safe_load(text)
    assert read["same"] == {"low": 1.5, "high": 2} and read["names"] == ["a", "b: c", None, True] and read["text"] == "one\nzwei ü\n"
    assert read["day"].year == 2026 and yaml.safe_load(yaml.safe_dump(read, allow_unicode=True)) == read
    assert list(yaml.safe_load_all("--- 1\n--- 2\n")) == [1, 2] and not yaml.__with_libyaml__
    try:
        yaml.safe_load("a: [1,\nb: 2")
    except yaml.MarkedYAMLError as error:
        assert error.problem_mark.line == 1
        return yaml.__version__
    raise AssertionError
