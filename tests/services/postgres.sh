# shellcheck shell=bash
# PostgreSQL for tests/run: the address given, a container, or a private cluster; in that order.
#
#   postgres_start   exports TEST_DATABASE_URL and sets postgres_from and postgres_version;
#                    fails, with the reason on standard error, where no server can be had
#   postgres_stop    stops and removes what postgres_start started, and nothing else
#
# The server must let its user create databases, and preload pg_stat_statements, whose extension
# stands in template1, so that every database made from it counts its statements.

postgres_from=
postgres_version=unknown
postgres_project= # the Compose project, where one was started
postgres_dir=     # the private cluster's folder, where one was made
postgres_bin=     # the folder of the programs it runs

postgres_start() {
    if [ -n "${TEST_DATABASE_URL:-}" ]; then
        postgres_from=environment
        PATH=$PATH:$(postgres_programs) postgres_describe psql "$TEST_DATABASE_URL"
    elif command -v docker >/dev/null && docker info >/dev/null 2>&1 &&
        docker compose version >/dev/null 2>&1 && postgres_start_compose; then
        postgres_from=compose
    elif postgres_start_local; then
        postgres_from=local
    else
        return 1
    fi
    echo "PostgreSQL $postgres_version ($postgres_from)" >&2
}

postgres_stop() {
    if [ -n "$postgres_project" ]; then
        docker compose -p "$postgres_project" down --volumes --timeout 5 >/dev/null 2>&1
        postgres_project=
    fi
    if [ -n "$postgres_dir" ]; then
        as_postgres "$postgres_bin/pg_ctl" stop -D "$postgres_dir/data" -m immediate >/dev/null 2>&1
        rm -rf "$postgres_dir"
        postgres_dir=
    fi
}

# postgres_describe COMMAND…: the server's short version, by a psql that reaches it.
postgres_describe() {
    postgres_version=$(PGCONNECT_TIMEOUT=10 "$@" -XAtc 'select version()' 2>/dev/null | cut -d' ' -f2)
    postgres_version=${postgres_version:-unknown}
}

# postgres_extend COMMAND…: the extension, in what exists and in what is yet to be created.
postgres_extend() {
    local database
    for database in template1 rookery; do
        "$@" -d "$database" -qc 'create extension if not exists pg_stat_statements' || return 1
    done
    postgres_describe "$@" -d rookery
}

# A project of its own, on a port the engine chooses: the development database is another one.
postgres_start_compose() {
    local psql address
    postgres_project=rookery-test-$$
    psql=(docker compose -p "$postgres_project" exec -T postgres psql -U rookery)
    if ROOKERY_POSTGRES_PORT=0 docker compose -p "$postgres_project" up -d --wait postgres >&2 &&
        postgres_extend "${psql[@]}" &&
        "${psql[@]}" -qc 'alter system set fsync = off' -c 'alter system set full_page_writes = off' \
            -c 'alter system set synchronous_commit = off' -c 'select pg_reload_conf()' >/dev/null &&
        address=$(docker compose -p "$postgres_project" port postgres 5432); then
        export TEST_DATABASE_URL=postgres://rookery:rookery@$address/rookery
        # Its own programs are of its version, and ask nobody there for a password.
        export TEST_POSTGRES_INSIDE="docker compose -p $postgres_project exec -T postgres"
    else
        echo "PostgreSQL could not be started by Docker Compose; trying a local one" >&2
        postgres_stop
        return 1
    fi
}

# The newest server installed: the folder of its programs.
postgres_programs() {
    local newest
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ -x "$newest" ] || newest=$(command -v initdb)
    [ -n "$newest" ] && dirname "$newest"
}

# Debian's package starts a server of the machine's own when it is installed; not on our account.
postgres_install() {
    local conf=/etc/postgresql-common/createcluster.d/rookery-tests.conf status=0
    can_install postgresql || return 1
    as_root mkdir -p "${conf%/*}" && echo 'create_main_cluster = false' | as_root tee "$conf" >/dev/null
    install_packages postgresql || status=1
    as_root rm -f "$conf"
    return "$status"
}

# The server refuses to run as root; the package brings a user for it.
as_postgres() (
    cd "$postgres_dir" || exit 1
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u postgres -- "$@"
    else
        su postgres -s /bin/bash -c "$(printf '%q ' "$@")"
    fi
)

postgres_start_local() {
    local psql port=
    postgres_bin=$(postgres_programs) ||
        { postgres_install && postgres_bin=$(postgres_programs); } || return 1
    postgres_dir=$(mktemp -d /tmp/rookery-postgres.XXXXXX) || return 1
    [ "$(id -u)" != 0 ] || chown postgres "$postgres_dir"
    local password
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "$password" >"$postgres_dir/password"
    # The socket's folder is private, so who reaches it is trusted; on the port the password counts.
    as_postgres "$postgres_bin/initdb" -D "$postgres_dir/data" --username=rookery --encoding=UTF8 \
        --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 --no-sync \
        --pwfile="$postgres_dir/password" >"$postgres_dir/initdb.log" 2>&1 || { postgres_give_up; return 1; }
    cat >>"$postgres_dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$postgres_dir'
max_connections = 300
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = all
# Every test has a database of its own, and none of its statements may be forgotten.
pg_stat_statements.max = 50000
# Shorter than the server's lock timeout, so that a deadlock is counted as one.
deadlock_timeout = 100ms
# Nothing here outlives the run.
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    # A port in use fails the start: the next guess.
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((RANDOM % 12000 + 20000))
        as_postgres "$postgres_bin/pg_ctl" start -D "$postgres_dir/data" -w -t 60 -s \
            -l "$postgres_dir/server.log" -o "-p $port" 2>/dev/null && break
        port=
    done
    [ -n "$port" ] || { postgres_give_up; return 1; }
    psql=("$postgres_bin/psql" -h "$postgres_dir" -p "$port" -U rookery)
    { "${psql[@]}" -d postgres -qc 'create database rookery' && postgres_extend "${psql[@]}"; } ||
        { postgres_give_up; return 1; }
    export TEST_DATABASE_URL=postgres://rookery:$password@127.0.0.1:$port/rookery
}

postgres_give_up() {
    echo "the private PostgreSQL cluster did not start:" >&2
    tail -n 20 "$postgres_dir"/*.log >&2
    postgres_stop
}
