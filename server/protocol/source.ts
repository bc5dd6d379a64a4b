/**
 * Whom an address stands for where things are counted for each sender: an IPv4 address for itself, an IPv6 address for its
 * /64 network, since a single computer may use all of that. What is no address stands for itself.
 */
export function sourceOf(address: string): string {
  const [plain] = address.split('%');
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(plain);
  if (mapped) return mapped[1];
  if (!plain.includes(':')) return plain;
  try {
    const [head, tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::');
    const groups = (part = '') => part.split(':').filter(Boolean);
    const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
    const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail)];
    return `${all.slice(0, 4).join(':')}::/64`;
  } catch {
    return plain;
  }
}
