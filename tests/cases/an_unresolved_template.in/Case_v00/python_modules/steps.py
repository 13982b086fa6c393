def fine(**_):
    pass
