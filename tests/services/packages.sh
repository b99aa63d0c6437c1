# shellcheck shell=bash
# Debian packages, for tests/run, the services beside this file and .ci/run.

# as_root COMMAND…: as it is for root, else by sudo, which may only ask when somebody can answer.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# can_install NAME…: fails, with the reason on standard error, where apt-get cannot be had.
can_install() {
    if ! command -v apt-get >/dev/null; then
        echo "missing: $*; there is no apt-get here, install it by hand" >&2
        return 1
    elif [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        echo "missing: $*; installing it takes root or sudo" >&2
        return 1
    fi
}

install_packages() {
    can_install "$@" || return 1
    echo "==> installing $*" >&2
    (
        exec 9>>"/tmp/rookery-packages.$(id -u).lock"
        flock 9 # two runs may find the same thing missing
        apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
        as_root "${apt[@]}" update &&
            as_root "${apt[@]}" install -y --no-install-recommends "$@"
    ) >&2
}

# install_asleep NAME…: without starting what the packages would start as services of the machine.
install_asleep() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [ -e "$policy" ]; then
        install_packages "$@" # somebody has said already what may start
        return
    fi
    can_install "$@" || return 1
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null && as_root chmod 755 "$policy" || status=1
    [ "$status" != 0 ] || install_packages "$@" || status=1
    as_root rm -f "$policy"
    return "$status"
}
