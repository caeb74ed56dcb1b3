# Thin: each target is one command a reader could type.

.PHONY: demo test check bench

# The whole night on made-up extracts, in the embedded database. `buss` ends with 3 when something was quarantined,
# missing or held, which the demo's planted faults are there to show.
demo: postgresql
	cargo run -- demo || test $$? -eq 3

# Everything. Builds with the same profile as the demo, so dependencies are built once.
test: postgresql
	cargo test

# Before a commit.
check:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo test --lib
	cargo test --test it tidy::

bench:
	bash benches/run.sh

.PHONY: postgresql
# PostgreSQL's programs: installed where that is allowed, else one sentence on what to install.
postgresql:
	@sh scripts/postgresql.sh
