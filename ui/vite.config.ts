// Builds into the server's static folder; the development server hands the API on to a running `hantu run server`.
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const SERVER = 'http://127.0.0.1:8700'

export default defineConfig({
  plugins: [vue()],
  build: {
    outDir: process.env.UI_OUT ?? '../src/hantu/api/static',
    emptyOutDir: true,
    target: 'es2022',
    // Data URLs of fonts and scripts are not allowed by the policy of the server; small pictures stay files too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { '/api': { target: SERVER, changeOrigin: true, headers: { origin: SERVER } } } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
