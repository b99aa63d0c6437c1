//! Takes away all reactions of somebody.

use sea_orm::{ConnectionTrait, Statement};

use crate::{
    error::Result,
    personal::{Erasure, Leaving},
    platform::Platform,
};

/// See [`PersonalData::erase`](crate::personal::PersonalData::erase). They go once they are counted
/// no more, so that no number has to be changed with them.
pub async fn erase(p: &Platform, leaving: Leaving) -> Result<Erasure> {
    let person = [leaving.person.0.into()];
    let counted = "SELECT 1 FROM reaction WHERE person_id = $1 AND is_counted LIMIT 1";
    let counted = Statement::from_sql_and_values(p.db.backend(), counted, person.clone());
    if p.db.background().query_one_raw(counted).await?.is_some() {
        return Ok(Erasure::Waiting("public numbers still count reactions"));
    }
    let own = "DELETE FROM reaction WHERE id IN (SELECT id FROM reaction WHERE person_id = $1 \
               LIMIT {step})";
    p.db.drain(&[own], &person).await?;
    Ok(Erasure::Done)
}
