/** A .npy file of float32. */
export function npy(shape: readonly number[], data: Float32Array): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117, ' ');
  const head = Buffer.from(`\x93NUMPY\x01\x00v\x00${header}\n`, 'latin1');
  return Buffer.concat([head, Buffer.from(data.buffer)]);
}
