# What people do here. Everything goes through the aliases of .cargo/config.toml, so plain cargo does as well.

# List the recipes.
default:
    @just --list

# Run all tests.
test:
    cargo suite

# Check formatting, lints, and, where cargo-deny is installed, licences and advisories.
lint:
    cargo fmt --all --check
    cargo lint
    if command -v cargo-deny > /dev/null; then cargo deny check; fi

# Build the sandbox's guest and keep it; commit what it writes.
guest:
    cargo run --locked --ignore-rust-version --package guest-recipe

# Run an example on its simulated bench.
run-example name="ESH10000121_FunctionalTest_v00":
    cargo rehearse run examples/{{ name }} --simulate

# Time the whole command, as released, on the example (needs hyperfine).
bench:
    cargo build --release --locked --ignore-rust-version
    hyperfine --warmup 3 '"${CARGO_TARGET_DIR:-target}/release/rehearse" run examples/ESH10000121_FunctionalTest_v00 --simulate --quiet'
