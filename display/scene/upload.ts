import { LinearFilter, NoColorSpace, Texture } from 'three';

/** A texture of a bitmap: row 0 at v = 0, values as they are, no mipmaps. Uploaded when it is first drawn. */
export function uploadable(bitmap: ImageBitmap): Texture<ImageBitmap> {
  const texture = new Texture<ImageBitmap>(bitmap);
  texture.flipY = false;
  texture.generateMipmaps = false;
  texture.minFilter = LinearFilter;
  texture.colorSpace = NoColorSpace;
  texture.needsUpdate = true;
  return texture;
}
