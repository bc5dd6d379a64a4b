import { create, toBinary } from '@bufbuild/protobuf';
import { type Graph, graphInputs, topologicalOrder } from './graph.ts';
import { type OnnxForm, onnxRules } from './onnx-rules.ts';
import { AttributeType, DataType, onnxMessage } from './onnx-schema.ts';
import type { Attributes, OpName, Shape, Value } from './value.ts';

const OPSET = 17;
const IR_VERSION = 8;
/** Begins the names made up here, so that none is an input's or output's: those are words of the caller. */
const OURS = '%';

/**
 * A graph as the bytes of an ONNX model (opset 17). Each constant is stored once, as raw float32, however often it is
 * used. Outputs that are inputs or constants pass through an Identity, as ONNX demands.
 */
export function toOnnx(graph: Graph): Uint8Array {
  const writer = new OnnxWriter();
  for (const value of graphInputs(graph).values()) writer.name(value, value.attributes.name);
  for (const [name, value] of Object.entries(graph.outputs)) {
    if (value.inputs.length > 0) writer.name(value, name);
  }
  for (const value of topologicalOrder(Object.values(graph.outputs))) writer.write(value);
  for (const [name, value] of Object.entries(graph.outputs)) writer.output(name, value);
  return writer.finish(graph);
}

class OnnxWriter {
  readonly #names = new Map<Value, string>();
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];
  readonly #operands = new Map<string, string>();

  name(value: Value, name: string): void {
    if (!this.#names.has(value)) this.#names.set(value, name);
  }

  write(value: Value): void {
    if (value.op === 'Input') return;
    if (value.op === 'Constant') {
      const { data } = value.attributes;
      const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      this.#initializer(this.#nameOf(value), value.shape, DataType.FLOAT, raw);
      return;
    }
    const form = formOf(value.op, value.attributes);
    this.#node(
      form,
      [...value.inputs.map((x) => this.#nameOf(x)), ...(form.operands ?? []).map((o) => (o ? this.#operand(o) : ''))],
      this.#nameOf(value),
    );
  }

  output(name: string, value: Value): void {
    if (this.#nameOf(value) !== name) this.#node({ opType: 'Identity' }, [this.#nameOf(value)], name);
  }

  finish(graph: Graph): Uint8Array {
    const info = ([name, value]: [string, Value]) => ({
      name,
      type: {
        tensorType: { elemType: DataType.FLOAT, shape: { dim: value.shape.map((d) => ({ dimValue: BigInt(d) })) } },
      },
    });
    const model = {
      irVersion: BigInt(IR_VERSION),
      producerName: 'familiar-faces',
      opsetImport: [{ domain: '', version: BigInt(OPSET) }],
      graph: {
        name: 'familiar-faces',
        node: this.#nodes,
        initializer: this.#initializers,
        input: [...graphInputs(graph)].map(info),
        output: Object.entries(graph.outputs).map(info),
      },
    };
    const schema = onnxMessage('ModelProto');
    return toBinary(schema, create(schema, model as never));
  }

  #nameOf(value: Value): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `${OURS}v${this.#names.size}`;
      this.#names.set(value, name);
    }
    return name;
  }

  #node(form: OnnxForm, input: string[], output: string): void {
    const attribute = Object.entries(form.attributes ?? {}).map(([name, v]) => {
      if (typeof v === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(v) };
      if (typeof v === 'number') return { name, type: AttributeType.INT, i: BigInt(v) };
      if ('float' in v) return { name, type: AttributeType.FLOAT, f: v.float };
      return { name, type: AttributeType.INTS, ints: v.map(BigInt) };
    });
    this.#nodes.push({ opType: form.opType, name: output, input, output: [output], attribute });
  }

  /** Small constant operands (axes, shapes, limits) are shared by content. */
  #operand(operand: NonNullable<NonNullable<OnnxForm['operands']>[number]>): string {
    const key = 'int64' in operand ? `int64 ${operand.int64}` : `float ${operand.isScalar ?? false} ${operand.float}`;
    let name = this.#operands.get(key);
    if (name === undefined) {
      name = `${OURS}k${this.#operands.size}`;
      this.#operands.set(key, name);
      if ('int64' in operand) {
        const data = BigInt64Array.from(operand.int64, BigInt);
        this.#initializer(name, [data.length], DataType.INT64, new Uint8Array(data.buffer));
      } else {
        const data = Float32Array.from(operand.float);
        const shape = operand.isScalar ? [] : [data.length];
        this.#initializer(name, shape, DataType.FLOAT, new Uint8Array(data.buffer));
      }
    }
    return name;
  }

  #initializer(name: string, shape: Shape, dataType: number, rawData: Uint8Array): void {
    this.#initializers.push({ name, dims: shape.map(BigInt), dataType, rawData });
  }
}

function formOf<K extends Exclude<OpName, 'Input' | 'Constant'>>(op: K, attributes: Attributes[K]): OnnxForm {
  return onnxRules[op](attributes as never);
}
