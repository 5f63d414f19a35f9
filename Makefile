# `make help` lists what there is; a line with two hashes behind a target is its entry there.
.DEFAULT_GOAL := help
.PHONY: help run run-live test lint unit conformance browser quality faults bench screenshots image
.NOTPARALLEL:
SHELL := /bin/bash

# How many times `make faults` kills the hub while it links.
KILLS ?= 200
# The base images of `make image`, for places that have others.
IMAGE ?= linkhub
# A browser that hangs fails its test instead of holding up all others for ever.
NODE_TEST := node --test --test-concurrency=1 --test-timeout=600000 --test-reporter=spec

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Try everything: the hub beside an emulated Qlik Cloud, no account needed
	cargo run --example sandbox -- $(ARGS)

run-live: ## Run the hub against real Qlik Cloud
	cargo run -- serve $(ARGS)

test: ## Run every check below (CI runs this); installs what it needs
	@scripts/test.sh lint unit conformance browser quality faults

lint: ## Format, clippy, documentation, and rules for dependencies
	@scripts/install.sh build lint
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" cargo doc --locked --no-deps --document-private-items --quiet
	cargo deny --log-level error check bans licenses sources

# Twice as many tests at a time as the two processors of a small machine: many wait for the disk.
unit: ## Every Rust test, the store on SQLite and PostgreSQL (the emulated days: with the faults)
	@scripts/install.sh build postgres
	scripts/postgres.sh cargo test --locked -- --test-threads=4 --skip day::

conformance: ## Clients of Qlik and StackOne, Schemathesis, and the examples of docs/api.md and docs/webhooks.md
	@scripts/install.sh build conformance
	tests/conformance/run.sh

browser: ## The pages in a real browser, with and without JavaScript
	@scripts/install.sh build browser
	cargo build --locked --example sandbox
	cd tests/browser && CHROMIUM=$${CHROMIUM:-/usr/bin/chromium-headless-shell} $(NODE_TEST) *.test.mjs

quality: ## axe, Lighthouse, the Nu validator, HTTP Observatory, and the weight of pages
	@scripts/install.sh build quality
	cargo build --locked --example sandbox --bin linkhub
	cd tests/browser && $(NODE_TEST) quality/*.test.mjs

faults: ## Kills, a failing disk, a bad day of Qlik and the clock, two hubs, leaked secrets (KILLS=1000 for more)
	@scripts/install.sh build postgres faults
	cargo build --locked --bin linkhub --example qlik_emulator
	LINKHUB_TEST_DAY_ACCOUNTS=1000 cargo test --locked --test it day::every_status
	LINKHUB_TEST_DAY_ACCOUNTS=300 cargo test --locked --test it day::renewing
	KILLS=$(KILLS) scripts/postgres.sh python3 tests/faults/run.py

bench: ## Measure connect, lists and pages beside their bare baselines
	cargo bench --profile fast --bench hub $(ARGS)

screenshots: ## Make docs/screenshots anew from the running sandbox
	@scripts/install.sh build browser
	cargo build --locked --example sandbox
	node tests/browser/screenshots.mjs

image: ## Build the container image (docker or podman)
	$(or $(shell command -v docker),podman) build --tag $(IMAGE) .
