// Bundles the page into dist/: hashed, minified, gzipped files, and head.html, the tags that load them.
// The files are served from PREFIX; nothing in them is fetched from another host.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const PREFIX = '/playground/';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');

/** Runs esbuild, writes what it makes gzipped, and says which output each named entry became. */
async function bundle(options) {
  const { metafile, outputFiles } = await build({
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: 'dist',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    target: 'es2022',
    legalComments: 'eof', // the libraries' licences ask for their notices
    logLevel: 'warning',
    ...options,
    define: { 'process.env.NODE_ENV': '"production"', ...options.define },
  });
  for (const { path, contents } of outputFiles) {
    writeFileSync(`dist/${basename(path)}.gz`, gzipSync(contents, { level: 9 }));
  }
  const entries = Object.entries(metafile.outputs).filter(([, output]) => output.entryPoint);
  return (source) => PREFIX + basename(entries.find(([, output]) => output.entryPoint.endsWith(source))[0]);
}

// The editor's background work: one self-contained file each, so that `new Worker(address)` needs nothing but 'self'.
const worker = await bundle({
  format: 'iife',
  entryPoints: [
    'monaco-editor/esm/vs/editor/editor.worker.js',
    'monaco-editor/esm/vs/language/json/json.worker.js',
    'monaco-graphql/esm/graphql.worker.js',
  ],
});
const workers = {
  editor: worker('/editor.worker.js'),
  json: worker('/json.worker.js'),
  graphql: worker('/graphql.worker.js'),
};

const style = await bundle({ entryPoints: ['src/styles.css'] });

const script = await bundle({
  format: 'esm',
  splitting: true,
  entryPoints: ['src/main.js'],
  define: { WORKERS: JSON.stringify(workers) },
  loader: { '.css': 'empty' }, // graphiql/style.css, linked by the page, already holds the editor's
  // GraphiQL asks for prettier's old CommonJS entry points, whose named exports are lost on the way.
  alias: { 'prettier/parser-babel': 'prettier/plugins/babel', 'prettier/parser-graphql': 'prettier/plugins/graphql' },
});

writeFileSync(
  'dist/head.html',
  `<link rel="stylesheet" href="${style('src/styles.css')}">\n    <script type="module" src="${script('src/main.js')}"></script>`,
);
