# Every target is a script in scripts/; this page lists them.

.DEFAULT_GOAL := help
.PHONY: help run test test-services check fix dev bench bench-peers bench-quality bench-first-segment bench-cores bench-workers bench-move weigh soak

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what is missing, build, and serve on http://127.0.0.1:8080 (data in ./data)
	@scripts/run

test: ## install what the tests need, then every check and test, the browser's included
	@scripts/test

test-services: ## the same suites against real services, started on loopback and stopped (Apache Kafka, PostgreSQL, S3, nginx)
	@scripts/test-services

check: ## what CI checks without running tests: formats, lints, types, licences, generated files
	@scripts/check

fix: ## repair what a tool can repair: formats, lints, generated files
	@scripts/fix

dev: ## server and web app with reload, on http://127.0.0.1:5173
	@scripts/dev

bench: ## measure the libraries (a release build of its own, some minutes)
	@scripts/bench

bench-peers: ## our engine against ffmpeg commands, in turn (CLIP=film.mp4 TURNS=5 PRESET=veryfast PLOT=out.svg)
	@scripts/bench-peers

bench-quality: ## BD-rate of our rungs against one continuous encode (CLIP=film.mp4 PRESET=veryfast CRFS=19,23,27,31 JSON=out.json)
	@scripts/bench-quality

bench-first-segment: ## the wait for the first verified segment of a film of three hours (CLIP=film.mp4 TURNS=5)
	@scripts/bench-first-segment

bench-cores: ## the same run on one core, two, and so on (CLIP=film.mp4 TURNS=3 PRESET=veryfast)
	@scripts/bench-cores

bench-workers: ## one film shared by one, two and four worker processes (CLIP=film.mp4 TURNS=3 WORKERS=1,2,4)
	@scripts/bench-workers

bench-move: ## how long writers wait while a library is moved to PostgreSQL (VIDEOS=100,1000)
	@scripts/bench-move

weigh: ## measure the platform: readiness, idle memory, first frame, the site while it encodes
	@scripts/weigh

soak: ## 20,000 mutated films, the crash suite with 20 seeds, Kafka away for ten minutes (an hour and a half)
	@scripts/soak
