def measure(index):
    index = int(index)
    return {"voltage": 5 + index / 100, "current": 0.1 + index / 1000}
