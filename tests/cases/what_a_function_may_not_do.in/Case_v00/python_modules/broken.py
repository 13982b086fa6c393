def a_set(:
    pass
