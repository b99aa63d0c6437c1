//! Resolves lists a level at a time: each relation of a level is asked once for all its objects, and
//! what the objects hold themselves is written down without a future for each field.
//!
//! async-graphql resolves object by object, with a boxed future for each field. Here a list ([`Many`])
//! collects the selected fields once, as the specification's CollectFields, and resolves them column
//! by column. A type says which of its fields are columns ([`Level::column`]); any other field is
//! resolved by async-graphql as ever, so that a type without columns needs none. What comes out is
//! the same: what the callers of the tests ask on SQLite is compared both ways.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use async_graphql::{
    Context, ContextSelectionSet, InputType, Name, OutputType, Positioned, QueryPathNode,
    QueryPathSegment, ServerError, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
    resolver_utils::{ContainerType, resolve_list},
};
use futures_util::future::{BoxFuture, FutureExt, join_all};

use super::context::Ask;
use crate::{
    error::{Error, Result},
    platform::db::Batch,
};

tokio::task_local! {
    static BY_OBJECT: ();
}

/// Runs `work` with every object resolved by itself, as async-graphql does: for tests, which compare.
pub async fn by_object<T>(work: impl Future<Output = T>) -> T {
    BY_OBJECT.scope((), work).await
}

/// A type whose objects stand in lists.
pub trait Level: ContainerType + Clone + 'static {
    /// Not so for interfaces and unions, whose objects are of several types.
    const IS_OBJECT: bool = true;

    /// How a field is resolved for all objects at once. `None`: object by object.
    fn column(_field: &str) -> Option<Column<Self>> {
        None
    }
}

/// How one field of many objects is resolved at once.
pub enum Column<T: Level> {
    /// The objects hold it.
    Ready(fn(&T, &Context<'_>) -> Value),
    /// It is loaded for all of them.
    Loaded(for<'a> fn(Selected<'a, T>) -> BoxFuture<'a, Answers>),
}

/// The value of a scalar or an enum.
pub fn plain(value: impl InputType) -> Value {
    value.to_value()
}

/// The value of a text.
pub fn text<'a>(text: impl Into<Option<&'a str>>) -> Value {
    text.into().map_or(Value::Null, Value::from)
}

/// A list whose objects are resolved together.
pub struct Many<T>(pub Vec<T>);

impl<T: Level> OutputType for Many<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        let objects = self.0.as_slice();
        if !T::IS_OBJECT || BY_OBJECT.try_with(|()| ()).is_ok() {
            return resolve_list(ctx, field, objects, Some(objects.len())).await;
        }
        let place = |n| index(ctx.path_node.as_ref(), n);
        let places: Vec<_> = (0..objects.len()).map(place).collect();
        let level = Objects {
            ctx: ctx.with_field(field),
            objects,
            places: &places,
        };
        let Answers { values, failed } = level.resolve().await;
        match failed.into_iter().next() {
            Some((n, error)) => Err(moved(error, &level.ctx, places[n])),
            None => Ok(Value::List(values)),
        }
    }
}

fn index<'a>(parent: Option<&'a QueryPathNode<'a>>, n: usize) -> QueryPathNode<'a> {
    let segment = QueryPathSegment::Index(n);
    QueryPathNode { parent, segment }
}

/// The same error at another place.
fn moved(error: ServerError, ctx: &Context<'_>, place: QueryPathNode<'_>) -> ServerError {
    let mut ctx: Context<'_> = ctx.clone();
    ctx.path_node = Some(place);
    ctx.set_error_path(error)
}

/// What came of a field of each object. Where it failed there is null, and the error besides.
#[derive(Default)]
pub struct Answers {
    values: Vec<Value>,
    /// By the number of the object.
    failed: BTreeMap<usize, ServerError>,
}

impl Answers {
    fn fail(&mut self, n: usize, error: ServerError) {
        self.failed.entry(n).or_insert(error);
    }
}

impl From<Vec<ServerResult<Value>>> for Answers {
    fn from(results: Vec<ServerResult<Value>>) -> Self {
        let mut answers = Self::default();
        for (n, result) in results.into_iter().enumerate() {
            let value = result.unwrap_or_else(|error| {
                answers.fail(n, error);
                Value::Null
            });
            answers.values.push(value);
        }
        answers
    }
}

/// The objects of a level, each with its place in the answer. The item of the context is the field
/// that they answer: its selection set is theirs.
struct Objects<'a, T> {
    ctx: Context<'a>,
    objects: &'a [T],
    places: &'a [QueryPathNode<'a>],
}

