GREETING = "grьяe"
