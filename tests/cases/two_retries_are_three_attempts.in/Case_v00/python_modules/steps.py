def connect():
    raise ConnectionError("no answer")
