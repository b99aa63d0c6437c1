// Resolvers of root fields, and loaders of everything below them, as Mercurius's documentation has
// them. Without its cache, which would serialise every object to make a key.

import { rows } from './database.mjs';

const cursor = (post) => post && `${post.createdAt} ${post.id}`;
const posts = (nodes) => ({ nodes, pageInfo: { endCursor: cursor(nodes.at(-1)) } });

export const resolvers = {
  Query: {
    async explore(_, { first, after }) {
      return posts(await (after ? rows('newestAfter', [first, ...after.split(' ')]) : rows('newest', [first])));
    },
    user: async (_, { handle }) => (await rows('byHandle', [handle]))[0],
    conversationsOf: async (_, { reader }) => ({ nodes: await rows('conversationsOf', [reader]) }),
    conversation: (_, { id }) => ({ id }),
    homeFeedOfMany: async (_, { reader }) => posts(await rows('feedOfMany', [reader])),
    homeFeedOfFew: async (_, { reader }) => posts(await rows('feedOfFew', [reader])),
  },
  Mutation: {
    createComment: async (_, { postId, authorId, body }) => (await rows('addComment', [postId, authorId, body]))[0],
  },
};

/** The object that each of `queries` names by `key`; every one is fetched once. */
const one = (statement, key) => ({
  async loader(queries) {
    const keys = [...new Set(queries.map(({ obj }) => obj[key]))];
    const found = new Map((await rows(statement, [keys])).map((row) => [row.id, row]));
    return queries.map(({ obj }) => found.get(obj[key]));
  },
  opts: { cache: false },
});

/** The first rows that belong to each of `queries`, by the column `of`. */
const many = (statement, of, shape = (nodes) => ({ nodes })) => ({
  async loader(queries) {
    const keys = [...new Set(queries.map(({ obj }) => obj.id))];
    const lists = new Map(keys.map((key) => [key, []]));
    for (const row of await rows(statement, [keys, queries[0].params.first])) lists.get(row[of]).push(row);
    return queries.map(({ obj }) => shape(lists.get(obj.id)));
  },
  opts: { cache: false },
});

const messages = {
  loader: (queries) =>
    Promise.all(
      queries.map(async ({ obj, params }) => ({ nodes: (await rows('messagesOf', [obj.id, params.last])).reverse() })),
    ),
  opts: { cache: false },
};

export const loaders = {
  User: { posts: many('postsOf', 'author_id', posts) },
  Post: { author: one('people', 'author_id'), comments: many('commentsOf', 'post_id') },
  Comment: { author: one('people', 'author_id') },
  Conversation: {
    members: many('membersOf', 'conversation_id'),
    lastMessage: one('messages', 'last_message_id'),
    messages,
  },
  Member: { user: one('people', 'person_id') },
  Message: { sender: one('people', 'sender_id') },
};
