def measure():
    return {"count": 5}
