//! The rows of one parent within the scan budget, and which of them the reader may see.

use sea_orm::{
    DbBackend, EntityTrait, Iterable,
    sea_query::{
        Alias, Asterisk, CaseStatement, Expr, ExprTrait, IntoIden, JoinType, Order as By, Query,
        SelectStatement, UnionType,
    },
};

use super::{ByCopies, List, Reader, parent_of_keys, scan_budget};
use crate::page::{MAX_COUNT, PageArgs, Position};

pub(super) const KEY: &str = "sort_key";
pub(super) const ID: &str = "sort_id";
/// The number of a row among those scanned.
pub(super) const PLACE: &str = "place";
/// Whether the reader may see the row.
pub const SHOWN: &str = "shown";

/// What was found of a row at its door.
pub fn door() -> Alias {
    Alias::new("door")
}

/// One end of a range: a position, and whether it belongs to the range.
type Bound = (Position, bool);

/// From where rows are looked at, in which direction, and how many at most.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    above: Option<Bound>,
    below: Option<Bound>,
    is_descending: bool,
    pub(super) budget: u64,
}

impl Scan {
    fn new(list: &impl List, start: Option<Bound>, end: Option<Bound>, from_end: bool) -> Self {
        let (above, below) = match list.is_descending() {
            true => (end, start),
            false => (start, end),
        };
        Self {
            above,
            below,
            is_descending: list.is_descending() != from_end,
            budget: 0,
        }
    }

    /// The rows that a page is cut from.
    pub(super) fn page(list: &impl List, args: PageArgs) -> Self {
        let bound = |position: Option<Position>| position.map(|position| (position, false));
        Self {
            budget: scan_budget(args.size.into()),
            ..Self::new(list, bound(args.after), bound(args.before), args.from_end)
        }
    }

    /// The rows before `end`, itself included, the nearest first.
    pub(super) fn until(list: &impl List, end: Position, size: u16) -> Self {
        Self {
            budget: scan_budget(size.into()),
            ..Self::new(list, None, Some((end, true)), true)
        }
    }

    /// The rows after `start`, itself included, the nearest first.
    pub(super) fn since(list: &impl List, start: Position, size: u16) -> Self {
        Self {
            budget: scan_budget(size.into()),
            ..Self::new(list, Some((start, true)), None, false)
        }
    }

    /// The rows that are counted.
    pub(super) fn count(list: &impl List) -> Self {
        Self {
            budget: scan_budget(MAX_COUNT),
            ..Self::new(list, None, None, false)
        }
    }

    /// The scanned rows that `reader` may see and, if the budget ends the scan, the last one,
    /// which they may not: in reading order, as a table that is named like the entity's and has
    /// its columns, [`KEY`], [`ID`] and [`PLACE`]. [`SHOWN`] tells the two apart.
    pub(super) fn seen<L: List>(self, list: &L, reader: &Reader) -> SelectStatement {
        let table = L::Entity::default().into_iden();
        let last = || Expr::col((table.clone(), Alias::new(PLACE))).eq(self.budget);
        let mut rows = Query::select();
        rows.from_subquery(self.numbered(list, reader), table.clone());
        let shown = if reader.backend() == DbBackend::Postgres {
            // A fence: judged once, for one row at a time. Elsewhere the planner may prefer to
            // read all people, say, once, where it takes many of the rows to be judged.
            let judged = list.door(reader).offset(0).take();
            let shown = || Expr::col((door(), Alias::new(SHOWN)));
            let always = Expr::cust("TRUE");
            rows.join_lateral(JoinType::InnerJoin, judged, door(), always)
                .and_where(last().or(shown()));
            shown()
        } else {
            let sees = list.sees(reader);
            rows.and_where(last().or(sees.clone()));
            CaseStatement::new().case(last(), sees).finally(true).into()
        };
        rows.expr_as(shown, Alias::new(SHOWN));
        self.order(&mut rows);
        rows
    }

    /// Whether it begins at the highest key.
    pub fn is_descending(&self) -> bool {
        self.is_descending
    }

    /// Below what the rows stand that are looked at.
    pub fn below(&self) -> Option<Position> {
        self.below.map(|(at, _)| at)
    }

    /// How many rows are looked at, of each class and of all.
    pub fn budget(&self) -> u64 {
        self.budget
    }

    fn by(self) -> By {
        match self.is_descending {
            true => By::Desc,
            false => By::Asc,
        }
    }

    /// Orders rows that have the columns [`KEY`] and [`ID`].
    fn order(self, rows: &mut SelectStatement) {
        rows.order_by(Alias::new(KEY), self.by())
            .order_by(Alias::new(ID), self.by());
    }

    fn numbered<L: List>(self, list: &L, reader: &Reader) -> SelectStatement {
        let number = match self.is_descending {
            true => "ROW_NUMBER() OVER (ORDER BY sort_key DESC, sort_id DESC)",
            false => "ROW_NUMBER() OVER (ORDER BY sort_key, sort_id)",
        };
        Query::select()
            .column(Asterisk)
            .expr_as(Expr::cust(number), Alias::new(PLACE))
            .from_subquery(self.merged(list, reader), Alias::new("scanned"))
            .take()
    }

    /// The rows of all classes in one order. Each class is limited too, so that it is read by its
    /// own index and no further.
    fn merged<L: List>(self, list: &L, reader: &Reader) -> SelectStatement {
        let classes = list.classes(reader, &self).into_iter();
        let mut classes = classes.map(|class| self.class(list, class));
        let first = classes.next().unwrap_or_default();
        let rest: Vec<_> = classes.collect();
        if rest.is_empty() {
            return first;
        }
        let wrap = |class| {
            Query::select()
                .column(Asterisk)
                .from_subquery(class, Alias::new("class"))
                .take()
        };
        let mut merged = wrap(first);
        for class in rest {
            merged.union(UnionType::All, wrap(class));
        }
        self.order(&mut merged);
        merged.limit(self.budget).take()
    }

    fn class<L: List>(self, list: &L, class: ByCopies) -> SelectStatement {
        let ByCopies { mut rows, key, id } = class;
        for column in <L::Entity as EntityTrait>::Column::iter() {
            rows.column((L::Entity::default(), column));
        }
        if let Some(parent) = list.parent() {
            rows.and_where(parent.eq(parent_of_keys()));
        }
        rows.expr_as(key.clone(), Alias::new(KEY))
            .expr_as(id.clone(), Alias::new(ID));
        self.narrow(&mut rows, key, id);
        rows
    }

    /// Leaves those of `rows` that are looked at, in order, by their key and id.
    pub fn narrow(&self, rows: &mut SelectStatement, key: Expr, id: Expr) {
        let place = || Expr::tuple([key.clone(), id.clone()]);
        rows.and_where_option(self.above.map(|(at, inclusive)| match inclusive {
            true => place().gte(value(at)),
            false => place().gt(value(at)),
        }))
        .and_where_option(self.below.map(|(at, inclusive)| match inclusive {
            true => place().lte(value(at)),
            false => place().lt(value(at)),
        }))
        .order_by_expr(key.clone(), self.by())
        .order_by_expr(id.clone(), self.by())
        .limit(self.budget);
    }
}

fn value(position: Position) -> Expr {
    Expr::tuple([Expr::val(position.key), Expr::val(position.id)])
}
