# `make help` lists the targets. Everything a target needs is installed when it is missing; see .ci/setup.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build demo demo-cluster dev test test-rust test-browser screenshots bench bench-flood bench-callgrind \
    bench-scale chaos fuzz mutants figures sbom lint fmt key clean

export PATH := $(HOME)/.cargo/bin:$(CURDIR)/target/tools/node_modules/.bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what building needs and is missing
	@.ci/setup build

build: setup ## build both servers and the browser's part, optimised, in target/release and target/site
	cargo build --release --package api
	cargo leptos build --release --precompress

demo: build ## start the stand-in provider, the api and the playground, and say where to go
	@cd end2end && npm run --silent demo

demo-cluster: build ## the same as several machines run it: PostgreSQL, two of each server, nginx in front
	@.ci/setup cluster
	@cd end2end && npm run --silent demo:cluster

dev: setup ## the demo while you work on it: the playground reloads when a file changes
	@cd end2end && npm run --silent dev

test: test-rust test-browser ## everything that proves the product

test-rust: setup ## the tests of the crates
	@.ci/setup test
	@# Each run compiles its dependencies as the build of its server does, so that they are compiled once.
	REQUIRE_POSTGRES=1 cargo test --release --package api
	cargo test --release --package playground
	REQUIRE_PYTHON_INTEROP=1 cargo test --release --package service --package token-crypto

test-browser: build ## the stand-in provider, then the whole product in a real Chromium
	@.ci/setup browser
	@.ci/setup cluster
	cd end2end && npm test

screenshots: build ## every page, light and dark, wide and narrow, in end2end/test-results/screens
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

figures: build ## what the tests refuse and try, counted while they do; SECURITY.md has the last ones
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
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package playground --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	@for tool in cargo-deny cargo-machete typos; do \
	    command -v $$tool >/dev/null || echo "lint: $$tool is not installed, so its part was left out: cargo install $${tool/typos/typos-cli}"; done
	@if command -v cargo-deny >/dev/null; then cargo deny --log-level error check bans licenses sources; fi
	@if command -v cargo-deny >/dev/null && cargo deny fetch db 2>/dev/null; then cargo deny check advisories; \
	    else echo "lint: the database of advisories cannot be fetched here, so it was left out"; fi
	@.ci/npm-audit
	@if command -v cargo-machete >/dev/null; then cargo machete; fi
	@if command -v typos >/dev/null; then typos; fi

fmt: ## format the code
	cargo fmt --all

key: ## print a new encryption key
	@cargo run --quiet --release --package api -- generate-key

clean: ## remove what was built and the demo's data
	cargo clean
	rm -rf .demo end2end/node_modules end2end/test-results
