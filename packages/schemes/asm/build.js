// Compiles the inner loops into *-wasm.gen.ts. `node asm/build.js --check` compiles and fails where the committed bytes are
// others, so that what runs can be derived from what is read.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** What a loop works on has a named maximum: memory does not grow, but for tables, and those by whoever makes them. */
const LOOPS = [
  // One page for the table, 64 for the largest chunk (4 MiB).
  { name: 'chunker', target: '../src/holder/chunker-wasm.gen.ts', constant: 'CHUNKER_WASM', pages: '65', options: [] },
  // Tables are made as bases are met (src/keyless/pairing/bases.ts counts them): 256 MiB are far more than all of them.
  { name: 'target', target: '../src/keyless/pairing/target-wasm.gen.ts', constant: 'TARGET_WASM', pages: '1', most: '4096', options: ['--enable', 'simd'] },
  // Weights, a block, and sums of 256 bytes for each of its 2,048 sectors.
  { name: 'sectors', target: '../src/keyless/possession/sectors-wasm.gen.ts', constant: 'SECTORS_WASM', pages: '12', options: ['--enable', 'simd'] },
];

async function compile({ name, constant, pages, most = pages, options }) {
  let binary;
  const { error, stderr } = await asc.main(
    [`${name}.ts`, '--outFile', `${name}.wasm`, '-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', pages, '--maximumMemory', most, ...options],
    {
      // What it asks for besides is its own library, which it has within.
      readFile: (file) => readFile(new URL(file, import.meta.url), 'utf8').catch(() => null),
      writeFile: async (file, contents) => {
        if (file === `${name}.wasm`) binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return `// Made by asm/build.js from asm/${name}.ts.\nexport const ${constant} =\n  '${Buffer.from(binary).toString('base64url')}';\n`;
}

for (const loop of LOOPS) {
  const target = fileURLToPath(new URL(loop.target, import.meta.url));
  const generated = await compile(loop);
  if (!process.argv.includes('--check')) await writeFile(target, generated);
  else if ((await readFile(target, 'utf8')) !== generated) throw new Error(`${loop.target} is not what asm/${loop.name}.ts compiles to`);
}
