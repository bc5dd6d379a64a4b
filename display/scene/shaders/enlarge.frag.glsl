// Enlarges along the edges instead of across them. The local direction comes from the structure tensor of the nearest
// pixels; the kernel is a Gaussian stretched along it, with a shallow negative lobe across it that keeps edges crisp.
uniform sampler2D uSource;
uniform vec2 uSize;
in vec2 vPlace;
out vec4 outColor;

void main() {
  vec2 position = vPlace * uSize - 0.5;
  ivec2 base = ivec2(floor(position));
  vec2 f = position - vec2(base);
  ivec2 last = ivec2(uSize) - 1;

  vec3 colors[16];
  float lumas[16];
  for (int i = 0; i < 16; i++) {
    ivec2 at = clamp(base + ivec2(i & 3, i >> 2) - 1, ivec2(0), last);
    colors[i] = texelFetch(uSource, at, 0).rgb;
    lumas[i] = luma(colors[i]);
  }

  vec3 tensor = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    ivec2 corner = ivec2(i & 1, i >> 1);
    int at = 5 + corner.x + 4 * corner.y;
    vec2 slope = vec2(lumas[at + 1] - lumas[at - 1], lumas[at + 4] - lumas[at - 4]);
    vec2 share = mix(1.0 - f, f, vec2(corner));
    tensor += share.x * share.y * vec3(slope.x * slope.x, slope.x * slope.y, slope.y * slope.y);
  }
  float difference = tensor.x - tensor.z;
  float root = sqrt(difference * difference + 4.0 * tensor.y * tensor.y);
  // 0: no direction; 1: one direction only. Faint slopes are noise and have none.
  float directed = root / (tensor.x + tensor.z + 0.002);
  float angle = 0.5 * atan(2.0 * tensor.y, difference);
  vec2 across = vec2(cos(angle), sin(angle));

  float tightAcross = mix(1.0, 1.4, directed);
  float tightAlong = mix(1.0, 0.38, directed);
  vec3 sum = vec3(0.0);
  float weights = 0.0;
  for (int i = 0; i < 16; i++) {
    vec2 d = vec2(ivec2(i & 3, i >> 2) - 1) - f;
    float b = dot(d, across);
    float a = dot(d, vec2(-across.y, across.x));
    float reach = tightAlong * a * a + tightAcross * b * b;
    float weight = exp(-1.3 * reach) * (1.0 - 0.3 * tightAcross * b * b);
    sum += weight * colors[i];
    weights += weight;
  }
  // The lobe must not ring: stay within what the four nearest pixels show.
  vec3 low = min(min(colors[5], colors[6]), min(colors[9], colors[10]));
  vec3 high = max(max(colors[5], colors[6]), max(colors[9], colors[10]));
  vec3 room = 0.15 * (high - low);
  outColor = vec4(clamp(sum / weights, low - room, high + room), 1.0);
}
