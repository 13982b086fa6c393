def f():
    print("not shown")


def g():
    print("shown")
    raise ValueError("bad value")
