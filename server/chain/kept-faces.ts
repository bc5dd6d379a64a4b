import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeImage } from '../image/decode.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { FacePicture } from '../protocol/routes.ts';
import type { ChainFace, UnreadableFace } from '../protocol/snapshot.ts';
import { faceOfOtherPack, faceUnknown } from './errors.ts';
import { faceFiles, readFaceLatent } from './face-folder.ts';
import type { FaceList } from './face-list.ts';
import type { PackFacts } from './face-record.ts';
import type { ChainPaths } from './open-folders.ts';

/** The finished faces of a chain, to be read. */
export class KeptFaces {
  protected readonly paths: ChainPaths;
  protected readonly list: FaceList;

  protected constructor(paths: ChainPaths, list: FaceList) {
    this.paths = paths;
    this.list = list;
  }

  get faces(): readonly ChainFace[] {
    return this.list.faces;
  }

  /** Faces that cannot be shown, but deleted. */
  get unreadable(): readonly UnreadableFace[] {
    return this.list.unopened.map(({ id, visitor }) => ({ id, visitor }));
  }

  async picture(id: string, name: FacePicture): Promise<Uint8Array | null> {
    if (this.list.find((entry) => entry.id === id) === undefined) return null;
    return readFile(join(this.folderOf(id), name)).catch(() => null);
  }

  async still(id: string): Promise<RgbImage | null> {
    const bytes = await this.picture(id, 'final.webp');
    return bytes && decodeImage({ name: `${id}/${faceFiles.final}`, bytes }).catch(() => null);
  }

  /** See `FaceList`. */
  newestOf(pack: PackFacts, except: ReadonlySet<string> = new Set()): string | null {
    return this.list.newestOf(pack, except);
  }

  /** A face's latent, see `latentLength`. Throws FACE_UNKNOWN, FACE_OTHER_PACK, or what is wrong with the file. */
  latent(id: string, pack: PackFacts): Float32Array {
    const entry = this.list.entries.find((known) => known.id === id);
    if (entry === undefined) throw faceUnknown(id);
    if (entry.packSha256 !== pack.sha256) throw faceOfOtherPack(id);
    return readFaceLatent(this.folderOf(id), id, pack);
  }

  /** Faces whose pictures are still to be drawn: they were interrupted. */
  undrawn(pack: PackFacts): string[] {
    return this.list.entries.filter((e) => !e.drawn && e.packSha256 === pack.sha256).map(({ id }) => id);
  }

  protected folderOf(id: string): string {
    return join(this.paths.faces, id);
  }
}
