uniform sampler2D uAtlas;
uniform vec2 uGrid;
uniform float uOpacity;
in vec2 vTile;
in vec2 vOrigin;
in float vFar;
in float vTint;
out vec4 outColor; // premultiplied

void main() {
  // A soft window, rounder than the square: faces, not cards.
  vec2 p = abs(vTile - 0.5) * 2.0;
  float window = 1.0 - smoothstep(0.45, 1.0, pow(pow(p.x, 3.2) + pow(p.y, 3.2), 1.0 / 3.2));
  // Those that just came in are close to the eye and out of focus; those far away drown in the fog.
  float coming = smoothstep(0.0, 0.14, vFar);
  float blur = 2.2 * (1.0 - smoothstep(0.02, 0.2, vFar));
  vec3 color = texture(uAtlas, (vOrigin + vTile) / uGrid, blur).rgb;
  float fog = exp(-2.1 * vFar) * (1.0 - smoothstep(0.82, 1.0, vFar));
  float grey = luma(color);
  color = mix(color, grey * vec3(1.0, 0.93, 0.84), 0.25 + 0.55 * vFar);
  color *= fog * (0.8 + 0.25 * vTint);
  float cover = window * coming * uOpacity;
  outColor = vec4(color, 1.0) * cover;
}
