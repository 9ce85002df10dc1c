# Sourced by ./run and ./test: makes a virtual environment from a hashed lock, once.
# Needs bash, Python >= 3.11 with venv or virtualenv or uv, and a package index; no compiler.

# Another Python's library, or another project's packages, must not come before ours. Many containers set
# PYTHONDONTWRITEBYTECODE; each start would compile all our modules again, about a second of the processor.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

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

is_ready() { # FOLDER STAMP
    [ -x "$1/bin/python" ] && [ "$(cat "$1/.stamp" 2>/dev/null || true)" = "$2" ]
}

stop_set_up() {
    [ -z "$pip_id" ] || kill "$pip_id" 2>/dev/null || true
    echo "Set-up stopped; the next start begins it again." >&2
    exit 130
}

prepare_environment() { # FOLDER LOCK
    local folder="$1" lock="$2" python stamp_now
    stamp_now="$(cksum <"$lock") $(cksum <"$root/setup.sh") $root"
    if is_ready "$folder" "$stamp_now"; then
        return
    fi
    python="$(find_python)"
    exec 9>"$folder.lock"
    ! command -v flock >/dev/null || flock 9
    if ! is_ready "$folder" "$stamp_now"; then
        echo "Setting up $(basename "$folder") (once, about a minute) ..." >&2
        build_environment "$folder" "$lock" "$python" "$stamp_now"
    fi
    exec 9>&-
}

# Built beside and then renamed: a box that runs from the old one keeps its files until then.
build_environment() { # FOLDER LOCK PYTHON STAMP
    local folder="$1" new="$1.new" old="$1.old" pip_id=""
    trap stop_set_up INT TERM
    rm -rf "$new" "$old"
    make_environment "$new" "$3"
    # In the background pip does not get Ctrl-C itself, and so does not answer with a traceback.
    "$new/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
        --only-binary :all: --require-hashes -r "$2" >&2 &
    pip_id=$!
    wait "$pip_id"
    pip_id=""
    "$new/bin/python" - "$root" "$new" "$folder" <<'PY'
import pathlib, sys, sysconfig
root, new, folder = sys.argv[1:]
# The checkout itself: found by name from anywhere, ahead of nothing in the working folder.
pathlib.Path(sysconfig.get_path("purelib"), "alpr-tui.pth").write_text(root + "\n")
for script in pathlib.Path(new, "bin").iterdir():  # they name their Python by its full path
    if script.is_file() and not script.is_symlink() and b"\0" not in (text := script.read_bytes()):
        script.write_bytes(text.replace(new.encode(), folder.encode()))
PY
    printf '%s\n' "$4" >"$new/.stamp"
    [ ! -e "$folder" ] || mv "$folder" "$old"
    mv "$new" "$folder"
    rm -rf "$old"
    trap - INT TERM
}
