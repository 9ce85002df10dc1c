# Sourced by ./run and ./test: makes a virtual environment from a hashed lock, once.
# Needs bash, Python >= 3.11 with venv or virtualenv or uv, and a package index; no compiler.

find_python() {
    local candidate
    for candidate in "${ALPR_PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.14; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "alpr needs Python 3.11 or newer. Install it, or name it in ALPR_PYTHON." >&2
    return 1
}

make_environment() { # FOLDER PYTHON
    "$2" -m venv "$1" >/dev/null 2>&1 && return
    rm -rf "$1"
    "$2" -m virtualenv -q "$1" 2>/dev/null && return
    rm -rf "$1"
    command -v uv >/dev/null && uv venv -q --seed --python "$2" "$1" && return
    echo "Python's venv module is not complete. Install it (Debian: python3-venv) and run this again." >&2
    return 1
}

prepare_environment() { # FOLDER LOCK
    local folder="$1" lock="$2" python stamp_now
    stamp_now="$(cksum <"$lock") $(cksum <"$root/setup.sh") $root"
    if [ "$(cat "$folder/.stamp" 2>/dev/null || true)" = "$stamp_now" ]; then
        return
    fi
    python="$(find_python)"
    exec 9>"$folder.lock"
    ! command -v flock >/dev/null || flock 9
    if [ "$(cat "$folder/.stamp" 2>/dev/null || true)" != "$stamp_now" ]; then
        echo "Setting up $(basename "$folder") (once, about a minute) ..." >&2
        rm -rf "$folder"
        make_environment "$folder" "$python"
        "$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
            --only-binary :all: --require-hashes -r "$lock" >&2
        # The checkout itself: found by name from anywhere, ahead of nothing in the working folder.
        "$folder/bin/python" - "$root" <<'PY'
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "alpr-tui.pth").write_text(sys.argv[1] + "\n")
PY
        printf '%s\n' "$stamp_now" >"$folder/.stamp"
    fi
    exec 9>&-
}
