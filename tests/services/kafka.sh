# shellcheck shell=bash
# Apache Kafka for tests/run: the address given, a container, or a private broker; in that order.
#
#   kafka_start     exports TEST_KAFKA_BROKERS and TEST_KAFKA_CONTROL, sets kafka_from and
#                   kafka_version; fails, with the reason on standard error, where none can be had
#   kafka_stop      stops and removes what kafka_start started, and nothing else
#   kafka_pause, kafka_resume, kafka_restart
#                   for tests of faults; they fail for a broker that was not started here
#
# TEST_KAFKA_CONTROL is a program that takes stop, start, pause or resume, and returns when that is
# done: the broker keeps its address and what it stores. It is empty for an address that was given.
# The private broker's process id is in the file `pid` beside it.
#
# Needs packages.sh, for what a private broker runs on.

# The version that docker-compose.yml names too.
kafka_local_version=4.3.1

kafka_from=
kafka_version=unknown
kafka_project= # the Compose project, where one was started
kafka_dir=     # the folder of the control program; of the private broker's data too
kafka_port=    # where the broker listens, on the loopback address
kafka_cluster= # the private broker's cluster id
kafka_lib=     # the folder of the private broker's jars
kafka_here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

kafka_start() {
    if [ -n "$kafka_dir" ]; then
        kafka_control start || return 1 # started before: once is enough
    elif [ -n "${TEST_KAFKA_BROKERS:-}" ]; then
        kafka_from=environment
        export TEST_KAFKA_CONTROL=
        kafka_find || return 1
    elif command -v docker >/dev/null && docker info >/dev/null 2>&1 &&
        docker compose version >/dev/null 2>&1 && kafka_start_compose; then
        kafka_from=compose
    elif kafka_start_local; then
        kafka_from=local
    else
        return 1
    fi
    echo "Apache Kafka $kafka_version ($kafka_from) at $TEST_KAFKA_BROKERS" >&2
}

kafka_stop() {
    [ -n "$kafka_dir" ] || return 0
    if [ -n "$kafka_project" ]; then
        kafka_compose down --volumes --timeout 5 >/dev/null 2>&1
        kafka_project=
    else
        kafka_end -KILL 10
    fi
    rm -rf "$kafka_dir"
    kafka_dir=
    unset TEST_KAFKA_BROKERS TEST_KAFKA_CONTROL
}

kafka_pause() { kafka_controlled pause; }
kafka_resume() { kafka_controlled resume; }
kafka_restart() { kafka_controlled stop && kafka_controlled start; }

kafka_controlled() {
    if [ -z "${TEST_KAFKA_CONTROL:-}" ]; then
        echo "this Kafka was not started here: it cannot be told to $1" >&2
        return 1
    fi
    "$TEST_KAFKA_CONTROL" "$1"
}

# kafka_answers HOST:PORT [CLUSTER]: whether a broker there answers a request for metadata, and with
# a broker that is alive; with a second argument: whether it is the broker of that cluster.
kafka_answers() {
    local host=${1%:*} answer
    host=${host#[} host=${host%]}
    # Version 2 of the request, without topics: it names the brokers, then the cluster.
    # shellcheck disable=SC2016 # expanded by the shell that is started
    answer=$(timeout 5 bash -c '
        exec 3<>"/dev/tcp/$0/$1" || exit
        printf "\0\0\0\x0e\0\x03\0\x02\0\0\0\0\xff\xff\0\0\0\0" >&3
        hex() { head -c "$1" <&3 | od -An -v -tx1 | tr -d " \n"; }
        size=$(hex 4)
        [ ${#size} = 8 ] && [ "$((16#$size))" -lt 1000000 ] && hex "$((16#$size))"' \
        "$host" "${1##*:}" 2>/dev/null) || return 1
    [ ${#answer} -gt 16 ] && [ "${answer:0:8}" = 00000000 ] && [ "${answer:8:8}" != 00000000 ] || return 1
    [ -z "${2:-}" ] || [[ $answer == *$(printf %s "$2" | od -An -v -tx1 | tr -d ' \n')* ]]
}

# The address given: one of its brokers has to answer. A paused or starting one is given time.
kafka_find() {
    local broker brokers deadline=$((SECONDS + 15))
    IFS=', ' read -ra brokers <<<"$TEST_KAFKA_BROKERS"
    while :; do
        for broker in "${brokers[@]}"; do
            if kafka_answers "$broker"; then return; fi
        done
        [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.5
    done
    echo "TEST_KAFKA_BROKERS is $TEST_KAFKA_BROKERS, but no Kafka broker answers there" >&2
    return 1
}

kafka_port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port that nobody listens on; below those that the system hands out by itself.
kafka_free_port() {
    local port
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((RANDOM % 12000 + 20000))
        kafka_port_taken "$port" || { echo "$port" && return; }
    done
    return 1
}

# kafka_ready: writes the control program, and says where it and the broker are.
kafka_ready() {
    local kafka_java
    {
        echo '#!/usr/bin/env bash'
        echo "# Controls a test run's Kafka at 127.0.0.1:$kafka_port: stop, start, pause or resume."
        if [ -z "$kafka_project" ]; then
            kafka_set_java
            echo "# Its process id is in $kafka_dir/pid, and this starts it:"
            echo "#   ${kafka_java[*]} kafka.Kafka $kafka_dir/server.properties"
        fi
        printf '. %q\n' "$kafka_here/tests/services/kafka.sh"
        printf '%s=%q\n' kafka_dir "$kafka_dir" kafka_port "$kafka_port" kafka_project "$kafka_project" \
            kafka_cluster "$kafka_cluster" kafka_lib "$kafka_lib"
        echo 'kafka_control "$@"'
    } >"$kafka_dir/control" && chmod +x "$kafka_dir/control" || return 1
    export TEST_KAFKA_BROKERS=127.0.0.1:$kafka_port TEST_KAFKA_CONTROL=$kafka_dir/control
}

# kafka_control stop|start|pause|resume: done when it returns; what is so already, stays so.
kafka_control() (
    exec 9>>"$kafka_dir/lock" || exit 1
    flock -w 120 9 || { echo "Kafka is being controlled by somebody else" >&2 && exit 1; }
    case ${kafka_project:+compose-}${1:-} in
    start) kafka_launch ;;
    stop) kafka_end -TERM 15 || kafka_end -KILL 10 ;;
    pause) kafka_alive && kafka_signal -STOP ;;
    resume) kafka_alive && kafka_signal -CONT && kafka_wait_ready 30 ;;
    compose-start)
        # A paused container can be neither started nor stopped.
        kafka_compose unpause kafka >/dev/null 2>&1
        kafka_compose up --detach --wait kafka >&2 && kafka_wait_ready 30
        ;;
    compose-stop)
        kafka_compose unpause kafka >/dev/null 2>&1
        kafka_compose stop --timeout 15 kafka >&2
        ;;
    compose-pause) kafka_compose pause kafka >&2 ;;
    compose-resume) kafka_compose unpause kafka >&2 && kafka_wait_ready 30 ;;
    *) echo "kafka: stop, start, pause or resume, not ${1:-nothing}" >&2 && exit 2 ;;
    esac
)

