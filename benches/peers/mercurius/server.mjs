// Mercurius with its just-in-time compiler and loaders, on Fastify and pg.

import { readFileSync } from 'node:fs';

import Fastify from 'fastify';
import mercurius from 'mercurius';

import { taken } from './database.mjs';
import { loaders, resolvers } from './resolvers.mjs';

const schema = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');
const app = Fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
app.get('/recorded', () => taken());
console.log(`listening ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