impl<T: Level> Objects<'_, T> {
    /// Boxed: levels lie within levels.
    fn resolve(&self) -> BoxFuture<'_, Answers> {
        match self.objects {
            [] => std::future::ready(Answers::default()).boxed(),
            _ if T::IS_OBJECT => self.by_column().boxed(),
            _ => self.one_by_one().boxed(),
        }
    }

    async fn by_column(&self) -> Answers {
        let fields = collect::<T>(&self.ctx);
        let mut columns = Vec::with_capacity(fields.len());
        let mut loading = Vec::new();
        for field in &fields {
            let mut ctx: Context<'_> = self.ctx.clone();
            ctx.item = field;
            let name = field.node.name.node.as_str();
            columns.push(match T::column(name) {
                Some(Column::Ready(of)) => Some((of, ctx)),
                column => {
                    let selected = Selected {
                        ctx,
                        objects: self.objects,
                        places: self.places,
                    };
                    loading.push(match column {
                        Some(Column::Loaded(load)) => load(selected),
                        _ => selected.one_by_one().boxed(),
                    });
                    None
                }
            });
        }
        let mut loaded = join_all(loading).await;
        let mut answers = Answers::default();
        for column in &mut loaded {
            for (n, error) in std::mem::take(&mut column.failed) {
                answers.fail(n, error);
            }
        }
        let mut loaded: Vec<_> = loaded
            .into_iter()
            .map(|column| column.values.into_iter())
            .collect();
        for object in self.objects {
            let mut loaded = loaded.iter_mut();
            let mut map = IndexMap::with_capacity(fields.len());
            for (field, column) in fields.iter().zip(&columns) {
                let value = match column {
                    Some((of, ctx)) => of(object, ctx),
                    None => loaded.next().and_then(Iterator::next).unwrap_or_default(),
                };
                map.insert(field.node.response_key().node.clone(), value);
            }
            answers.values.push(Value::Object(map));
        }
        answers
    }

    async fn one_by_one(&self) -> Answers {
        let field = self.ctx.item;
        let answers = self.objects.iter().zip(self.places);
        let answers = answers.map(|(object, place)| async move {
            let mut ctx: ContextSelectionSet<'_> =
                self.ctx.with_selection_set(&field.node.selection_set);
            ctx.path_node = Some(*place);
            object.resolve(&ctx, field).await
        });
        join_all(answers).await.into()
    }
}

/// The fields that are selected of a `T`: each key once, in order of appearance, with the selection
/// sets of all its fields.
fn collect<'a, T: Level>(ctx: &Context<'a>) -> Vec<Cow<'a, Positioned<Field>>> {
    let mut fields = Vec::new();
    add(
        ctx,
        &T::type_name(),
        &ctx.item.node.selection_set.node,
        &mut fields,
    );
    fields
}

fn add<'a>(
    ctx: &Context<'a>,
    ty: &str,
    set: &'a SelectionSet,
    fields: &mut Vec<Cow<'a, Positioned<Field>>>,
) {
    let applies = |condition: &Name| {
        let interfaces = ctx.schema_env.registry.implements.get(ty);
        condition == ty || interfaces.is_some_and(|all| all.contains(condition.as_str()))
    };
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                match fields
                    .iter_mut()
                    .find(|one| one.node.response_key().node == *key)
                {
                    Some(same) => {
                        let more = field.node.selection_set.node.items.iter().cloned();
                        same.to_mut().node.selection_set.node.items.extend(more);
                    }
                    None => fields.push(Cow::Borrowed(field)),
                }
            }
            Selection::FragmentSpread(spread) => {
                let fragment = ctx.query_env.fragments.get(&spread.node.fragment_name.node);
                let fragment =
                    fragment.filter(|one| applies(&one.node.type_condition.node.on.node));
                if let Some(fragment) = fragment {
                    add(ctx, ty, &fragment.node.selection_set.node, fields);
                }
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                if condition.is_none_or(|condition| applies(&condition.node.on.node)) {
                    add(ctx, ty, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
}

/// A field that was selected of all objects of a level.
pub struct Selected<'a, T> {
    ctx: Context<'a>,
    objects: &'a [T],
    places: &'a [QueryPathNode<'a>],
}

