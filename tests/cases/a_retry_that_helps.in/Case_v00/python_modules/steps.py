tries = 0


def count():
    global tries
    tries += 1
    return tries
