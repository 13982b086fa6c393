step("A", tests.connect
