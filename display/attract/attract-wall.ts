import type { Texture } from 'three';
import type { LoadBitmap } from '../load-bitmap.ts';
import type { GpuContext } from '../scene/gpu-context.ts';
import type { View } from '../scene/view.ts';
import { Atlas, atlasGrid } from './atlas.ts';
import { FaceWall, mostFaces } from './face-wall.ts';
import { ThumbnailLoader } from './thumbnail-loader.ts';
import { TileMap } from './tile-map.ts';

/** Where nobody has been here yet, so many faces of nobody hang on the wall. */
const nobodies = 48;
/** Not an id a chain could have. */
const nobody = (index: number): string => `nobody ${index}`;

/** The wall of faces with its atlas: which faces hang there, and their pictures as they come in. */
export class AttractWall {
  private readonly gpu: GpuContext;
  private readonly wall: FaceWall;
  private readonly loader: ThumbnailLoader;
  private atlas: Atlas | null = null;
  private tiles = new TileMap(0);
  private hung: readonly string[] = [];
  private wanted: readonly string[] = [];
  private kept = 0;
  private isHidden = true;

  constructor(gpu: GpuContext, load: LoadBitmap) {
    this.gpu = gpu;
    this.wall = new FaceWall(gpu);
    this.loader = new ThumbnailLoader(load, (id, bitmap) => {
      this.put(id, bitmap);
      bitmap.close();
    });
  }

  /** Faces that have their picture. */
  get ready(): number {
    return this.tiles.taken;
  }

  /**
   * Sets the faces of the chain, oldest first. One that was deleted is gone at once; new ones come while the wall is not
   * looked at, because all change places.
   */
  setFaces(ids: readonly string[]): void {
    this.wanted = ids.slice(-mostFaces);
    const still = new Set(this.wanted);
    this.tiles.want(this.hung.filter((id) => still.has(id)));
    this.hung.forEach((id, index) => {
      if (!still.has(id)) this.wall.setSlot(index, -1);
    });
  }

  /** Keeps a face of nobody that is seen now, where the chain is empty. */
  keepNobody(face: Texture): void {
    if (this.wanted.length > 0) return;
    // While the wall is looked at, the new face takes the place of an old one.
    const places = this.isHidden ? nobodies : this.hung.length;
    const index = this.kept++ % places;
    if (index >= this.hung.length) this.hang(Array.from({ length: index + 1 }, (_, i) => nobody(i)));
    const slot = this.tiles.take(nobody(index));
    if (slot === null || !this.atlas) return;
    this.atlas.putTexture(slot, face);
    this.wall.setSlot(index, slot);
  }

  /** To be called before every drawing. */
  prepare({ wall }: View): void {
    this.isHidden = wall.opacity <= 0;
    const isEmpty = this.hung.length === 0;
    if ((this.isHidden || isEmpty) && this.wanted.length > 0 && this.wanted !== this.hung) this.hang(this.wanted);
    else if (!this.isHidden) this.atlas?.refresh(performance.now());
  }

  draw(view: View, width: number, height: number): void {
    this.wall.draw(view, width, height);
  }

  dispose(): void {
    this.loader.stop();
    this.atlas?.dispose();
    this.wall.dispose();
  }

  private hang(ids: readonly string[]): void {
    const grows = ids.length > this.tiles.capacity;
    if (grows) this.makeAtlas(ids.length);
    this.hung = ids;
    this.tiles.want(ids);
    this.wall.setFaces(ids.length);
    ids.forEach((id, index) => {
      this.wall.setSlot(index, this.tiles.slotOf(id));
    });
    // The newest hang nearest.
    this.loader.want(ids === this.wanted ? [...ids].reverse() : []);
    if (grows) this.loader.reload();
  }

  private makeAtlas(faces: number): void {
    const grid = atlasGrid(faces);
    this.atlas?.dispose();
    this.atlas = new Atlas(this.gpu.renderer, grid);
    this.tiles = new TileMap(grid.columns * grid.rows);
    this.wall.setAtlas(this.atlas.texture, grid);
  }

  private put(id: string, bitmap: ImageBitmap): void {
    const slot = this.tiles.take(id);
    if (slot === null || !this.atlas) return;
    this.atlas.put(slot, bitmap);
    this.wall.setSlot(this.hung.indexOf(id), slot);
  }
}
