import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { forTestsOnly } from './table.js';

/**
 * @typedef {import('./imports.js').Import} Import
 * @typedef {import('./table.js').Zone} Zone
 */

/**
 * What a file imports and its zone must not.
 * @param {import('./repository.js').Source} source @param {Zone} zone @param {import('./repository.js').Repository} repository
 * @returns {import('./check.js').Failure[]}
 */
export function checkImports({ path, imports }, zone, repository) {
  return imports.flatMap((imported) => {
    const message = objection(path, imported, zone, repository);
    return message ? [{ path, line: imported.line, message }] : [];
  });
}

/** @param {string} path @param {Import} imported @param {Zone} zone @param {import('./repository.js').Repository} repository */
function objection(path, { specifier, names }, zone, repository) {
  if (specifier === undefined) return zone.name === 'bench' ? undefined : computed(zone);
  if (specifier.startsWith('.')) return relative(path, specifier, repository);
  if (specifier.startsWith('#')) return undefined;
  if (specifier.startsWith('@salus/')) return workspace(specifier, zone);
  if (isBuiltin(specifier)) return builtin(specifier, names, zone);
  return library(specifier, zone);
}

/** @param {Zone} zone */
const computed = (zone) =>
  `imports a module whose name is computed, and such an import cannot be checked, while ${zone.why}. Write the name as plain text.`;

/** @param {string} path @param {string} specifier @param {import('./repository.js').Repository} repository */
function relative(path, specifier, repository) {
  const target = posix.join(posix.dirname(path), specifier);
  const own = repository.packageOf(path);
  if (!own || !target.startsWith(`${own.folder}/src/`))
    return `imports ${specifier}, which lies outside of its package's sources, so that no table could say who knows what. Import the other package by its name, or move the file.`;
  // A wider door may hold a narrower one; nobody else enters by the front.
  if (own.doors.has(target) && !own.doors.has(path))
    return `imports ${specifier}, the package's own door, and files that import each other through it end in cycles. Import the file that declares what you need.`;
  return undefined;
}

/** @param {string} specifier @param {Zone} zone */
function workspace(specifier, zone) {
  if (allows(zone.workspace, specifier)) return undefined;
  if (forTestsOnly.includes(specifier.split('/').slice(0, 2).join('/')))
    return `imports ${specifier}, which is for tests only, and what ships must not lean on fakes. Move what you need into a package that ships.`;
  const may = zone.workspace.length > 0 ? `only ${zone.workspace.join(', ')}` : 'no other package';
  return `imports ${specifier}, but ${zone.name} may import ${may}: ${zone.why}. Move the code to where both are known, or pass what you need as an argument.`;
}

/** @param {string} specifier */
const isBuiltin = (specifier) =>
  specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '');

/** @param {string} specifier @param {string[]} names @param {Zone} zone */
function builtin(specifier, names, { builtins, name, why }) {
  if (builtins === true) return undefined;
  if (builtins === false)
    return `imports ${specifier}, a module of Node.js, but ${name} has none: ${why}. Take what it gives as an argument.`;
  const only = builtins[specifier.startsWith('node:') ? specifier : `node:${specifier}`];
  if (!only || (names.length > 0 && names.every((taken) => only.includes(taken)))) return undefined;
  const may = only.length > 0 ? `only ${only.join(', ')} of it` : 'nothing of it';
  return `imports ${names.join(', ') || 'all'} from ${specifier}, but ${name} may take ${may}: ${why}. Add what is missing to the sdk and call that.`;
}

/** @param {string} specifier @param {Zone} zone */
function library(specifier, { libraries, name, why }) {
  const parts = specifier.split('/');
  const wanted = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
  if (allows(libraries, wanted)) return undefined;
  const may = libraries.length > 0 ? `only ${libraries.join(', ')} from outside` : 'nothing from outside';
  return `imports ${wanted}, but ${name} may import ${may}: ${why}. Do without it, or add it to tools/arrows/table.js with a decision that says why.`;
}

/** @param {string[]} list @param {string} name */
const allows = (list, name) => list.includes('*') || list.includes(name);
