// Entry point of the bundle.

import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
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

function useTabs() {
  const { addTab } = useGraphiQLActions();
  const editor = useGraphiQL((state) => state.queryEditor);
  return (text) => {
    addTab();
    editor?.setValue(text);
  };
}

start({ createClient, createElement, createRoot, createGraphiQLFetcher, GraphiQL, useTabs });
