calls = 0


def soak():
    global calls
    calls += 1
    # The second repetition needs its other attempt, the third fails in both.
    if calls in (2, 4, 5):
        raise RuntimeError(f"call {calls}")
