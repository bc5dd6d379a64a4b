/**
 * OSC 1.0 address patterns: `?` one character, `*` any number, `[a-c]` and `[!a-c]` one of a set, `{one,two}` one of some
 * words; none of them crosses a slash. Walks both strings with memory of dead ends, so that no pattern takes long.
 */
export const isPattern = (address: string): boolean => /[?*[\]{}]|\/\//.test(address);

export function matches(pattern: string, address: string): boolean {
  const dead = new Set<number>();
  const walk = (p: number, a: number): boolean => {
    if (p === pattern.length) return a === address.length;
    const key = p * (address.length + 1) + a;
    if (dead.has(key)) return false;
    const found = step(p, a);
    if (!found) dead.add(key);
    return found;
  };
  const step = (p: number, a: number): boolean => {
    const here = address[a];
    switch (pattern[p]) {
      case '*':
        return walk(p + 1, a) || (here !== undefined && here !== '/' && walk(p, a + 1));
      case '?':
        return here !== undefined && here !== '/' && walk(p + 1, a + 1);
      case '[': {
        const end = pattern.indexOf(']', p);
        if (end < 0 || here === undefined || here === '/') return false;
        return inSet(pattern.slice(p + 1, end), here) && walk(end + 1, a + 1);
      }
      case '{': {
        const end = pattern.indexOf('}', p);
        if (end < 0) return false;
        const words = pattern.slice(p + 1, end).split(',');
        return words.some((word) => address.startsWith(word, a) && walk(end + 1, a + word.length));
      }
      default:
        return here === pattern[p] && walk(p + 1, a + 1);
    }
  };
  return walk(0, 0);
}

function inSet(set: string, character: string): boolean {
  const negated = set.startsWith('!');
  const members = negated ? set.slice(1) : set;
  let found = false;
  for (let i = 0; i < members.length; i++) {
    const isRange = members[i + 1] === '-' && i + 2 < members.length;
    if (isRange) {
      found ||= character >= members[i] && character <= members[i + 2];
      i += 2;
    } else found ||= character === members[i];
  }
  return found !== negated;
}