# kafka_wait_ready SECONDS: until the broker answers; not once its process is gone.
kafka_wait_ready() {
    local deadline=$((SECONDS + $1))
    until kafka_answers "127.0.0.1:$kafka_port" "$kafka_cluster"; do
        [ -n "$kafka_project" ] || [ ! -s "$kafka_dir/pid" ] || kafka_running || return 1
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "Kafka did not answer at 127.0.0.1:$kafka_port within $1 seconds" >&2
            return 1
        fi
        sleep 0.1
    done
}

# --- the container ---

# The port is chosen before, because the broker tells its clients which one to use.
kafka_compose() {
    ROOKERY_KAFKA_PORT=$kafka_port docker compose --file "$kafka_here/docker-compose.yml" \
        --project-name "$kafka_project" "$@" 9>&-
}

# A project of its own: the broker for development is another one.
kafka_start_compose() {
    kafka_dir=$(mktemp -d /tmp/rookery-kafka.XXXXXX) || return 1
    kafka_project=rookery-kafka-test-$$
    for _ in 1 2 3; do
        kafka_port=$(kafka_free_port) || break
        if kafka_compose up --detach --wait kafka >&2; then
            if ! kafka_wait_ready 30 || ! kafka_ready; then break; fi
            kafka_version=$(kafka_compose exec -T kafka /opt/kafka/bin/kafka-topics.sh --version 2>/dev/null |
                grep -oE '^[0-9]+(\.[0-9]+)+')
            kafka_version=${kafka_version:-unknown}
            return
        fi
        kafka_port_taken "$kafka_port" || break # by somebody else, while the image was fetched
    done
    echo "Kafka could not be started by Docker Compose; trying a local one" >&2
    kafka_stop
    return 1
}

# --- the private broker ---

# What Maven is asked for. The console tools are not needed, but help to look into a broker.
kafka_pom() {
    cat <<POM
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>rookery</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$kafka_local_version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>$kafka_local_version</version>
      <exclusions>
        <exclusion>
          <groupId>org.apache.kafka</groupId>
          <artifactId>connect-runtime</artifactId>
        </exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
POM
}

# kafka_install [maven]: what is missing of Java 17 and, to download, Maven.
kafka_install() {
    local missing=() found
    command -v java >/dev/null || missing+=(default-jre-headless)
    if [ "${1:-}" = maven ]; then command -v mvn >/dev/null || missing+=(maven); fi
    [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}" || return 1
    found=$(java --version 2>/dev/null | awk 'NR == 1 { print int($2) }')
    if [ "${found:-0}" -lt 17 ]; then
        echo "Apache Kafka $kafka_local_version needs Java 17 or newer; $(command -v java) is ${found:-older}" >&2
        return 1
    fi
}

