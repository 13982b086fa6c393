//! Command lines and what they print: every `.toml` in `cases/`, with its folder, expected output and exit code.

#[test]
fn the_command_line_prints_what_the_cases_say() {
    trycmd::TestCases::new().case("tests/cases/*.toml");
}
