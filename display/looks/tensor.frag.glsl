// Structure tensor (E, F, G) of the colours, with Scharr's derivatives.
uniform sampler2D uSource;
uniform vec2 uSize;
in vec2 vPlace;
out vec4 outColor;

vec3 at(int x, int y) {
  return texture(uSource, vPlace + vec2(x, y) / uSize).rgb;
}

void main() {
  vec3 nw = at(-1, -1), n = at(0, -1), ne = at(1, -1), w = at(-1, 0), e = at(1, 0), sw = at(-1, 1), s = at(0, 1), se = at(1, 1);
  vec3 dx = (3.0 * (ne + se - nw - sw) + 10.0 * (e - w)) / 32.0;
  vec3 dy = (3.0 * (sw + se - nw - ne) + 10.0 * (s - n)) / 32.0;
  outColor = vec4(dot(dx, dx), dot(dx, dy), dot(dy, dy), 1.0);
}
