# `make help` lists the targets. Everything a target needs is installed when it is missing; see .ci/setup.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build quick demo demo-cluster dev test test-rust test-browser screenshots bench bench-flood bench-callgrind \
    bench-scale chaos fuzz mutants figures sbom lint fmt key clean

export PATH := $(HOME)/.cargo/bin:$(CURDIR)/target/tools/node_modules/.bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what building needs and is missing
	@.ci/setup build

build: setup ## build both servers and the browser's part, optimised, in target/release and target/site
	cargo build --release --package api --package playground
	cargo build --profile quick --package bindgen
	.ci/site

# With a test among them, cargo gives the dependencies what the tests want of them, and need not compile them again for
# `cargo test`.
quick: setup
	cargo build --profile quick --workspace --bins --test usage
	.ci/site

demo: quick ## start the stand-in provider, the api and the playground, and say where to go
	@cd end2end && npm run --silent demo

demo-cluster: quick ## the same as several machines run it: PostgreSQL, two of each server, nginx in front
	@.ci/setup cluster
	@cd end2end && npm run --silent demo:cluster

dev: setup ## the demo while you work on it: the playground reloads when a file changes
	@.ci/setup dev
	@cd end2end && npm run --silent dev

test: test-rust test-browser ## everything that proves the product

test-rust: quick ## the tests of the crates
	@.ci/setup test
	REQUIRE_POSTGRES=1 REQUIRE_PYTHON_INTEROP=1 cargo test --profile quick --workspace

test-browser: quick ## the stand-in provider, then the whole product in a real Chromium
	@.ci/setup browser
	@.ci/setup cluster
	cd end2end && npm test

screenshots: quick ## every page, light and dark, wide and narrow, in end2end/test-results/screens
	@.ci/setup browser
	cd end2end && npm run screenshots

bench: build ## what everything costs, in time, memory and bytes, beside its budget (RECORD=1 keeps it, MARKDOWN=1)
	@.ci/setup bench
	cd end2end && npm run --silent bench -- $(if $(RECORD),--record) $(if $(MARKDOWN),--markdown) $(if $(BENCH_LOGINS),--logins $(BENCH_LOGINS))

bench-flood: build ## how long real logins take while somebody floods the api
	@.ci/setup bench
	cd end2end && npm run --silent bench:flood

bench-callgrind: build ## how many instructions a request, a login and a logout take, the same on a busy machine
	@.ci/setup callgrind
	cd end2end && npm run --silent bench:callgrind

bench-scale: build ## whether a million people change what a login costs; prints the rows of docs/capacity.md
	@.ci/setup test
	@.ci/setup bench
	cd end2end && npm run --silent bench:scale

chaos: build ## what the cluster survives: killed servers, a wrong clock, a full disk and so on
	@.ci/setup chaos
	cd end2end && npm run --silent chaos

fuzz: setup ## let libFuzzer look for inputs that break what must hold, FUZZ_SECONDS a target (60)
	@crates/fuzz/run

mutants: setup ## change what security rests on, line by line, and see the tests notice (an hour); MUTANTS_OF=token-crypto|origins|oidc
	@.ci/setup mutants
	@.ci/mutants $(MUTANTS_OF)

figures: quick ## what the tests refuse and try, counted while they do; SECURITY.md has the last ones
	@.ci/setup test
	@.ci/setup browser
	@.ci/figures

sbom: setup ## list everything inside, as CycloneDX, in target/sbom
	@.ci/setup sbom
	@mkdir -p target/sbom
	@# It writes beside every Cargo.toml; only the two programs are shipped.
	@cargo cyclonedx --quiet --format json --spec-version 1.5
	@mv crates/api/api.cdx.json crates/playground/playground.cdx.json target/sbom/
	@rm -f crates/*/*.cdx.json
	@cd end2end && npm sbom --sbom-format cyclonedx --package-lock-only > ../target/sbom/end2end.cdx.json
	@ls target/sbom/*.cdx.json

lint: setup ## what the style asks for: format, clippy, dependencies, spelling
	@.ci/setup lint
	cargo fmt --all --check
	cargo clippy --profile quick --workspace --all-targets -- -D warnings
	cargo clippy --profile wasm-release --package playground --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	cargo deny --log-level error check bans licenses sources
	@if cargo deny fetch db 2>/dev/null; then cargo deny check advisories; \
	    else echo "lint: the database of advisories cannot be fetched here, so it was left out"; fi
	@node .ci/arrows.mjs
	@.ci/npm-audit
	cargo machete
	typos

fmt: ## format the code
	cargo fmt --all

key: ## print a new encryption key
	@cargo run --quiet --profile quick --package api -- generate-key

clean: ## remove what was built and the demo's data
	cargo clean
	rm -rf .demo end2end/node_modules end2end/test-results
