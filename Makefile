# `make help` lists the targets. Everything a target needs is installed when it is missing; see .ci/setup.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build quick demo demo-cluster dev test test-rust test-browser screenshots bench bench-flood bench-callgrind \
    bench-scale chaos deb test-deb release test-release image test-image test-upgrade fuzz mutants figures sbom lint fmt key clean

export PATH := $(HOME)/.cargo/bin:$(CURDIR)/target/tools/node_modules/.bin:$(CURDIR)/end2end/node_modules/.bin:$(PATH)

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what is missing to build
	@.ci/setup build

# The WASM is compiled beside the programs: towards its end each of the two occupies only one core.
build: setup ## build both servers and the browser's part, optimised, in target/release and target/site
	.ci/site compile & cargo build --release --package api --package playground || { kill $$!; exit 1; }; wait $$!
	cargo build --profile quick --package bindgen
	.ci/site

# With a test in the list, cargo compiles the dependencies with the features that the tests need, and `cargo test` does
# not compile them again.
quick: setup
	.ci/site compile & cargo build --profile quick --workspace --bins --test usage || { kill $$!; exit 1; }; wait $$!
	.ci/site

demo: quick ## start the stand-in provider, the api, the playground and a site behind nginx, and say where to go
	@.ci/setup demo
	@cd end2end && npm run --silent demo

demo-cluster: quick ## start the demo as on several machines: PostgreSQL, two of each server, nginx in front
	@.ci/setup cluster
	@cd end2end && npm run --silent demo:cluster

dev: setup ## start the demo to work on it: the playground reloads when a file changes
	@.ci/setup dev
	@cd end2end && npm run --silent dev

test: test-rust test-browser ## run all tests

# Many tests wait for a time limit, so there are more of them at once than cores.
test-rust: export RUST_TEST_THREADS := $(shell expr 2 \* `nproc`)
test-rust: quick ## run the tests of the crates
	@.ci/setup test & cargo test --profile quick --workspace --no-run && wait $$!
	@.ci/scratch .ci/rust-tests

test-browser: quick ## test the stand-in provider, then the whole product in a real Firefox, WebKit and Chromium
	@.ci/setup browser
	@.ci/setup cluster
	@.ci/setup proxies
	cd end2end && ../.ci/scratch npm test

screenshots: quick ## take pictures of every page, in end2end/test-results/screens, and those of the README, in docs/screenshots
	@.ci/setup browser
	cd end2end && npm run screenshots

bench: build ## measure time, memory and bytes, and compare them with their budgets (RECORD=1 keeps the run, MARKDOWN=1, ONLY=front)
	@.ci/setup bench
	cd end2end && npm run --silent bench -- $(ONLY) $(if $(RECORD),--record) $(if $(MARKDOWN),--markdown) $(if $(BENCH_LOGINS),--logins $(BENCH_LOGINS))

bench-flood: build ## measure how long real logins take while somebody floods the api
	@.ci/setup bench
	cd end2end && npm run --silent bench:flood

bench-callgrind: build ## count the instructions of a request, a login and a logout: the same on a busy machine
	@.ci/setup callgrind
	cd end2end && npm run --silent bench:callgrind

bench-scale: build ## measure whether a million people make a login slower; prints the rows of docs/capacity.md (ONLY=sqlite)
	@.ci/setup test
	@.ci/setup bench
	cd end2end && npm run --silent bench:scale -- $(ONLY)

chaos: build ## test what the cluster survives: killed servers, a wrong clock, a full disk and so on
	@.ci/setup chaos
	cd end2end && npm run --silent chaos

fuzz: setup ## let libFuzzer search for inputs that break an assertion, FUZZ_SECONDS for each target (60)
	@crates/fuzz/run

mutants: setup ## change the security code line by line and check that a test fails (an hour); MUTANTS_OF=token-crypto|origins|oidc
	@.ci/setup mutants
	@.ci/mutants $(MUTANTS_OF)

figures: quick ## count what the tests refuse and try; SECURITY.md has the last figures
	@.ci/setup test
	@.ci/setup browser
	@.ci/figures

deb: build ## build the Debian packages, in target/debian
	@.ci/setup deb
	@.ci/deb

# As fast as `make quick`, and in a folder of its own: these packages are for the test alone.
test-deb: quick ## install the packages on a fresh Debian with a real systemd, log in, upgrade, remove (as root, minutes)
	@.ci/setup deb
	@.ci/setup test-deb
	cd end2end && npm run --silent test:packages

# PROFILE=quick compiles in minutes what `release` takes long for, to try all of this. OF is where it goes.
PROFILE = release
test-image: PROFILE = quick
OF = $(if $(filter release,$(PROFILE)),target/dist,target/dist-$(PROFILE))

release: setup sbom ## build static programs for any Linux, with checksums and lists of dependencies, in target/dist
	@.ci/setup release
	cargo build --profile quick --package bindgen
	.ci/site
	.ci/release $(PROFILE) $(OF)

# In a folder elsewhere, so that a path in a program would show. SOURCE_DATE_EPOCH is that of the last commit in both.
test-release: release ## build the same once more, elsewhere, and compare every byte (twice the time of make release)
	@.ci/test-release $(PROFILE) $(OF)

image: release ## build a container image of the release with buildah, and pack it in target/dist
	@.ci/setup image
	@.ci/image $(OF)

test-image: image ## run the root file system of the image as an engine would, and log in (as root, minutes)
	@.ci/setup cluster
	cd end2end && IMAGE=$$(ls $(CURDIR)/$(OF)/*-image.tar) npm run --silent test:image

test-upgrade: quick ## run an earlier api, OLD=COMMIT, and this one side by side on one database, then this one and a later one
	@.ci/setup cluster
	cd end2end && EARLIER=$$(../.ci/other-version earlier $(OLD)) LATER=$$(../.ci/other-version later) npm run --silent test:upgrade

sbom: setup ## list all dependencies, as CycloneDX, in target/sbom
	@.ci/setup sbom
	@mkdir -p target/sbom
	@# cargo-cyclonedx writes a file beside every Cargo.toml; only the two programs are shipped.
	@# The same commit gives the same list, wherever it was made.
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) cargo cyclonedx --quiet --format json --spec-version 1.5
	@sed -i 's|path+file://$(CURDIR)/|path+file:///passerelle/|g' crates/api/api.cdx.json crates/playground/playground.cdx.json
	@mv crates/api/api.cdx.json crates/playground/playground.cdx.json target/sbom/
	@rm -f crates/*/*.cdx.json
	@cd end2end && npm sbom --sbom-format cyclonedx --package-lock-only > ../target/sbom/end2end.cdx.json
	@ls target/sbom/*.cdx.json

lint: setup ## check format, clippy, dependencies and spelling
	@.ci/setup lint
	cargo fmt --all --check
	cargo clippy --profile quick --workspace --all-targets -- -D warnings
	cargo clippy --profile wasm-release --package playground --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	cargo deny --log-level error check bans licenses sources
	@if cargo deny fetch db 2>/dev/null; then cargo deny check advisories; \
	    else echo "lint: the advisory database cannot be fetched here, so advisories were not checked"; fi
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
