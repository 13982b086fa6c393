def measure(index, cycle):
    print(f"index {index}, cycle {cycle}")
    return int(index) + 0.5
