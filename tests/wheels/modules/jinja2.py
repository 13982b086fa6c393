import importlib.metadata

import jinja2
import markupsafe


def work():
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, loader=jinja2.DictLoader({
        "base": "<h1>{% block title %}{% endblock %}</h1>",
        "page": "{% extends 'base' %}{% block title %}{{ name|upper }}{% for v in values if v > 1 %} {{ loop.index }}:{{ '%.1f'|format(v) }}{% endfor %}{% endblock %}",
    }))
    assert environment.get_template("page").render(name="a<b", values=[1, 2, 3.25]) == "<h1>A&lt;B 1:2.0 2:3.2</h1>"
    assert markupsafe.escape("<'>") == "&lt;&#39;&gt;" and environment.from_string("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(1) }}").render() == "[1]"
    try:
        environment.from_string("{{ nothing }}").render()
    except jinja2.UndefinedError:
        return importlib.metadata.version("jinja2")
    raise AssertionError
