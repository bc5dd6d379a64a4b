import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));

/**
 * The pages: `dist/pages/<page>/index.html` each, their scripts, styles and fonts together in `dist/pages/assets/`.
 * The addresses they are served at stand in `server/protocol/routes.ts`.
 */
const pages = {
  display: 'display/index.html',
  visitor: 'controller/visitor/index.html',
  curator: 'controller/curator/index.html',
  plain: 'controller/plain/index.html',
};

export default defineConfig({
  root,
  // No public folder: everything a page needs is imported by it.
  publicDir: false,
  build: {
    outDir: 'dist/pages',
    emptyOutDir: true,
    // Tablets in museums are not young: the oldest with dynamic viewport heights.
    target: ['safari15.4', 'chrome108', 'firefox101'],
    // How long plugins take depends on the computer; an installation should be quiet.
    rolldownOptions: { input: pages, checks: { pluginTimings: false } },
    // The wall's Three.js is that large, and comes from next door.
    chunkSizeWarningLimit: 800,
  },
});
