// SPDX-License-Identifier: MIT OR Apache-2.0
// A web server for ping-pong's page, on loopback only. node serve.mjs [--port PORT] FOLDER…
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

const types = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  wasm: 'application/wasm',
};

/** The file of that name in the first folder that has it; names are plain ones of the types above. */
async function find(folders, name) {
  if (!/^\w[\w-]*\.(css|html|m?js|wasm)$/.test(name)) return undefined;
  for (const folder of folders) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return { path, size: found.size };
  }
  return undefined;
}

async function answer(request, response, folders, aliases) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const name = request.url.split('?')[0].slice(1) || 'index.html';
  const file = await find(folders, aliases[name] ?? name);
  if (!file) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such file here.\n');
    return;
  }
  const type = types[file.path.split('.').pop()];
  response.writeHead(200, {
    'content-type': type, 'content-length': file.size, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file.path).on('error', () => response.destroy()).pipe(response);
}

/** Serves files of these folders; the answer listens on 127.0.0.1. Port 0: a free one. Aliases: name asked, name given. */
export function serve(folders, port, aliases = {}) {
  const server = createServer((request, response) => { answer(request, response, folders, aliases); });
  return new Promise((ready, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => ready(server));
  });
}

async function main() {
  const given = argv.slice(2);
  const at = given.indexOf('--port');
  const port = at < 0 ? 0 : Number(given.splice(at, 2)[1]);
  if (given.length === 0 || !Number.isInteger(port) || port < 0 || port > 65535) {
    console.error('node serve.mjs [--port PORT] FOLDER…');
    process.exit(2);
  }
  const server = await serve(given, port);
  console.log(`http://127.0.0.1:${server.address().port}/`);
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  main().catch((error) => {
    console.error(`serve: ${error.message}`);
    process.exit(1);
  });
}
