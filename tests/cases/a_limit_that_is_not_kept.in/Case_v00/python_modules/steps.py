def measure():
    return {"a": 5, "b": 5.5, "c": 0.5, "text": "v1", "state": False, "comma": "1,5"}


def fine():
    pass