impl<'a, T: Level> Selected<'a, T> {
    /// The field, at no place in particular.
    pub fn ctx(&self) -> &Context<'a> {
        &self.ctx
    }

    /// The objects.
    pub fn objects(&self) -> &'a [T] {
        self.objects
    }

    /// An argument of the field.
    ///
    /// # Errors
    /// It is of another type.
    pub fn argument<V: InputType>(&self, name: &str) -> ServerResult<V> {
        self.ctx.param_value(name, None).map(|(_, value)| value)
    }

    fn place(&self, n: usize) -> QueryPathNode<'a> {
        QueryPathNode {
            parent: Some(&self.places[n]),
            segment: QueryPathSegment::Name(&self.ctx.item.node.response_key().node),
        }
    }

    /// Object by object, as async-graphql does.
    async fn one_by_one(self) -> Answers {
        let answers = self.objects.iter().enumerate().map(|(n, object)| {
            let mut ctx: Context<'_> = self.ctx.clone();
            ctx.path_node = Some(self.place(n));
            let name = ctx.item.node.name.node.as_str();
            async move {
                if name == "__typename" {
                    return Ok(Value::from(&*T::type_name()));
                }
                object
                    .resolve_field(&ctx)
                    .await
                    .map(Option::unwrap_or_default)
            }
        });
        join_all(answers).await.into()
    }

    /// Tells why there is nothing for the `n`th object, where there may be nothing.
    fn lack(&self, n: usize, error: Error) {
        let error = async_graphql::Error::from(error).into_server_error(self.ctx.item.pos);
        self.ctx.add_error(moved(error, &self.ctx, self.place(n)));
    }

    /// The same for all objects that have a key.
    pub fn lacks<K>(&self, keys: &[Option<K>], error: &Error) -> Answers {
        for (n, _) in keys.iter().enumerate().filter(|(_, key)| key.is_some()) {
            self.lack(n, error.clone());
        }
        Answers {
            values: vec![Value::Null; keys.len()],
            failed: BTreeMap::new(),
        }
    }

    /// The field fails, and every object with it.
    pub fn fails(&self, error: &ServerError) -> Answers {
        let failed = (0..self.objects.len()).map(|n| (n, error.clone()));
        Answers {
            values: vec![Value::Null; self.objects.len()],
            failed: failed.collect(),
        }
    }

    /// Loads relation `B` for all objects that have a key, each key once.
    ///
    /// # Errors
    /// The batch's.
    pub async fn load<B: Batch>(
        &self,
        keys: &[Option<B::Key>],
    ) -> Result<HashMap<B::Key, B::Value>> {
        let keys: HashSet<_> = keys.iter().flatten().cloned().collect();
        self.ctx
            .loaders()?
            .many::<B>(keys.into_iter().collect())
            .await
    }

    /// The field's object of each object, by the key that loads it; null where it has none.
    pub fn one<B, C>(self, key: fn(&T) -> Option<B::Key>) -> BoxFuture<'a, Answers>
    where
        B: Batch,
        C: Level + From<B::Value>,
    {
        async move {
            let keys: Vec<_> = self.objects.iter().map(key).collect();
            match self.load::<B>(&keys).await {
                Err(error) => self.lacks(&keys, &error),
                Ok(found) => {
                    let of = |key: Option<B::Key>| found.get(&key?).cloned().map(C::from);
                    self.held(keys.into_iter().map(of).collect()).await
                }
            }
        }
        .boxed()
    }

    /// A scalar of each object, by the key of what it is read from; null where it has none.
    pub fn read<B: Batch>(
        self,
        key: fn(&T) -> Option<B::Key>,
        show: impl Fn(Option<&B::Value>) -> Value + Send + 'a,
    ) -> BoxFuture<'a, Answers> {
        async move {
            let keys: Vec<_> = self.objects.iter().map(key).collect();
            match self.load::<B>(&keys).await {
                Err(error) => self.lacks(&keys, &error),
                Ok(found) => {
                    let of = |key: Option<B::Key>| key.map(|key| show(found.get(&key)));
                    Answers {
                        values: keys
                            .into_iter()
                            .map(|key| of(key).unwrap_or_default())
                            .collect(),
                        failed: BTreeMap::new(),
                    }
                }
            }
        }
        .boxed()
    }

    /// The field's object of each object, where it has one; null where it fails.
    pub async fn held<C: Level>(self, children: Vec<Option<C>>) -> Answers {
        let mut values = vec![Value::Null; children.len()];
        let (of, children): (Vec<_>, Vec<_>) = children
            .into_iter()
            .enumerate()
            .filter_map(|(n, child)| Some((n, child?)))
            .unzip();
        let places: Vec<_> = of.iter().map(|n| self.place(*n)).collect();
        let answers = self.below(&children, &places).await;
        answers
            .failed
            .into_values()
            .for_each(|error| self.ctx.add_error(error));
        for (n, value) in of.into_iter().zip(answers.values) {
            values[n] = value;
        }
        Answers {
            values,
            failed: BTreeMap::new(),
        }
    }

    /// The field's list of each object, which fails with any of its objects.
    pub async fn lists<C: Level>(self, lists: Vec<Vec<C>>) -> Answers {
        let lengths: Vec<_> = lists.iter().map(Vec::len).collect();
        let fields: Vec<_> = (0..lists.len()).map(|n| self.place(n)).collect();
        let places = lengths.iter().zip(&fields);
        let places = places.flat_map(|(length, field)| (0..*length).map(|k| index(Some(field), k)));
        let places: Vec<_> = places.collect();
        let children: Vec<C> = lists.into_iter().flatten().collect();
        let mut below = self.below(&children, &places).await;
        let (mut answers, mut values, mut from) = (Answers::default(), below.values.into_iter(), 0);
        for (n, length) in lengths.into_iter().enumerate() {
            answers
                .values
                .push(Value::List(values.by_ref().take(length).collect()));
            let rest = below.failed.split_off(&(from + length));
            if let Some((k, error)) = std::mem::replace(&mut below.failed, rest)
                .into_iter()
                .next()
            {
                answers.fail(n, moved(error, &self.ctx, places[k]));
            }
            from += length;
        }
        answers
    }

    async fn below<C: Level>(&self, objects: &[C], places: &[QueryPathNode<'_>]) -> Answers {
        let ctx: Context<'_> = self.ctx.clone();
        let level = Objects {
            ctx,
            objects,
            places,
        };
        level.resolve().await
    }
}
