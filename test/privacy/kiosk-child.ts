/**
 * Opens a page at port 8080 in the browser of docs/kiosk.md, by the options that it is started with there, and gives the
 * browser some seconds to ask whom it will. Its arguments: the browser, then its options.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [browser, ...options] = process.argv.slice(2);
// Without a window, and as root without the sandbox, which browsers refuse to root.
const here = ['--headless=new', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];

let isOpen = false;
createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end('<p>the wall</p>');
  if (isOpen) return;
  isOpen = true;
  setTimeout(() => {
    child.kill();
    process.exit(0);
  }, 15_000);
}).listen(8080, '127.0.0.1');
const child = spawn(browser, [...here, ...options], { stdio: 'ignore' });
child.once('exit', (code) => {
  process.stderr.write(`the browser ended with ${code}\n`);
  process.exit(1);
});
