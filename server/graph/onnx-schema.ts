import { create, createFileRegistry, type DescMessage } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

/**
 * The part of ONNX's protobuf schema that this project reads and writes, as data. Field numbers are those of the public
 * onnx.proto (onnx/onnx, Apache-2.0); unknown fields of a file are skipped by the protobuf library.
 */
type Field = readonly [name: string, number: number, type: keyof typeof types | MessageName, repeated?: 'repeated'];
type MessageName = keyof typeof messages;

const types = {
  int64: Type.INT64,
  int32: Type.INT32,
  uint64: Type.UINT64,
  float: Type.FLOAT,
  double: Type.DOUBLE,
  string: Type.STRING,
  bytes: Type.BYTES,
} as const;

const messages = {
  ModelProto: [
    ['ir_version', 1, 'int64'],
    ['producer_name', 2, 'string'],
    ['producer_version', 3, 'string'],
    ['graph', 7, 'GraphProto'],
    ['opset_import', 8, 'OperatorSetIdProto', 'repeated'],
  ],
  OperatorSetIdProto: [
    ['domain', 1, 'string'],
    ['version', 2, 'int64'],
  ],
  GraphProto: [
    ['node', 1, 'NodeProto', 'repeated'],
    ['name', 2, 'string'],
    ['initializer', 5, 'TensorProto', 'repeated'],
    ['input', 11, 'ValueInfoProto', 'repeated'],
    ['output', 12, 'ValueInfoProto', 'repeated'],
  ],
  NodeProto: [
    ['input', 1, 'string', 'repeated'],
    ['output', 2, 'string', 'repeated'],
    ['name', 3, 'string'],
    ['op_type', 4, 'string'],
    ['attribute', 5, 'AttributeProto', 'repeated'],
    ['domain', 7, 'string'],
  ],
  AttributeProto: [
    ['name', 1, 'string'],
    ['f', 2, 'float'],
    ['i', 3, 'int64'],
    ['s', 4, 'bytes'],
    ['floats', 7, 'float', 'repeated'],
    ['ints', 8, 'int64', 'repeated'],
    ['type', 20, 'int32'],
  ],
  TensorProto: [
    ['dims', 1, 'int64', 'repeated'],
    ['data_type', 2, 'int32'],
    ['float_data', 4, 'float', 'repeated'],
    ['int32_data', 5, 'int32', 'repeated'],
    ['int64_data', 7, 'int64', 'repeated'],
    ['name', 8, 'string'],
    ['raw_data', 9, 'bytes'],
    ['double_data', 10, 'double', 'repeated'],
    ['data_location', 14, 'int32'],
  ],
  ValueInfoProto: [
    ['name', 1, 'string'],
    ['type', 2, 'TypeProto'],
  ],
  TypeProto: [['tensor_type', 1, 'TensorTypeProto']],
  TensorTypeProto: [
    ['elem_type', 1, 'int32'],
    ['shape', 2, 'TensorShapeProto'],
  ],
  TensorShapeProto: [['dim', 1, 'DimensionProto', 'repeated']],
  DimensionProto: [['dim_value', 1, 'int64']],
} as const satisfies Record<string, readonly (readonly [string, number, string, 'repeated'?])[]>;

const registry = createFileRegistry(
  create(FileDescriptorProtoSchema, {
    name: 'onnx.proto',
    package: 'onnx',
    syntax: 'proto2',
    messageType: Object.entries(messages).map(([name, fields]) => ({
      name,
      field: (fields as readonly Field[]).map(([field, number, type, repeated]) => ({
        name: field,
        number,
        label: repeated ? Label.REPEATED : Label.OPTIONAL,
        ...(type in types
          ? { type: types[type as keyof typeof types] }
          : { type: Type.MESSAGE, typeName: `.onnx.${type}` }),
        // proto2 packs nothing by itself; packed is what every reader accepts and is far smaller.
        options: repeated && type in types && type !== 'string' && type !== 'bytes' ? { packed: true } : undefined,
      })),
    })),
  }),
  () => undefined,
);

/** The descriptor of one ONNX message, for `create`, `toBinary` and `fromBinary` of @bufbuild/protobuf. */
export function onnxMessage(name: MessageName): DescMessage {
  const message = registry.getMessage(`onnx.${name}`);
  if (message === undefined) throw new Error(`onnx.${name} is not in the schema`);
  return message;
}

/** TensorProto.DataType and AttributeProto.AttributeType, as far as they are used. */
export const DataType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  INT32: 6,
  INT64: 7,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  BFLOAT16: 16,
} as const;
export const AttributeType = { FLOAT: 1, INT: 2, STRING: 3, FLOATS: 6, INTS: 7 } as const;
