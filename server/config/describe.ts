import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The parts of JSON Schema that our schema comes out as. */
export interface Description {
  readonly type?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly Description[];
  readonly items?: Description;
  readonly properties?: Readonly<Record<string, Description>>;
  readonly additionalProperties?: Description | boolean;
}

/** The schema as data: what the commented file and the sentences about problems are made from. */
export const describe = z.toJSONSchema(configSchema, { io: 'input' }) as Description;

export function describedAt(path: readonly PropertyKey[]): Description | null {
  let here: Description | undefined = describe;
  for (const key of path) {
    const named: Description | undefined = Object.hasOwn(here?.properties ?? {}, key)
      ? here?.properties?.[String(key)]
      : undefined;
    const rest: Description | undefined =
      here?.items ?? (typeof here?.additionalProperties === 'object' ? here.additionalProperties : undefined);
    here = named ?? rest;
  }
  return here ?? null;
}

/** What would be right there, to be read after “must be”. */
export function expectation(description: Description | null): string {
  if (!description) return 'something else';
  const { type, unit, minimum, maximum, minLength, maxLength, minItems, maxItems } = description;
  const options = description.enum ?? description.anyOf?.map((option) => option.const);
  if (options?.every((option) => option !== undefined)) return `one of ${options.join(', ')}`;
  if (description.anyOf) return 'a full web address beginning with http:// or https://, or nothing';
  switch (type) {
    case 'number':
    case 'integer':
      return `${type === 'integer' ? 'a whole number' : 'a number'} from ${minimum} to ${maximum}${unit ? ` ${unit}` : ''}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return maxItems === undefined
        ? 'a list'
        : `a list of ${minItems ? `${minItems} to` : 'at most'} ${maxItems} entries`;
    case 'object':
      return 'a section with keys of its own';
    default:
      if (maxLength === undefined) return 'text';
      return `text of ${minLength ? `${minLength} to` : 'at most'} ${maxLength} characters`;
  }
}
