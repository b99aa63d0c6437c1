// Entry point of the bundle.

import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from './app.js';

// WORKERS is filled in by bundle.mjs: label -> address on this server.
globalThis.MonacoEnvironment = {
  getWorker: (_id, label) => new Worker(WORKERS[label] ?? WORKERS.editor),
};

start({ createClient, createElement, createRoot, createGraphiQLFetcher, GraphiQL });
