// Compiles the inner loop of chunking into src/holder/chunker-wasm.gen.ts. `node asm/build.js --check` compiles and
// fails where the committed bytes are others, so that what runs can be derived from what is read.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const SOURCE = fileURLToPath(new URL('chunker.ts', import.meta.url));
const TARGET = fileURLToPath(new URL('../src/holder/chunker-wasm.gen.ts', import.meta.url));
// One page for the table, 64 for the largest chunk (4 MiB); it never grows.
const PAGES = '65';

async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    ['chunker.ts', '--outFile', 'chunker.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', PAGES, '--maximumMemory', PAGES],
    {
      readFile: async (name) => (name === 'chunker.ts' ? readFile(SOURCE, 'utf8') : null),
      writeFile: async (name, contents) => {
        if (name === 'chunker.wasm') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return `// Made by asm/build.js from asm/chunker.ts.\nexport const CHUNKER_WASM =\n  '${Buffer.from(binary).toString('base64url')}';\n`;
}

const generated = await compile();
if (process.argv.includes('--check')) {
  if ((await readFile(TARGET, 'utf8')) !== generated) throw new Error('chunker-wasm.gen.ts is not what asm/chunker.ts compiles to');
} else await writeFile(TARGET, generated);
