import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import files from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/**
 * What the page may load and run: this origin alone, and WebAssembly, which the curve is. No inline script or style, no frame
 * around it, no form that goes anywhere. `blob:` is for documents shown in place, which were opened on the device.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Names of files in it carry the hash of their content. */
const HASHED = 'assets/';
const INDEX = 'index.html';

/**
 * Serves the built page: its files by name, and its index for every other address that is no one of the API's, so that a
 * page's address can be opened and reloaded. Gives false where there is no built page.
 */
export async function servePortal(app: FastifyInstance, folder: string): Promise<boolean> {
  const names = await namesIn(folder);
  if (!names.has(INDEX)) return false;
  await app.register(files, { root: folder, serve: false, cacheControl: false });
  app.get('/*', { config: { rateLimit: false } }, (request, reply) => {
    const path = request.url.split('?')[0]!.slice(1);
    const name = names.has(path) ? path : INDEX;
    // A missing asset is an old page asking for a file of its own build: an index in its place would only fail later.
    if (path === 'api' || path.startsWith('api/') || (name === INDEX && path.startsWith(HASHED)))
      return reply.callNotFound();
    return reply
      .header('content-security-policy', POLICY)
      .header('cache-control', name.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-store')
      .sendFile(name);
  });
  return true;
}

/** Files below a folder, by their path in it with forward slashes; none where there is no folder. */
async function namesIn(folder: string): Promise<Set<string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return new Set(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
      ),
  );
}
