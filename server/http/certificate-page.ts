import { routes } from '../protocol/routes.ts';
import type { Answer } from './answer.ts';

/** The installation's own certificate authority, for devices to trust. */
export interface Authority {
  readonly der: Uint8Array;
  /** SHA-256 of it, as devices show it. */
  readonly fingerprint: string;
}

/** Where it is downloaded. */
const download = `${routes.certificate}/familiar-faces.crt`;

/**
 * `/certificate`: how a technician makes tablets trust this installation, so that they lend it their cameras. A page
 * without scripts, served over plain http: the device does not trust us yet.
 *
 * @param host as the browser called us, with the port
 */
export function answerCertificate(pathname: string, host: string, authority: Authority): Answer | undefined {
  if (pathname === download) {
    return { status: 200, type: 'application/x-x509-ca-cert', body: authority.der, cache: 'never' };
  }
  if (pathname !== routes.certificate) return undefined;
  return { status: 200, type: 'text/html; charset=utf-8', body: page(host, authority), cache: 'never' };
}

const page = (host: string, { fingerprint }: Authority): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Familiar Faces: certificate</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<main>
<h1>Trust this installation</h1>
<p>Once on every tablet, for staff. Browsers lend a camera only to pages they trust.</p>
<p><a class="button" href="${download}">Download the certificate</a></p>
<h2>iPad</h2>
<ol>
<li>Open this page in Safari, tap the button above, then Allow.</li>
<li>Settings, Profile Downloaded (at the top), Install.</li>
<li>Settings, General, About, Certificate Trust Settings (at the end): switch on Familiar Faces.</li>
</ol>
<h2>Android</h2>
<ol>
<li>Tap the button above.</li>
<li>In Settings, search for “CA certificate”, tap Install anyway, and choose familiar-faces.crt.</li>
</ol>
<h2>A computer</h2>
<ul>
<li>Windows: open the file, Install Certificate, Local Machine, Trusted Root Certification Authorities.</li>
<li>macOS: open the file in Keychain Access, open it there, Trust, Always Trust.</li>
<li>Chrome on Linux: chrome://certificate-manager, Installed by you, Import.</li>
</ul>
<h2>Then</h2>
<p>Open <a href="https://${host}${routes.visitor}">https://${host}${routes.visitor}</a> on the visitors’ tablet, or
<a href="https://${host}${routes.curator}">https://${host}${routes.curator}</a> on the curator’s. If the browser warns,
the last step above is missing.</p>
<p class="small">SHA-256, to compare with what the device shows and <code>npx familiar-faces certificate</code> prints:
<code>${fingerprint}</code></p>
</main>
</html>
`;

const style = `
:root { color-scheme: dark; background: #0c0b0a; color: #f3ece1; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 40rem; margin: auto; padding: 2rem 1.5rem; }
h1 { font-weight: 500; } h2 { font-size: 1.125rem; margin: 1.75rem 0 0; } ol, ul { margin: 0.25rem 0; padding-left: 1.5rem; }
a { color: #ecd0a8; overflow-wrap: anywhere; }
.button { display: inline-block; background: #ecd0a8; color: #24180a; text-decoration: none; border-radius: 1rem; padding: 0.75rem 1.5rem; }
a:focus-visible { outline: 3px solid #ecd0a8; outline-offset: 3px; }
.small { font-size: 0.875rem; color: #c3b8a8; } code { overflow-wrap: anywhere; }
`;
