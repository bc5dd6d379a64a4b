/** A value that Python's `ast.literal_eval` reads; a tuple is a frozen array, a dict a map. */
export type PythonLiteral =
  | null
  | boolean
  | number
  | string
  | readonly PythonLiteral[]
  | ReadonlyMap<PythonLiteral, PythonLiteral>;

/** Deeper nesting than any header has. */
const maxDepth = 32;

/** Blanks, line ends, continued lines and comments. */
const gap = /(?:[ \t\f\r\n]|\\\r?\n|#[^\n]*)*/y;
/** `L` ends the long integers of Python 2. */
const number = /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|[1-9][\d_]*|0+)L?(?![\w.])/y;
const word = /(?:True|False|None)(?!\w)/y;
/** Prefix, quote, content, the same quote. */
const string = /([uU]?|[rR])('''|"""|'|")((?:\\[\s\S]|(?!\2)[^\\])*?)\2/y;

const words: Readonly<Record<string, PythonLiteral>> = { True: true, False: false, None: null };

/**
 * Reads a Python literal: dicts, lists, tuples, texts, whole numbers, True, False and None, in any layout that Python
 * allows. Nothing is evaluated. Returns undefined for everything else.
 */
export function parsePythonLiteral(text: string): PythonLiteral | undefined {
  try {
    const parser = new Parser(text);
    const value = parser.value(0);
    return parser.isAtEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

class NoLiteral extends Error {}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#match(gap);
    return this.#at === this.#text.length;
  }

  value(depth: number): PythonLiteral {
    if (depth > maxDepth) throw new NoLiteral();
    this.#match(gap);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#dict(depth);
      case '[':
        return this.#items('[', ']', depth).items;
      case '(': {
        const { items, hasComma } = this.#items('(', ')', depth);
        // Parentheses alone group; the comma makes the tuple.
        return items.length === 1 && !hasComma ? items[0]! : Object.freeze(items);
      }
    }
    return this.#strings() ?? this.#scalar();
  }

  #dict(depth: number): ReadonlyMap<PythonLiteral, PythonLiteral> {
    const map = new Map<PythonLiteral, PythonLiteral>();
    this.#take('{');
    while (!this.#takes('}')) {
      const key = this.value(depth + 1);
      this.#take(':');
      map.set(key, this.value(depth + 1));
      if (!this.#takes(',')) {
        this.#take('}');
        break;
      }
    }
    return map;
  }

  #items(open: string, close: string, depth: number): { items: PythonLiteral[]; hasComma: boolean } {
    const items: PythonLiteral[] = [];
    let hasComma = false;
    this.#take(open);
    while (!this.#takes(close)) {
      items.push(this.value(depth + 1));
      if (!this.#takes(',')) {
        this.#take(close);
        break;
      }
      hasComma = true;
    }
    return { items, hasComma };
  }

  /** A text, or several side by side, which Python joins. */
  #strings(): string | undefined {
    let joined: string | undefined;
    for (let found = this.#match(string); found; found = this.#match(string)) {
      const [, prefix, quote, content] = found as unknown as [string, string, string, string];
      if (quote.length === 1 && /[^\\]\n|^\n/.test(content)) throw new NoLiteral();
      joined = (joined ?? '') + (/r/i.test(prefix) ? content : unescaped(content));
      this.#match(gap);
    }
    return joined;
  }

  #scalar(): PythonLiteral {
    const name = this.#match(word)?.[0];
    if (name !== undefined) return words[name]!;
    const digits = this.#match(number)?.[0].replace(/_|L$/g, '');
    if (digits === undefined) throw new NoLiteral();
    const sign = digits.startsWith('-') ? -1 : 1;
    return sign * Number(digits.replace(/^[+-]/, ''));
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  #takes(character: string): boolean {
    this.#match(gap);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #take(character: string): void {
    if (!this.#takes(character)) throw new NoLiteral();
  }
}

/** The escapes that names of types and fields can have. */
const unescaped = (text: string): string =>
  text.replace(/\\(\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/g, (whole, code: string) => {
    if (code === '\n') return '';
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return '\\\'"'.includes(code) ? code : whole;
  });
