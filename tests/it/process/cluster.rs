//! A private PostgreSQL that takes orders, ended with its test.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// Takes an order a line, and answers each with a line. What is acknowledged there survives its
/// restart. Paused are the server and all its children, each of which has a session of its own.
const CLUSTER: &str = r#"
. tests/services/packages.sh; . tests/services/postgres.sh
unset TEST_DATABASE_URL
postgres_start_local || exit 1
as_postgres sed -i 's/^synchronous_commit.*/synchronous_commit = on/' "$postgres_dir/data/postgresql.conf"
as_postgres "$postgres_bin/pg_ctl" reload -D "$postgres_dir/data" -s
port=${TEST_DATABASE_URL##*:}; port=${port%%/*}
control() {
    as_postgres "$postgres_bin/pg_ctl" "$1" -D "$postgres_dir/data" -w -t 60 -s -m immediate \
        -l "$postgres_dir/server.log" -o "-p $port" >/dev/null 2>&1
}
signal() {
    local pid; pid=$(head -n 1 "$postgres_dir/data/postmaster.pid")
    kill "$1" "$pid" $(ps -o pid= --ppid "$pid")
}
ask() { "$postgres_bin/psql" -v ON_ERROR_STOP=1 -h "$postgres_dir" -p "$port" -U rookery -d rookery -XAtq "$@"; }
echo "$TEST_DATABASE_URL"
while read -r order rest; do
    case $order in
    restart) control restart ;;
    pause) signal -STOP ;;
    resume) signal -CONT ;;
    ask) ask -c "$rest" | tr '\n' ' '; echo; continue ;;
    hold)
        coproc HOLD { ask; }
        holder=$HOLD_PID
        echo "begin; $rest; select 'held';" >&"${HOLD[1]}"
        read -r _ <&"${HOLD[0]}" || { echo failed; continue; }
        ;;
    release) echo 'rollback; \q' >&"${HOLD[1]}"; wait "$holder" ;;
    *) echo "no such order"; continue ;;
    esac
    echo done
done
[ ! -s "$postgres_dir/data/postmaster.pid" ] || signal -CONT
postgres_stop
"#;

/// Whoever has it gives it orders.
pub struct Cluster {
    shell: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// Of a database in it.
    pub url: String,
}

impl Cluster {
    pub fn start() -> Self {
        let mut shell = Command::new("bash")
            .args(["-c", CLUSTER])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let orders = shell.stdin.take();
        let answers = BufReader::new(shell.stdout.take().expect("a pipe"));
        let mut cluster = Self {
            shell,
            orders,
            answers,
            url: String::new(),
        };
        cluster.url = cluster.line();
        assert!(
            !cluster.url.is_empty(),
            "the private PostgreSQL did not start"
        );
        cluster
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// `restart` without a goodbye to anybody, `pause`, `resume`, `hold LOCK TABLE …` and
    /// `release`: done when it returns.
    pub fn order(&mut self, order: &str) {
        assert_eq!(self.ask(order), "done", "{order}");
    }

    /// An order that is answered: `ask SELECT …` by what was found, on one line.
    pub fn ask(&mut self, order: &str) -> String {
        writeln!(self.orders.as_mut().expect("a shell"), "{order}").expect("an order");
        self.line()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The end of its input is the order to stop.
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}
