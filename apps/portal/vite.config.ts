import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

/** Packages of this repository are taken from their sources, in their form for browsers. */
const conditions = ['source', ...defaultClientConditions];

export default defineConfig({
  plugins: [react()],
  resolve: { conditions },
  worker: { format: 'es' },
  build: {
    outDir: 'dist/page',
    target: 'es2023',
    // The policy of the page allows no inlined script, font or preload helper of another origin.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The worker holds the curve as a WebAssembly module in text.
    chunkSizeWarningLimit: 1_500,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8480' } },
});
