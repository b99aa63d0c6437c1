//! What operators see and do: figures, traces, health, how a server ends, what it does when there is
//! more to do than it can.

mod dashboards;
mod figures;
mod lifecycle;
mod overload;
mod traces;
