def give(**values):
    print(values)
    return {"reading": 4.5, "items": [1, "two", None, {"k": True}], "nothing": None, "big": 2**70}


def take(**values):
    print(values)


def scalar():
    return 42
