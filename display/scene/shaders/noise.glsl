// Hashes after M. Jarzynski and M. Olano, "Hash Functions for GPU Rendering" (JCGT 2020), pcg3d.
uvec3 hash3(uvec3 v) {
  v = v * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> 16u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}

// Three independent values, 0..1, for each lattice point.
vec3 random3(ivec3 at) {
  return vec3(hash3(uvec3(at)) >> 8u) / 16777216.0;
}

// Smooth noise, 0..1, one hill a unit.
float softNoise(vec2 at, int seed) {
  ivec2 cell = ivec2(floor(at));
  vec2 f = fract(at);
  f = f * f * f * (f * (f * 6.0 - 15.0) + 10.0);
  float a = random3(ivec3(cell, seed)).x;
  float b = random3(ivec3(cell + ivec2(1, 0), seed)).x;
  float c = random3(ivec3(cell + ivec2(0, 1), seed)).x;
  float d = random3(ivec3(cell + ivec2(1, 1), seed)).x;
  return mix(mix(a, b, f.x), mix(c, d, f.x), f.y);
}
