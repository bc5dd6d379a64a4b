// A field of faces that recedes. Rank 0 is the nearest; each face keeps its place beside the line of sight and only moves
// away, so the far ones draw together towards the middle, where the fog takes them.
in vec3 position; // corner of a tile, -0.5..0.5
uniform sampler2D uSlots;   // [1, faces]: tile of each face, oldest first, -1 where it is not there yet
uniform int uFaces;
uniform int uCount;         // faces in the field
uniform int uNewest;        // serial number of the nearest
uniform float uFraction;    // of the way to the next place, 0..1
uniform float uDepth;       // of the field
uniform float uSpacious;    // half height of the field at its sides
uniform float uSize;        // side of a face
uniform float uAspect;
uniform vec2 uSway;
uniform vec2 uGrid;         // tiles of the atlas, columns and rows
out vec2 vTile;             // place in the tile
out vec2 vOrigin;           // of the tile in the atlas
out float vFar;             // 0 near, 1 at the end of the field
out float vTint;

const float nearest = 1.1;
const float lens = 2.1; // 1 / tan(half the angle of view)

void main() {
  int rank = uCount - 1 - gl_InstanceID; // the farthest is drawn first
  int serial = uNewest - rank;
  int face = ((serial % uFaces) + uFaces) % uFaces;
  float slot = texelFetch(uSlots, ivec2(face, 0), 0).x;
  float far = (float(rank) + uFraction) / float(uCount);
  float depth = nearest + uDepth * far;

  // The R2 sequence (M. Roberts, 2018) fills the field evenly, and neighbours in time lie apart in space.
  vec2 even = fract(0.5 + float(((serial % 4096) + 4096) % 4096) * vec2(0.7548776662, 0.5698402910));
  vec3 chance = random3(ivec3(serial, 17, 4));
  vec2 place = ((even - 0.5) * 2.0 + 0.12 * (chance.yz - 0.5)) * uSpacious * vec2(uAspect, 1.0);
  // Nobody stands before the face in the middle.
  float hole = 0.42;
  vec2 round0 = place / vec2(max(1.0, uAspect * 0.62), 1.0);
  float from = max(length(round0), 1e-3);
  place *= (hole + from * (1.0 - hole / (uSpacious * 1.6))) / from;
  place += uSway * (0.3 + depth * 0.14);

  float size = uSize * (0.82 + 0.36 * chance.x);
  vec2 corner = place + position.xy * size;
  vTile = position.xy + 0.5;
  vOrigin = vec2(mod(slot, uGrid.x), floor(slot / uGrid.x));
  vFar = far;
  vTint = chance.y;
  // y down, as in every texture of the wall.
  gl_Position = slot < 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(corner.x * lens / uAspect, corner.y * lens, 0.0, depth);
}
