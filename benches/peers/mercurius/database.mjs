// Runs prepared statements over a pool; with --record it keeps what it ran, values included, for
// the scripts of "the database alone".

import pg from 'pg';

import { statements } from './statements.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, application_name: 'mercurius', max: 8 });
const recorded = process.argv.includes('--record') ? [] : null;

export async function rows(name, values) {
  const text = statements[name];
  recorded?.push({ text, values });
  return (await pool.query({ name, text, values })).rows;
}

/** What was run since the last call. */
export function taken() {
  return recorded?.splice(0) ?? [];
}
