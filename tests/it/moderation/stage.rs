//! Staff, and what the audit log says of it.

use rookery::{accounts::Role, ids::NodeId, ids::PersonId, moderation::commands};
use serde_json::{Value, json};

use crate::support::{Caller, TestApp, attempt, outcome, text_of};

/// The person behind a caller.
pub fn person(caller: &Caller) -> PersonId {
    PersonId(NodeId::parse(&caller.id).expect("an id").id)
}

/// Somebody with a role, given from the command line.
pub async fn staff(app: &TestApp, handle: &str, role: Role) -> Caller {
    let caller = app.user(handle).await;
    let given = commands::set_role_as_operator(app.platform(), person(&caller), role).await;
    given.unwrap();
    caller
}

/// A moderator called `mod`.
pub async fn moderator(app: &TestApp) -> Caller {
    staff(app, "mod", Role::Moderator).await
}

/// Reports something, and returns the report's id.
pub async fn report(who: &Caller, subject: &str) -> String {
    let input = json!({ "subjectId": subject, "reason": "SPAM", "comment": "look" });
    let done = who.mutate("reportContent", input, "reportId").await;
    assert_eq!(outcome(&done), "done", "{}", who.handle);
    text_of(&done["reportId"])
}

/// Tries to report something.
pub async fn reporting(who: &Caller, subject: &str) -> String {
    attempt(
        who,
        "reportContent",
        json!({ "subjectId": subject, "reason": "SPAM" }),
    )
    .await
}

/// Tries to hide something.
pub async fn hiding(who: &Caller, subject: &str) -> String {
    let input = json!({ "subjectId": subject, "reason": "it is spam" });
    attempt(who, "hideContent", input).await
}

/// Tries to show something again.
pub async fn restoring(who: &Caller, subject: &str) -> String {
    let input = json!({ "subjectId": subject, "reason": "it was none" });
    attempt(who, "restoreContent", input).await
}

/// Tries to suspend somebody until further notice.
pub async fn suspending(who: &Caller, person: &Caller) -> String {
    let input = json!({ "userId": person.id, "reason": "enough" });
    attempt(who, "suspendUser", input).await
}

/// Tries to decide about a report.
pub async fn resolving(who: &Caller, report: &str, resolution: &str) -> String {
    let input = json!({ "reportId": report, "resolution": resolution });
    attempt(who, "resolveReport", input).await
}

const LOG: &str = "{ moderation { auditLog(first: 100) { nodes { \
    action subjectId reason actor { handle } } } } }";

/// The audit log as `staff` reads it, the oldest first: `ACTION Kind by actor: reason`.
pub async fn log(staff: &Caller) -> Vec<String> {
    let data = staff.query(LOG, json!({})).await;
    let nodes = data["moderation"]["auditLog"]["nodes"].as_array().unwrap();
    nodes.iter().rev().map(line).collect()
}

fn line(entry: &Value) -> String {
    let kind = entry["subjectId"]
        .as_str()
        .map_or("nothing", |id| id.split('_').next().unwrap_or_default());
    let actor = entry["actor"]["handle"].as_str().unwrap_or("nobody");
    let reason = entry["reason"].as_str().unwrap_or("-");
    let action = entry["action"].as_str().unwrap();
    format!("{action} {kind} by {actor}: {reason}")
}