# The jars, downloaded once for all checkouts of this user.
kafka_download() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/rookery
    kafka_lib=$cache/kafka-$kafka_local_version-$(kafka_pom | cksum | cut -d' ' -f1)
    if [ -d "$kafka_lib" ]; then
        kafka_install
        return
    fi
    kafka_install maven && mkdir -p "$cache" || return 1
    (
        exec 9>>"$cache/kafka.lock"
        flock -w 900 9 || { echo "another run is still downloading Kafka" >&2 && exit 1; }
        [ ! -d "$kafka_lib" ] || exit 0 # by another run, meanwhile
        echo "==> downloading Apache Kafka $kafka_local_version" >&2
        part=$cache/kafka.part
        rm -rf "$part" && mkdir "$part" && kafka_pom >"$part/pom.xml" || exit 1
        if timeout --foreground --kill-after=10 600 mvn --batch-mode --no-transfer-progress \
            --file "$part/pom.xml" -DincludeScope=runtime -DoutputDirectory="$part" \
            org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies >"$part/maven.log" 2>&1 9>&-; then
            mv "$part" "$kafka_lib"
        else
            echo "Apache Kafka $kafka_local_version could not be downloaded by Maven:" >&2
            { grep -m 1 'ERROR' "$part/maven.log" || tail -n 5 "$part/maven.log"; } >&2
            rm -rf "$part"
            exit 1
        fi
    )
}

kafka_config() {
    cat <<CONF
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$kafka_port,CONTROLLER://127.0.0.1:$1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$1
log.dirs=$kafka_dir/data
auto.create.topics.enable=true
num.partitions=12
# There is one broker.
default.replication.factor=1
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
offsets.topic.num.partitions=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.num.partitions=1
# Consumers come and go quickly: by the classic protocol of groups, then by the newer one.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.assignment.interval.ms=0
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=4194304
CONF
}

# Sets kafka_java: what every program of Kafka is started by. It is soon there rather than fast later.
kafka_set_java() {
    kafka_java=(java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData
        -Djava.io.tmpdir="$kafka_dir" -Dorg.apache.logging.log4j.level=INFO -cp "$kafka_lib/*")
}

# kafka_running: whether the process is there; one that took its number over is another one.
kafka_running() {
    local pid
    pid=$(cat "$kafka_dir/pid" 2>/dev/null) && [ -n "$pid" ] &&
        tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "$kafka_dir/server.properties"
}

kafka_alive() {
    kafka_running || { echo "Kafka is not running" >&2 && return 1; }
}

kafka_signal() {
    if kafka_running; then kill "$1" "$(cat "$kafka_dir/pid")"; fi
}

# kafka_end SIGNAL SECONDS: sends the signal and waits until the process has gone.
kafka_end() {
    local pid deadline=$((SECONDS + $2))
    kafka_running || return 0
    pid=$(cat "$kafka_dir/pid")
    kill "$1" "$pid" 2>/dev/null && kill -CONT "$pid" 2>/dev/null # a paused process does not hear anything else
    # One that nobody has asked about since it ended is as good as gone.
    while [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.05
    done
}

# Starts the process where there is none, and wakes a paused one.
kafka_launch() {
    local kafka_java
    if kafka_running; then
        kafka_signal -CONT
    else
        kafka_set_java
        rm -f "$kafka_dir/pid"
        # A session of its own, without anything of ours open: it outlives who starts it.
        # shellcheck disable=SC2016 # expanded by the shell that is started
        setsid bash -c 'echo $$ >"$0/pid" && exec "$@"' "$kafka_dir" \
            "${kafka_java[@]}" kafka.Kafka "$kafka_dir/server.properties" \
            </dev/null >>"$kafka_dir/server.log" 2>&1 9>&- &
    fi
    kafka_wait_ready 60 && return
    kafka_complain
    return 1
}

kafka_complain() {
    echo "the private Kafka broker did not start:" >&2
    { grep -hE ' (ERROR|FATAL) |^Caused by|Exception in' "$kafka_dir"/*.log ||
        tail -qn 5 "$kafka_dir"/*.log; } | tail -n 5 >&2
}

kafka_start_local() {
    local controller kafka_java started=
    kafka_download || return 1
    kafka_dir=$(mktemp -d /tmp/rookery-kafka.XXXXXX) || return 1
    # 16 bytes in base64, and not beginning with a dash.
    kafka_cluster=$(head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | tr -d '=')
    # A port in use fails the start: the next guess.
    for _ in 1 2 3; do
        if ! kafka_port=$(kafka_free_port) || ! controller=$(kafka_free_port); then
            echo "no free port was found for Kafka" >&2
            break
        fi
        kafka_config "$controller" >"$kafka_dir/server.properties"
        if [ ! -d "$kafka_dir/data" ]; then
            kafka_set_java
            if ! "${kafka_java[@]}" kafka.tools.StorageTool format --cluster-id "$kafka_cluster" \
                --config "$kafka_dir/server.properties" >"$kafka_dir/format.log" 2>&1; then
                kafka_complain
                break
            fi
        fi
        if kafka_ready && kafka_control start; then
            started=yes
            break
        fi
        kafka_control stop
        : >"$kafka_dir/server.log"
    done
    if [ -z "$started" ]; then
        kafka_stop
        return 1
    fi
    kafka_version=$kafka_local_version
}
