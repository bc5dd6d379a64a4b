/** Where OSC comes from, or goes to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export const isLoopback = (host: string): boolean => host === '::1' || /^(::ffff:)?127\./i.test(host);

export const keyOf = ({ host, port }: Endpoint): string => `${host} ${port}`;
