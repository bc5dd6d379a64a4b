/** Where OSC comes from, or goes to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** One name for an endpoint. */
export const keyOf = ({ host, port }: Endpoint): string => `${host} ${port}`;
