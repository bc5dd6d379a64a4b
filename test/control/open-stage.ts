import type { FakeClock } from '../installation/fakes.ts';

/** A widget of a session, as it is drawn. */
export interface Drawn {
  readonly type: string;
  readonly id: string;
  readonly address?: string;
  readonly [property: string]: unknown;
}

type Sent = readonly [address: string, ...values: unknown[]];
interface Options {
  readonly send: boolean;
  readonly script: boolean;
}

/** All widgets of a container, at any depth, without itself. */
export function widgetsIn(container: Drawn): readonly Drawn[] {
  const inside = [...((container.tabs as Drawn[]) ?? []), ...((container.widgets as Drawn[]) ?? [])];
  return inside.flatMap((widget) => [widget, ...widgetsIn(widget)]);
}

/**
 * What Open Stage Control 1.29 does with values and scripts, as its documentation and source have it: a field is sent when
 * Enter is pressed and when it is left; an input reads JSON, a textarea keeps text; widgets of one id follow one another
 * without scripts; and what a received message sets off sends nothing.
 */
export class OpenStage {
  readonly sent: Sent[] = [];
  readonly #clock: FakeClock;
  readonly #widgets: readonly Drawn[];
  readonly #values = new Map<Drawn, unknown>();
  readonly #locals = new Map<Drawn, object>();
  readonly #running = new Set<Drawn>();
  readonly #timers = new Map<string, () => void>();

  constructor(root: Drawn, clock: FakeClock) {
    this.#clock = clock;
    this.#widgets = widgetsIn(root);
    for (const widget of this.#widgets) this.#values.set(widget, widget.default ?? '');
    this.#run(root, String(root.onCreate), null, { send: true, script: true });
  }

  /** The values of all widgets of an id: those that show one thing show the same. */
  shows(id: string): readonly unknown[] {
    return this.#widgets.filter((widget) => widget.id === id).map((widget) => this.#values.get(widget));
  }

  receive(address: string, ...values: readonly unknown[]): void {
    const value = values.length > 1 ? values : (values[0] ?? null);
    for (const widget of this.#widgets) {
      if (widget.address === address) this.#set(widget, value, { send: false, script: true });
    }
  }

  /** Types into a field, and presses Enter. */
  enter(id: string, text: string): void {
    const widget = this.#field(id);
    this.#set(widget, widget.type === 'input' ? text : String(text), { send: true, script: true });
  }

  /** Clicks into a field, and out of it. */
  leave(id: string): void {
    const widget = this.#field(id);
    const value = this.#values.get(widget);
    const shown = typeof value === 'number' ? value.toFixed(Number(widget.decimals ?? 2)) : String(value);
    this.enter(id, shown);
  }

  press(id: string): void {
    const widget = this.#widgets.find((one) => one.id === id && one.type === 'button') as Drawn;
    this.#set(widget, null, { send: true, script: true });
  }

  #field(id: string): Drawn {
    return this.#widgets.find((one) => one.id === id && ['input', 'textarea'].includes(one.type)) as Drawn;
  }

  #set(widget: Drawn, given: unknown, options: Options): void {
    const value = this.#read(widget, given);
    this.#values.set(widget, value);
    if (options.send && !widget.bypass) this.sent.push([widget.address ?? `/${widget.id}`, value]);
    if (options.script && widget.onValue) this.#run(widget, String(widget.onValue), value, options);
    for (const clone of this.#widgets) {
      if (clone !== widget && clone.id === widget.id) this.#values.set(clone, this.#values.get(widget));
    }
  }

  #read({ type, default: usual = '' }: Drawn, given: unknown): unknown {
    if (type === 'variable' || type === 'button') return given;
    if (given === '' || given === null) return usual;
    if (type === 'textarea') return String(given);
    if (type !== 'input') return given;
    try {
      return JSON.parse(given as string);
    } catch {
      return given;
    }
  }

  #run(widget: Drawn, script: string, value: unknown, options: Options): void {
    // A script that sets its own widget is not run once more.
    if (this.#running.has(widget)) return;
    this.#running.add(widget);
    const later = (id: string, ms: number, run: () => void) => {
      const key = `${widget.id} ${id}`;
      this.#timers.get(key)?.();
      this.#timers.set(key, this.#clock.setTimeout(run, ms));
    };
    const often = (id: string, run: () => void, ms: number): void => {
      later(id, ms, () => {
        run();
        often(id, run, ms);
      });
    };
    const functions = {
      value,
      locals: this.#locals.get(widget) ?? this.#locals.set(widget, {}).get(widget),
      send: (...message: Sent) => {
        if (options.send) this.sent.push(message);
      },
      set: (id: string, to: unknown, more: Partial<Options> = {}) => {
        const target = id === 'this' ? widget : this.#widgets.find((one) => one.id === id);
        if (target) this.#set(target, to, { ...options, ...more });
      },
      setTimeout: (id: string, run: () => void, ms: number) => later(id, ms, run),
      setInterval: often,
    };
    try {
      new Function(...Object.keys(functions), script)(...Object.values(functions));
    } finally {
      this.#running.delete(widget);
    }
  }
}
